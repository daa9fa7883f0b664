"""Pictures, thumbnails, PDF, text and facts from the command line, run as a user runs it."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pymupdf
import pytest

from docs.office import document_parts, write_document
from gongwen_client.cli import main
from gongwen_docs.ofd.container import pack
from ofd_builder import OfdBuilder, filled


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture
def file(tmp_path: Path) -> Path:
    builder = OfdBuilder()
    for _ in range(4):
        builder.page(filled("M 50 0 L 100 0 L 100 100 L 50 100 C"))
    path = tmp_path / "公文.ofd"
    path.write_bytes(builder.build())
    return path


def png_size(path: Path) -> tuple[int, int]:
    width, height = struct.unpack(">II", path.read_bytes()[16:24])
    return width, height


def names(out: str) -> list[str]:
    return [Path(line).name for line in out.splitlines()]


def test_pages_are_chosen_in_the_order_written(
    capsys: pytest.CaptureFixture[str], file: Path, tmp_path: Path
) -> None:
    code, out, _ = run(capsys, "render", file, "--pages", "4,1-2,2", "--dpi", 20, "--out", tmp_path / "o")
    assert code == 0
    assert names(out) == ["公文-4.png", "公文-1.png", "公文-2.png"]
    _, out, _ = run(capsys, "render", file, "--pages", "3-", "--dpi", 20, "--out", tmp_path / "o")
    assert names(out) == ["公文-3.png", "公文-4.png"]


@pytest.mark.parametrize("pages", ["0", "a", "3-x", "", "1,,2"])
def test_pages_that_make_no_sense(capsys: pytest.CaptureFixture[str], file: Path, pages: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["render", str(file), "--pages", pages, "--out", "x.png"])
    assert "页码应如" in capsys.readouterr().err


@pytest.mark.parametrize("pages", ["5", "1-5", "9-"])
def test_pages_that_are_not_there(capsys: pytest.CaptureFixture[str], file: Path, pages: str) -> None:
    code, _, err = run(capsys, "text", file, "--pages", pages)
    assert code == 2
    assert "draw.no_such_page" in err


def test_a_part_of_a_page(capsys: pytest.CaptureFixture[str], file: Path, tmp_path: Path) -> None:
    target = tmp_path / "a.png"
    code, _, _ = run(capsys, "render", file, "--rect", "40,10,20,5", "--dpi", 25.4, "--out", target)
    assert code == 0
    assert png_size(target) == (20, 5)
    picture = pymupdf.Pixmap(target)
    assert picture.pixel(5, 2) == (255, 255, 255)
    assert picture.pixel(15, 2) == (255, 0, 0)


@pytest.mark.parametrize("rect", ["1,2,3", "0,0,-1,5", "0,0,nan,5", "a,b,c,d", "0,0,1e9,1"])
def test_rectangles_that_make_no_sense(capsys: pytest.CaptureFixture[str], file: Path, rect: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["render", str(file), f"--rect={rect}", "--out", "x.png"])
    assert "范围应为" in capsys.readouterr().err


def test_thumbnails(capsys: pytest.CaptureFixture[str], file: Path, tmp_path: Path) -> None:
    code, out, _ = run(capsys, "thumbs", file, "--size", 64, "--out", tmp_path / "t")
    assert code == 0
    assert len(names(out)) == 4
    assert png_size(tmp_path / "t" / "公文-3.png") == (64, 64)


def test_conversion_and_the_same_commands_on_the_pdf(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    source = write_document(tmp_path / "a.ofd")
    assert run(capsys, "convert", source, tmp_path / "a.pdf")[0] == 0
    assert run(capsys, "convert", source, tmp_path / "b.pdf", "--pages", "2")[0] == 0
    assert pymupdf.open(tmp_path / "b.pdf").page_count == 1
    words = [run(capsys, "text", path)[1].replace("\n", "") for path in (source, tmp_path / "a.pdf")]
    assert words[0] == words[1]
    assert "会议定于9月1日召开" in words[0]
    code, out, _ = run(capsys, "info", tmp_path / "a.pdf", "--json")
    told = json.loads(out)
    assert (code, told["kind"], told["page_count"]) == (0, "pdf", 2)
    assert [round(page["width_mm"]) for page in told["pages"]] == [210, 210]
    assert all(font["embedded"] for font in told["fonts"])
    assert run(capsys, "thumbs", tmp_path / "a.pdf", "--out", tmp_path / "t")[0] == 0


def test_text_with_places(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, _ = run(capsys, "text", write_document(tmp_path / "a.ofd"), "--json", "--pages", "2")
    assert code == 0
    (page,) = json.loads(out)
    assert (page["page"], page["width_mm"]) == (2, 210)
    characters = [item for line in page["lines"] for item in line["chars"]]
    assert "".join(item["char"] for item in characters) == page["text"].replace("\n", "")
    left, top, right, bottom = characters[0]["box"]
    assert 15 < left < right < 40
    assert 15 < top < bottom < 40


def broken_page(tmp_path: Path, parts: Mapping[str, bytes] | None = None) -> Path:
    """A document of two pages whose first one is no XML."""
    path = tmp_path / "broken.ofd"
    path.write_bytes(pack({**(parts or document_parts()), "Doc_0/Pages/Page_0/Content.xml": b"<no"}))
    return path


def test_a_broken_page_does_not_stop_the_others(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = broken_page(tmp_path)
    code, out, err = run(capsys, "render", path, "--all", "--dpi", 20, "--out", tmp_path / "o")
    assert code == 1
    assert names(out) == ["broken-2.png"]
    assert "ofd.xml.damaged" in err
    assert "第 1 页" in err
    code, out, err = run(capsys, "text", path)
    assert code == 1
    assert "会议定于" in out.replace("\n", "")
    code, _, err = run(capsys, "render", path, "--page", 1, "--out", tmp_path / "x.png")
    assert code == 2
    assert len(err.splitlines()) == 1


def test_everything_about_a_document(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    parts = document_parts()
    document = parts["Doc_0/Document.xml"].decode()
    extra = (
        "<ofd:Outlines><ofd:OutlineElem Title='一、总则'><ofd:Actions><ofd:Action Event='CLICK'><ofd:Goto>"
        "<ofd:Dest Type='XYZ' PageID='101' Top='30'/></ofd:Goto></ofd:Action></ofd:Actions></ofd:OutlineElem>"
        "</ofd:Outlines><ofd:Permissions><ofd:Print Printable='true' Copies='3'/>"
        "<ofd:ValidPeriod StartDate='2026-01-01'/></ofd:Permissions>"
        "<ofd:Actions><ofd:Action Event='DO'><ofd:URI URI='http://example.org'/></ofd:Action></ofd:Actions>"
        "<ofd:CustomTags>Tags.xml</ofd:CustomTags><ofd:Extensions>Gone.xml</ofd:Extensions></ofd:Document>"
    )
    parts["Doc_0/Document.xml"] = document.replace("</ofd:Document>", extra).encode()
    parts["Doc_0/Tags.xml"] = (
        b'<ofd:CustomTags xmlns:ofd="http://www.ofdspec.org/2016"><ofd:CustomTag NameSpace="urn:x">'
        b"<ofd:FileLoc>Tag.xml</ofd:FileLoc></ofd:CustomTag></ofd:CustomTags>"
    )
    path = tmp_path / "a.ofd"
    path.write_bytes(pack(parts))
    code, out, _ = run(capsys, "info", path, "--json")
    told = json.loads(out)
    assert code == 0
    assert [(font["name"], font["embedded"]) for font in told["fonts"]] == [("FandolFang", True)]
    assert told["navigation"]["outline"][0]["action"] == {"kind": "goto", "page": 2, "top": 30, "target": ""}
    assert told["navigation"]["actions_on_opening"][0]["target"] == "http://example.org"
    assert (told["permissions"]["copies"], told["permissions"]["valid_from"]) == (3, "2026-01-01")
    assert told["attachments"][0]["name"] == "参会名单"
    assert told["annotations"][0]["page"] == 1
    assert told["custom_tags"] == [{"NameSpace": "urn:x", "FileLoc": "Tag.xml"}]
    assert [(item["code"], item["facts"]["part"]) for item in told["findings"]] == [
        ("ofd.container.missing_part", "Doc_0/Gone.xml")
    ]
    assert "。" in told["findings"][0]["sentence"]


@pytest.mark.parametrize("command", ["render", "thumbs", "convert", "text", "info", "verify"])
def test_exit_codes_are_documented(command: str) -> None:
    """With the real program, as from a shell."""
    ran = subprocess.run(
        [sys.executable, "-m", "gongwen_client.cli", command, "--help"],
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    assert "退出码：" in ran.stdout
