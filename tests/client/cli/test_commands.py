"""Every command has a line in both READMEs: a new user finds there what the program can do."""

from __future__ import annotations

import argparse
import importlib
import re
from pathlib import Path

import pytest

from gongwen_client import cli

REPOSITORY = Path(__file__).resolve().parents[3]


def commands() -> list[str]:
    added = argparse.ArgumentParser().add_subparsers()
    for module in cli.MODULES:
        importlib.import_module(f"{cli.__name__}.{module}").register(added)
    return sorted(added.choices)


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_readme_names_every_command(readme: str) -> None:
    text = (REPOSITORY / readme).read_text("utf-8")
    lines = re.findall(r"^\./gongwen ([a-z|-]+)", text, re.MULTILINE)
    named = {name for line in lines for name in line.split("|")}
    assert set(commands()) - named == set()
