"""Plain copies for the archive: no technical protection is left, and the pages look as they did."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.office import Authority, Unit, seal, write_document
from docs.pdf_office import seal_pdf, write_pdf
from gongwen_crypto.errors import KnownError
from gongwen_docs.draw import open_drawing
from gongwen_docs.draw.ofd_drawing import OfdDrawing
from gongwen_docs.draw.png import png
from gongwen_docs.ofd.container import Package
from gongwen_docs.ofd.values import Box
from gongwen_docs.plain import PlainFacts, difference, plain_copy, remains
from gongwen_docs.sign import Placement
from gongwen_docs.write import DocumentInfo, OfdWriter, Role, default_shelf

OVER_TEXT = Placement(0, Box(15, 12, 42, 42))


def copied(source: Path, target: Path) -> PlainFacts:
    with open_drawing(source) as drawing:
        assert remains(drawing) or source.suffix == ".pdf", "there was something to take away"
        return plain_copy(drawing, target)


def test_an_ofd_keeps_its_look_and_loses_its_signature(tmp_path: Path, unit: Unit) -> None:
    sealed = seal(write_document(tmp_path / "a.ofd"), tmp_path / "sealed.ofd", unit, OVER_TEXT)
    facts = copied(sealed, tmp_path / "plain.ofd")
    assert (facts.pages, facts.stamps, facts.flattened, facts.worst) == (2, 1, 0, 0.0)
    with open_drawing(tmp_path / "plain.ofd") as plain:
        assert remains(plain) == ()
        assert isinstance(plain, OfdDrawing)
        assert not plain.document.signatures
        assert "会" in plain.text(0).text, "text stays text"
        assert plain.document.attachments[0].name == "参会名单"
    with Package.open(tmp_path / "plain.ofd") as package:
        names = [name for name in package.names if "Sign" in name or name.endswith((".esl", ".dat"))]
        assert names == []
        assert any(name.endswith(".png") for name in package.names)


def test_seals_of_several_units_stay(tmp_path: Path, authority: Authority, unit: Unit) -> None:
    first = seal(write_document(tmp_path / "a.ofd"), tmp_path / "one.ofd", unit, OVER_TEXT)
    other = authority.unit("康巴什区人民政府", "15060300000001")
    both = seal(first, tmp_path / "both.ofd", other, Placement(1, Box(120, 200, 42, 42)))
    assert copied(both, tmp_path / "plain.ofd").stamps == 2


def test_on_a_scanned_page_the_seal_stays_on_top(tmp_path: Path, unit: Unit) -> None:
    """A page that is one opaque picture would hide what lies below it."""
    shelf = default_shelf()
    writer = OfdWriter(DocumentInfo(title="扫描件"))
    page = writer.page()
    page.text(30, 40, "扫描件正文", shelf.face(Role.SONG, "扫"), 8)
    text = tmp_path / "text.ofd"
    text.write_bytes(writer.to_bytes())
    with open_drawing(text) as drawing:
        scan = png(drawing.render(0, 150), 150)
    writer = OfdWriter(DocumentInfo(title="扫描件"))
    writer.page().image(Box(0, 0, 210, 297), scan)
    source = tmp_path / "scan.ofd"
    source.write_bytes(writer.to_bytes())
    facts = copied(
        seal(source, tmp_path / "sealed.ofd", unit, Placement(0, Box(25, 30, 42, 42))), tmp_path / "plain.ofd"
    )
    assert (facts.stamps, facts.flattened) == (1, 1)
    assert facts.worst_ink < 32


def test_a_pdf_becomes_plain(tmp_path: Path, unit: Unit) -> None:
    sealed = seal_pdf(write_pdf(tmp_path / "a.pdf"), tmp_path / "sealed.pdf", unit)
    with open_drawing(sealed) as drawing:
        assert remains(drawing)
    assert copied(sealed, tmp_path / "plain.pdf").pages == 2
    with open_drawing(tmp_path / "plain.pdf") as plain:
        assert remains(plain) == ()
        assert "100 yuan" in plain.text(0).text


def written(path: Path, text: str) -> Path:
    shelf = default_shelf()
    writer = OfdWriter(DocumentInfo(title="通知"))
    writer.page()
    face = shelf.face(Role.SONG, "拨")
    writer.page().text(30, 40, text, face, 3.7)
    path.write_bytes(writer.to_bytes())
    return path


def test_one_other_digit_is_noticed(tmp_path: Path) -> None:
    one_file, other_file = written(tmp_path / "a.ofd", "拨款100元"), written(tmp_path / "b.ofd", "拨款700元")
    with open_drawing(one_file) as one, open_drawing(other_file) as other:
        with pytest.raises(KnownError, match=r"archive\.looks_different") as noticed:
            difference(one, other)
        assert noticed.value.facts["page"] == 2
        assert difference(one, one) == (0.0, 0.0)


def test_a_page_more_is_noticed(tmp_path: Path) -> None:
    write_document(tmp_path / "a.ofd", pages=1)
    write_document(tmp_path / "b.ofd", pages=2)
    with (
        open_drawing(tmp_path / "a.ofd") as one,
        open_drawing(tmp_path / "b.ofd") as other,
        pytest.raises(KnownError, match=r"archive\.looks_different"),
    ):
        difference(one, other)
