"""Originals in a region that wants the 验证印章 (Jiangmen art. 18, 34): no copy without its signature."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fakes.printer import FakePrinter
from fakes.units import UnitPc
from gongwen_client.practice.cast import RECEIVER
from gongwen_client.services.desk import Desk
from gongwen_client.services.print_witness import Verifier
from gongwen_client.token.keyfile import create_key_file
from gongwen_client.token.keys import KeyRole
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import GongwenError
from gongwen_crypto.issue import Subject, Usage, issue, make_root
from gongwen_crypto.keys import verify_signature
from gongwen_crypto.software import SoftwareSigner
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.messages import TicketSettle
from gongwen_protocol.profile import RegionProfile, load_profile

PIN = "840217"


@pytest.fixture(autouse=True)
def _strict_region(monkeypatch: pytest.MonkeyPatch) -> None:
    """The region's own rules, with Jiangmen's about the 验证印章."""

    rule = load_profile("jiangmen-2008").original_print_needs_verifying_seal
    in_force = Desk.profile

    def strict(desk: Desk) -> RegionProfile:
        return in_force(desk).model_copy(update={"original_print_needs_verifying_seal": rule})

    monkeypatch.setattr(Desk, "profile", strict)


def add_key(folder: Path, unit: str, serial: str, role: KeyRole, days: int = 300) -> None:
    now = datetime.now(UTC)
    root = make_root(Subject("根", "根"), now - timedelta(days=900), now + timedelta(days=900))
    signer = SoftwareSigner.generate()
    usage, until = Usage.SIGNING, now + timedelta(days=days)
    certificate = issue(root, Subject(unit, unit), signer.public_key, usage, now - timedelta(days=400), until)
    create_key_file(
        folder / f"{serial}.gwkey",
        signer.pair.private,
        certificate,
        None,
        PIN,
        label="验证印章",
        serial=serial,
        role=role,
    )


@pytest.fixture
def accepted(sender: UnitPc, receiver: UnitPc) -> str:
    row = receiver.wait_for(sender.send(sender.seal(sender.compose(to=RECEIVER, copies=3))))
    incoming = receiver.office.incoming
    incoming.accept(row.delivery_id, incoming.verify(row.delivery_id).checks)
    receiver.wait_until(lambda: not incoming.get(row.delivery_id).pending)
    return row.delivery_id


def test_no_original_without_the_units_verifying_seal(
    receiver: UnitPc, accepted: str, printer: FakePrinter
) -> None:
    office = receiver.office
    folder = office.settings.key_folders[0]
    folder.mkdir(exist_ok=True)
    add_key(folder, RECEIVER.name, "V-OLD", KeyRole.VERIFICATION, days=-2)
    add_key(folder, "示范市教育局", "V-FOREIGN", KeyRole.VERIFICATION)
    add_key(folder, RECEIVER.name, "S", KeyRole.SIGNING)
    add_key(folder, RECEIVER.name, "V", KeyRole.VERIFICATION)
    keys = {card.key.serial: card.key.key_id for card in office.keys.look().cards}
    assert [card.key.serial for card in office.keys.verifying()] == ["V"]
    for verifier, code in (
        (None, "print.verifying_seal_needed"),
        (Verifier("keyfile:gone:0", PIN), "token.not_found"),
        (Verifier(keys["S"], PIN), "print.not_a_verifying_key"),
        (Verifier(keys["V-FOREIGN"], PIN), "token.foreign_key"),
        (Verifier(keys["V-OLD"], PIN), "print.verifying_key_expired"),
        (Verifier(keys["V"], "000000"), "token.pin_wrong"),
    ):
        with pytest.raises(GongwenError) as caught:
            office.printing.print_original(accepted, 2, printer.NAME, verifier)
        assert caught.value.code == code
    assert printer.paper == []
    receiver.wait_until(lambda: office.duty.waiting() == 0)
    assert office.printing.remaining(accepted) == 3, "what was reserved in vain is given back"

    outcomes = office.printing.print_original(accepted, 2, printer.NAME, Verifier(keys["V"], PIN))
    assert [outcome.printed for outcome in outcomes] == [True, True]
    receiver.wait_until(lambda: office.duty.waiting() == 0)
    assert office.printing.remaining(accepted) == 1
    signed = TicketSettle.model_validate_json(office.printing.witness.payload(outcomes[0].ticket_id))
    assert signed.statement is not None
    assert signed.statement.copy_numbers == (1, 2)
    assert signed.statement.key_serial == "V"
    certificate = Certificate.load(base64.b64decode(signed.certificate))
    value = base64.b64decode(signed.signature)
    message = canonical_bytes(signed.statement)
    assert verify_signature(certificate.public_key, "1.2.156.10197.1.501", message, value)
    assert PIN not in repr(Verifier("k", PIN))
