"""The product's seals and verdicts against an implementation of their own that shares no line with it."""

from __future__ import annotations

import ast
import shutil
import sys
from pathlib import Path

import pytest

from docs.verify.attacks import Lab
from docs.verify.attacks.content import text_changed
from docs.verify.attacks.values import other_identity
from gongwen_docs.ofd.container import pack
from independent import recompute

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="no OpenSSL program here")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return Lab(tmp_path_factory.mktemp("lab"))


def test_it_uses_the_standard_library_only() -> None:
    tree = ast.parse(Path(recompute.__file__).read_text("utf-8"))
    modules = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert modules <= sys.stdlib_module_names


@needs_openssl
@pytest.mark.parametrize("name", ["plain", "rich", "joint", "seam", "stamped", "v5"])
def test_it_finds_our_seals_right(lab: Lab, tmp_path: Path, name: str) -> None:
    file = tmp_path / "file.ofd"
    file.write_bytes(pack(lab.originals[name]))
    assert recompute.check(file) == []


@needs_openssl
def test_it_finds_changes(lab: Lab, tmp_path: Path) -> None:
    file = tmp_path / "file.ofd"
    for forgery in text_changed(lab):
        if forgery.name == "cms":
            continue
        file.write_bytes(forgery.data)
        assert "Doc_0/Pages/Page_0/Content.xml: digest" in recompute.check(file)
    for forgery in other_identity(lab):
        file.write_bytes(forgery.data)
        assert recompute.check(file) == ["Doc_0/Signs/Sign_0/Signature.xml: signature value"]


@needs_openssl
@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("ses_v4.ofd", True),
        ("ses_v5.ofd", True),
        ("ses_v4_riding5.ofd", True),
        ("ofdrw__SESV4SignDoc.ofd", True),
        ("t01_content_one_char.ofd", False),
        ("t03_stamp_moved.ofd", False),
    ],
)
def test_it_agrees_about_files_of_other_makers(corpus: Path, name: str, right: bool) -> None:
    assert (recompute.check(corpus / name) == []) is right
