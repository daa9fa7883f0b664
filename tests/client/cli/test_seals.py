"""``gongwen esl`` as a seal authority runs it: make, show, check, and what it refuses."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from docs.office import NOW, PICTURE, YEAR, Authority
from gongwen_client.cli import main
from gongwen_crypto.issue import Revoked, Usage, issue_revocation_list
from gongwen_crypto.software import save_key
from gongwen_docs.seals.model import Kind
from gongwen_docs.seals.parse import parse_seal

DAY = timedelta(days=1)


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


class Workshop:
    """A seal authority's folder: its key and certificate, a unit's certificate, a picture, a trust store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority = Authority.found()
        self.unit = self.authority.certify("东胜区人民政府")
        self.write("maker.p8", save_key(self.authority.maker.pair, "制章口令"))
        self.write("maker.cer", self.authority.maker.certificate_der)
        self.write("password", "制章口令\n".encode())
        self.write("unit.cer", self.unit.certificate_der)
        self.write("seal.png", PICTURE.data)
        (folder / "trust").mkdir()
        self.write("trust/root.cer", self.authority.root.certificate_der)
        self.trust_list(())

    def trust_list(self, revoked: tuple[Revoked, ...]) -> None:
        made = issue_revocation_list(self.authority.root, revoked, NOW - DAY, NOW + YEAR)
        self.write("trust/root.crl", made)

    def write(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(data)
        return path

    def make(self, *more: object) -> list[object]:
        at = self.folder
        return [
            "esl", "make", "--picture", at / "seal.png", "--name", "东胜区人民政府",
            "--cert", at / "unit.cer", "--from", "2026-01-01", "--to", "2026-12-31",
            "--maker-key", at / "maker.p8", "--maker-cert", at / "maker.cer",
            "--password-file", at / "password", "--out", at / "a.esl", *more,
        ]  # fmt: skip


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("workshop"))


Capture = pytest.CaptureFixture[str]


def test_a_seal_is_made_shown_and_checked(workshop: Workshop, capsys: Capture) -> None:
    seal, picture = workshop.folder / "a.esl", workshop.folder / "back.png"
    assert run(capsys, *workshop.make("--size", "38x38"))[0] == 0
    code, out, _ = run(capsys, "esl", "show", seal, "--picture", picture)
    assert code == 0
    assert "名称：东胜区人民政府" in out
    assert "有效期：2026-01-01 00:00 至 2026-12-31 23:59" in out
    assert "38×38 mm" in out
    assert picture.read_bytes() == PICTURE.data
    shown = json.loads(run(capsys, "esl", "show", seal, "--json")[1])
    assert (shown["generation"], shown["type_text"]) == ("ses_v4", "单位印章")
    assert shown["certificates"][0]["subject"] == "东胜区人民政府, 东胜区人民政府, CN"
    check = ("esl", "check", seal, "--trust", workshop.folder / "trust", "--at", "2026-11-21")
    code, out, _ = run(capsys, *check, "--signer", workshop.folder / "unit.cer")
    assert code == 0, out
    assert out.startswith("有效\n")


def test_generation_5_and_digests(workshop: Workshop, capsys: Capture) -> None:
    assert run(capsys, *workshop.make("--generation", "5", "--by-digest", "--type", "personal"))[0] == 0
    seal = parse_seal((workshop.folder / "a.esl").read_bytes())
    assert (seal.generation, seal.version, seal.type) == (Kind.SES_V5, 5, 2)
    assert seal.certificates == ()
    assert seal.lists(workshop.unit.certificate_der)
    assert "签章人证书摘要：SM3" in run(capsys, "esl", "show", workshop.folder / "a.esl")[1]


def test_exit_codes_follow_the_verdict(workshop: Workshop, capsys: Capture) -> None:
    run(capsys, *workshop.make())
    seal, trust = workshop.folder / "a.esl", workshop.folder / "trust"
    at = ("--at", "2026-11-21")
    assert run(capsys, "esl", "check", seal, *at)[0] == 4, "nobody is trusted"
    code, out, _ = run(capsys, "esl", "check", seal, "--trust", trust, "--at", "2027-01-01", "--json")
    assert (code, json.loads(out)["steps"][-1]["code"]) == (5, "seal.period.outside")
    stranger = workshop.write("other.cer", workshop.authority.certify("康巴什区").certificate_der)
    code, out, _ = run(capsys, "esl", "check", seal, "--trust", trust, *at, "--signer", stranger)
    assert code == 5
    assert "seal.signer.not_listed" in out
    broken = workshop.write("broken.esl", seal.read_bytes()[:-5])
    code, out, _ = run(capsys, "esl", "check", broken)
    assert code == 5
    assert "seal.format.bad_seal" in out
    assert run(capsys, "esl", "show", broken)[0] == 2


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--to", "2025-12-31"), "esl.period_reversed"),
        (("--picture", "unit.cer"), "esl.bad_picture"),
        (("--picture", "absent.png"), "file.not_found"),
        (("--maker-cert", "unit.cer"), "esl.certificate_of_other_key"),
        (("--cert", "encryption.cer"), "esl.not_a_signing_certificate"),
        (("--password-file", "unit.cer"), "crypto.key_password_wrong"),
        (("--cert", "seal.png"), "crypto.bad_certificate"),
    ],
)
def test_what_is_refused(workshop: Workshop, capsys: Capture, more: tuple[str, str], code: str) -> None:
    encryption = workshop.authority.certify("某单位", usage=Usage.ENCRYPTION)
    workshop.write("encryption.cer", encryption.certificate_der)
    option, value = more
    given = value if option == "--to" else workshop.folder / value
    exit_code, _, error = run(capsys, *workshop.make(option, given))
    assert exit_code == 2
    assert code in error


@pytest.mark.parametrize(("option", "value"), [("--size", "0x42"), ("--size", "big"), ("--from", "1.1.2026")])
def test_what_cannot_be_read_is_told(workshop: Workshop, capsys: Capture, option: str, value: str) -> None:
    with pytest.raises(SystemExit):
        run(capsys, *workshop.make(option, value))
    assert value in capsys.readouterr().err
