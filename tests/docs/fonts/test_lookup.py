"""Fonts by any of their names; the order system, Fandol, similar, built-in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from gongwen_docs.fonts import BUILT_IN, covering, fallbacks, find, lookup
from gongwen_docs.fonts.families import family_of
from gongwen_docs.fonts.sfnt import read_faces
from ofd_builder import box_font


@pytest.fixture
def empty_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A machine whose font folders are ``tmp_path``; no other font is found."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "none"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("GONGWEN_FONTS", str(tmp_path / "free"))
    monkeypatch.setattr("sys.prefix", str(tmp_path / "prefix"))
    (tmp_path / "fonts").mkdir()
    (tmp_path / "free").mkdir()
    caches = (find, fallbacks, covering, lookup._index, lookup._by_block)
    for cache in caches:
        cache.cache_clear()
    yield tmp_path
    for cache in caches:
        cache.cache_clear()


def install(folder: Path, file: str, family: str, bold: bool = False) -> Path:
    path = folder / file
    path.write_bytes(box_font())
    font = TTFont(path)
    font["name"].setName(family, 1, 3, 1, 0x804)
    font["name"].setName("Box Face", 1, 3, 1, 0x409)
    if bold:
        font["head"].macStyle = 1
    font.save(path)
    return path


def test_the_true_font_under_any_of_its_names(empty_system: Path) -> None:
    path = install(empty_system / "fonts", "simfang.ttf", "仿宋")
    for name in ("仿宋_GB2312", "FangSong", "simfang", "fangsong_gb2312", "ABCDEF+FangSong"):
        face = find(name)
        assert (face.path, face.substituted_for) == (path, None), name


def test_style_is_matched(empty_system: Path) -> None:
    regular = install(empty_system / "fonts", "simsun.ttf", "宋体")
    bold = install(empty_system / "fonts", "simsunb.ttf", "宋体", bold=True)
    assert find("宋体").path == regular
    assert find("宋体", bold=True).path == bold
    assert find("宋体", bold=True).bold


def test_fandol_comes_before_similar_fonts(empty_system: Path) -> None:
    similar = install(empty_system / "fonts", "stfangso.ttf", "华文仿宋")
    assert (find("仿宋").path, find("仿宋").substituted_for) == (similar, "仿宋")
    find.cache_clear()
    fandol = install(empty_system / "free", "FandolFang-Regular.otf", "FandolFang")
    face = find("仿宋_GB2312")
    assert (face.path, face.family, face.substituted_for) == (fandol, "FandolFang", "仿宋_GB2312")


@pytest.mark.parametrize(
    ("name", "family"),
    [("仿宋", "China-S"), ("Times New Roman", "Times-Roman"), ("Arial", "Helvetica"), ("unknown", "China-S")],
)
def test_without_any_font_the_built_in_ones_remain(empty_system: Path, name: str, family: str) -> None:
    assert (find(name).path, find(name).family) == (None, family)
    assert fallbacks(name)[-1] == BUILT_IN


def test_unreadable_files_are_passed_over(empty_system: Path) -> None:
    for number, data in enumerate((b"", b"ttcf", b"\0\1\0\0\xff\xff", box_font()[:200])):
        path = empty_system / "fonts" / f"{number}.ttf"
        path.write_bytes(data)
        assert read_faces(path) == []
    assert find("仿宋").path is None


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("@宋体", "宋体"),
        ("SimSun,Bold", "宋体"),
        ("FZXBSJW--GB1-0", "小标宋"),
        ("FZFSK--GBK1-0", "仿宋"),
        ("FZKTK--GBK1-0", "楷体"),
        ("FZHTK--GBK1-0", "黑体"),
        ("FZSSK--GBK1-0", "宋体"),
        ("ABCDEF+SimHei", "黑体"),
        ("华文中宋", "小标宋"),
        ("PingFang SC", "黑体"),
        ("新細明體", "宋体"),
    ],
)
def test_names_as_producers_write_them(name: str, family: str) -> None:
    found = family_of(name)
    assert found is not None
    assert found.key == family


@pytest.mark.parametrize(
    ("name", "shown", "bold"),
    [
        ("TimesNewRomanPS-BoldMT", "Nimbus Roman", True),
        ("Arial-BoldItalicMT", "Nimbus Sans", True),
        ("ArialMT", "Nimbus Sans", False),
        ("NotoSerif", "Nimbus Roman", False),
        ("OCR-B", "Nimbus Mono PS", False),
    ],
)
def test_latin_names_and_the_style_in_them(empty_system: Path, name: str, shown: str, bold: bool) -> None:
    face = find(name)
    assert (face.shown_as, face.bold, face.substituted_for) == (shown, bold, name)


def test_any_face_that_has_a_rare_character(empty_system: Path) -> None:
    path = install(empty_system / "fonts", "rare.ttf", "Rare")
    font = TTFont(path)
    for table in font["cmap"].tables:
        table.cmap[0x2A700 if table.format == 12 else 0x4DB6] = "A"
    font.save(path)
    rare = covering("\u4db6")
    assert rare is not None
    assert rare.path == path
    assert covering("\u4db7") is None
