"""Names of files that come from outside."""

from __future__ import annotations

import pytest

from gongwen_client.domain.names import opens_as_document, plain_name, safe_suffix


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("名单.XLSX", ".xlsx"), ("名单", ""), ("a.tar/..", ""), ("x.p d f", ""), (".hidden", "")],
)
def test_suffixes(name: str, suffix: str) -> None:
    assert safe_suffix(name) == suffix


@pytest.mark.parametrize(
    "name", ["a.exe", "名单.pdf.lnk", "a.bat", "a.desktop", "a.docm", "a", "a.htm", "a.js"]
)
def test_programs_are_not_opened(name: str) -> None:
    assert not opens_as_document(name)


@pytest.mark.parametrize("name", ["名单.xlsx", "附件.PDF", "扫描件.jpg", "表.et"])
def test_documents_are_opened(name: str) -> None:
    assert opens_as_document(name)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("附件1：名单.xlsx", "附件1：名单.xlsx"),
        ("../../.config/autostart/x.desktop", "_.._.config_autostart_x.desktop"),
        ("C:\\Windows\\x", "C__Windows_x"),
        ("\u202efdp.exe", "_fdp.exe"),
        ("..", "_"),
    ],
)
def test_a_proposed_name_names_no_folder(name: str, plain: str) -> None:
    assert plain_name(name) == plain
