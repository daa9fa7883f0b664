"""House rules that no linter knows: short files, arrows downwards, one owner per dependency, no traces."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HARD_LIMIT = 700

FOLDERS = ("src", "tests", "benchmarks", "installer", "docs", "resources", ".ci")
TEXTS = {
    ".py",
    ".md",
    ".toml",
    ".json",
    ".sql",
    ".qss",
    ".svg",
    ".txt",
    ".cfg",
    ".ini",
    ".sh",
    ".cmd",
    ".mako",
}

#: Places of one machine. Written in pieces so that this file does not name them itself.
MACHINE_PATHS = re.compile(
    "|".join(("/" + r"work/", "/" + r"home/\w", "/" + r"Users/\w", r"[A-Z]:\\+" + "Users"))
)

#: Stand-in persons of Chinese and English examples: demo data name posts.
PERSONS = re.compile("张" + "三|李" + "四|王" + "五|赵" + "六|小" + "明|" + r"\b(?:John|Jane) " + "Doe")

#: Module → the only rooms that may import it (CONTRIBUTING, ground rules).
OWNERS = {
    "PySide6": ("gongwen_client/ui/", "gongwen_client/demo/"),
    "PyKCS11": ("gongwen_client/token/",),
    "requests": ("gongwen_client/exchange/", "gongwen_oa/"),
    "sqlite3": ("gongwen_client/store/", "gongwen_server/db/"),
    "sqlalchemy": ("gongwen_server/db/", "gongwen_server/services/"),
    "alembic": ("gongwen_server/db/",),
    "lxml": ("gongwen_docs/",),
    "zipfile": ("gongwen_docs/",),
    "pymupdf": ("gongwen_docs/",),
}


def files(folders: tuple[str, ...], suffixes: set[str]) -> Iterator[Path]:
    """Text files of the checkout below ``folders``."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and (path.suffix in suffixes) and "__pycache__" not in path.parts:
                yield path


def texts() -> Iterator[Path]:
    """Every text that was written for this repository, the files of the top folder included."""
    yield from files(FOLDERS, TEXTS)
    for path in sorted(ROOT.iterdir()):
        if path.is_file() and path.suffix in TEXTS | {"", ".lock"} and path.name != ".git":
            yield path


def imported(path: Path) -> Iterator[str]:
    """The names of the modules that a source file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def test_no_file_is_over_the_hard_limit() -> None:
    long = {
        f"{path.relative_to(ROOT)}: {count} lines"
        for path in files(("src", "tests", "benchmarks", "installer"), {".py"})
        if (count := len(path.read_text("utf-8").splitlines())) > HARD_LIMIT
    }
    assert not long, "\n".join(sorted(long))


@pytest.mark.parametrize(("what", "pattern"), [("path of a machine", MACHINE_PATHS), ("person", PERSONS)])
def test_no_traces(what: str, pattern: re.Pattern[str]) -> None:
    found = {
        f"{path.relative_to(ROOT)}:{number}: {what} {match.group()!r}"
        for path in texts()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if (match := pattern.search(line))
    }
    assert not found, "\n".join(sorted(found))


def test_documents_that_the_sources_name_are_here() -> None:
    """A docstring must not send its reader to a page that the repository does not have."""
    absent = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in files(("src", "benchmarks", "installer"), {".py", ".toml"})
        for name in re.findall(r"[\w./-]+\.md\b", path.read_text("utf-8"))
        if not any((folder / name).is_file() for folder in (ROOT, ROOT / "docs"))
    }
    assert not absent, "\n".join(sorted(absent))


def test_each_dependency_has_one_owner() -> None:
    strangers = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in files(("src",), {".py"})
        for name in imported(path)
        for module, owners in OWNERS.items()
        if (name == module or name.startswith(f"{module}."))
        and not path.relative_to(ROOT / "src").as_posix().startswith(owners)
    }
    assert not strangers, "\n".join(sorted(strangers))


def test_the_import_contracts_hold() -> None:
    """In a process of its own: it silences the loggers of the one that it runs in."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    done = subprocess.run(
        [*command, "--config", "pyproject.toml", "--no-cache"],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": os.environ.get("COLUMNS", "120")},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
