"""下载副本: on record first, marked on each page, never an original; and nothing where that fails."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from docs.copies.paper import pictures
from fakes.proxy import FaultProxy
from fakes.units import UnitPc
from gongwen_client.practice.cast import RECEIVER
from gongwen_client.services import copying
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_docs.copies.orders import CopyFormat

LOOK_DPI = 60


@pytest.fixture(scope="module")
def accepted(sender: UnitPc, receiver: UnitPc) -> tuple[UnitPc, str]:
    row = receiver.wait_for(sender.send(sender.seal(sender.compose(to=RECEIVER, copies=1))))
    incoming = receiver.office.incoming
    incoming.accept(row.delivery_id, incoming.verify(row.delivery_id).checks)
    receiver.wait_until(lambda: not incoming.get(row.delivery_id).pending)
    return receiver, row.delivery_id


def purposes(pc: UnitPc, delivery: str) -> list[str]:
    return [copy.purpose for copy in pc.office.printing.copies_taken(delivery)]


@pytest.mark.parametrize("form", list(CopyFormat))
def test_a_copy_is_on_record_and_no_original(
    accepted: tuple[UnitPc, str], form: CopyFormat, tmp_path: Path
) -> None:
    pc, delivery = accepted
    service = pc.office.copying
    parts = service.parts(delivery)
    assert [(part.is_body, part.marked) for part in parts] == [(True, True), (False, False)]
    body, attachment = service.take(delivery, parts, form, f"  传阅\n{form.value} ", tmp_path)
    assert body.name.startswith("副本 ")
    assert body.suffix == f".{form.value}"
    assert attachment.read_bytes() == b"not looked into"
    pc.wait_until(lambda: f"传阅 {form.value}" in purposes(pc, delivery))
    # The original is sealed and valid; the copy is neither, and shows no colour anywhere.
    trust, now = pc.office.settings.trust_dir, pc.office.incoming._desk.clock.now()
    assert pc.office.render.verify(body, trust, now)["verdict"] == "unsigned"
    pdf = tmp_path / "drawn.pdf"
    pc.office.render.export_pdf(body, pdf)
    pages = pictures(pdf, tmp_path, LOOK_DPI)
    assert len(pages) == 3
    assert all(page.coloured() is None for page in pages)
    assert not list((pc.places.cache / "copies").iterdir())


def test_a_second_copy_replaces_nothing(accepted: tuple[UnitPc, str], tmp_path: Path) -> None:
    pc, delivery = accepted
    body = pc.office.copying.parts(delivery)[:1]
    first = pc.office.copying.take(delivery, body, CopyFormat.PDF, "传阅", tmp_path)
    second = pc.office.copying.take(delivery, body, CopyFormat.PDF, "传阅", tmp_path)
    assert second[0].name == f"{first[0].stem}（2）.pdf"


def test_the_preview_leaves_no_trace(accepted: tuple[UnitPc, str]) -> None:
    pc, delivery = accepted
    shown = pc.office.copying.preview(delivery, "只看一眼", 40)
    assert (shown.pixels.width, shown.pixels.height) == (331, 468)
    reds = zip(shown.pixels.samples[0::3], shown.pixels.samples[1::3], strict=True)
    assert all(abs(red - green) < 8 for red, green in reds)
    pc.office.duty.poll_now()
    assert "只看一眼" not in purposes(pc, delivery)
    assert not list((pc.places.cache / "copies").iterdir())


def test_without_a_purpose_or_the_exchange_nothing_is_written(
    accepted: tuple[UnitPc, str], network: FaultProxy, tmp_path: Path
) -> None:
    pc, delivery = accepted
    service, parts = pc.office.copying, pc.office.copying.parts(delivery)
    with pytest.raises(KnownError, match=r"reason\.missing"):
        service.take(delivery, parts, CopyFormat.PDF, " ", tmp_path)
    network.faults.down = True
    try:
        with pytest.raises(KnownError, match=r"network\."):
            service.take(delivery, parts, CopyFormat.PDF, "传阅", tmp_path)
    finally:
        network.faults.down = False
    assert list(tmp_path.iterdir()) == []
    pc.office.duty.poll_now()
    pc.wait_until(lambda: pc.office.duty.waiting() == 0)
    assert pc.office.asking.refusals(delivery) == [], "it is no wish that waits"


def test_a_full_disk_is_told_before_anything_is_on_record(
    accepted: tuple[UnitPc, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pc, delivery = accepted
    parts = pc.office.copying.parts(delivery)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=1000))
    with pytest.raises(KnownError, match=r"host\.disk_full"):
        pc.office.copying.take(delivery, parts, CopyFormat.PDF, "没有存成", tmp_path)
    monkeypatch.undo()
    with pytest.raises(KnownError, match=r"file\.not_found"):
        pc.office.copying.take(delivery, parts, CopyFormat.PDF, "没有存成", tmp_path / "gone")
    assert list(tmp_path.iterdir()) == []
    pc.office.duty.poll_now()
    assert "没有存成" not in purposes(pc, delivery)


def test_a_disk_that_fills_up_at_the_last_moment_is_told_with_the_record(
    accepted: tuple[UnitPc, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pc, delivery = accepted

    def full(source: Path, target: Path) -> tuple[int, str]:
        raise KnownError("host.disk_full", folder=str(target.parent))

    parts = pc.office.copying.parts(delivery)[:1]
    monkeypatch.setattr(copying, "copy_file", full)
    with pytest.raises(KnownError, match=r"copy\.on_record") as told:
        pc.office.copying.take(delivery, parts, CopyFormat.PDF, "传阅", tmp_path)
    assert "磁盘空间不足" in str(told.value.facts["problem"])


def test_not_before_acceptance(sender: UnitPc, receiver: UnitPc, tmp_path: Path) -> None:
    row = receiver.wait_for(sender.send(sender.seal(sender.compose(to=RECEIVER, copies=1))))
    parts = receiver.office.copying.parts(row.delivery_id)
    with pytest.raises(RefusedError, match=r"print\.not_received"):
        receiver.office.copying.take(row.delivery_id, parts, CopyFormat.PDF, "传阅", tmp_path)
    assert list(tmp_path.iterdir()) == []
