"""Plugged-in tokens of each real kind, and the hand that pulls them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from fakes.folder_token import VARIABLE, FolderToken
from fakes.seal_keys import write_key_file
from fakes.softhsm import LIBRARY, SoftHsm, new_keys
from gongwen_client.token.profiles import ModuleConfig
from gongwen_client.token.wire import BrokerConfig

PIN = "Kanarie-7391"


@dataclass
class Rig:
    """A plugged-in token; its two moves are calls."""

    config: BrokerConfig
    seal: bytes
    algorithms: set[str]
    unplug: Callable[[], None]
    plug: Callable[[], None]
    counts_tries: bool


def keyfile_rig(folder: Path) -> Rig:
    seal = b"seal of the key file"
    path, pocket = folder / "slot" / "one.gwkey", folder / "pocket"
    path.parent.mkdir()
    write_key_file(path, PIN, seal=seal, max_tries=3)
    return Rig(
        BrokerConfig(keyfile_folders=(path.parent,)),
        seal,
        {"1.2.156.10197.1.501"},
        unplug=lambda: (path.rename(pocket), None)[1],
        plug=lambda: (pocket.rename(path), None)[1],
        counts_tries=True,
    )


def folder_rig(folder: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> Rig:
    """Our own libraries in C: PKCS#11, SKF by the standard, SKF with the wide ULONG of some vendors."""
    token = FolderToken(folder / "token")
    token.add_slot(tries=3)
    pair = token.add_key()
    monkeypatch.setenv(VARIABLE, str(token.folder))
    config = {
        "pkcs11": lambda: BrokerConfig(modules=(token.pkcs11(),)),
        "skf": lambda: BrokerConfig(skf_modules=(token.skf(),)),
        "skf-wide": lambda: BrokerConfig(skf_modules=(token.skf("wide", "-DULONG_TYPE=unsigned long"),)),
    }[kind]()
    return Rig(
        config,
        b"0\x82\x01\x00 seal of " + pair.certificate,
        {"1.2.156.10197.1.501"},
        unplug=token.unplug,
        plug=token.plug,
        counts_tries=kind != "pkcs11",
    )


def softhsm_rig(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Rig:
    if not LIBRARY.is_file():
        pytest.skip(f"SoftHSM2 is not installed ({LIBRARY})")
    hsm = SoftHsm(folder / "hsm")
    hsm.prepare()
    monkeypatch.setenv("SOFTHSM2_CONF", str(hsm.configuration))
    seal = hsm.make_token(PIN, new_keys())
    return Rig(
        BrokerConfig(modules=(ModuleConfig(LIBRARY),)),
        seal,
        {"1.2.840.10045.4.3.2", "1.2.840.113549.1.1.11"},
        unplug=hsm.unplug,
        plug=hsm.plug,
        counts_tries=False,
    )
