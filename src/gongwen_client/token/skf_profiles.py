"""How each SKF library wants to be driven: data in ``resources/skf_modules/*.toml``, no code.

GM/T 0016 fixes names and meanings of the calls. Libraries differ in the width of ULONG on Linux, in where the
seal lies, and in whether (and under which name) they decrypt with the private key, which the standard of 2012
does not have.
"""

from __future__ import annotations

import fnmatch
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gongwen_client.token.pin import PinCharset
from gongwen_crypto.errors import BugError, KnownError
from gongwen_protocol.resources import resource_path

_FOLDER = "skf_modules"


@dataclass(frozen=True)
class SkfProfile:
    """``ulong`` is the width of ULONG in bytes (4 by the standard; 8 where a vendor for Linux took its own
    unsigned long). ``application`` and ``seal_file`` are patterns; ``decrypt_call`` is empty where there is
    none. PIN lengths are in characters."""

    name: str
    title: str
    file: str = "*"
    ulong: int = 4
    application: str = "*"
    seal_file: str = "*"
    verification_container: str = ""
    decrypt_call: str = ""
    min_pin: int = 6
    max_pin: int = 16
    pin_charset: PinCharset = PinCharset.ASCII


def load_skf_profiles(folder: Path | None = None) -> tuple[SkfProfile, ...]:
    """All profiles, the generic one last. Raises BugError("token.bad_profile") naming the file."""
    paths = (folder or resource_path(_FOLDER)).glob("*.toml")
    profiles = [read_skf_profile(path) for path in sorted(paths)]
    return tuple(sorted(profiles, key=lambda profile: profile.name == "generic"))


def read_skf_profile(path: Path) -> SkfProfile:
    """One profile. Raises BugError("token.bad_profile") naming the file."""
    try:
        return _parse(path.stem, tomllib.loads(path.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BugError("token.bad_profile", file=path.name, reason=str(error)) from error


def choose_skf_profile(name: str, file_name: str) -> SkfProfile:
    """The profile called ``name``, or without a name the first whose file pattern fits.

    A name that ends in .toml is the path of a profile of one's own. Raises KnownError("token.no_profile"),
    BugError("token.bad_profile").
    """
    if name.endswith(".toml"):
        return read_skf_profile(Path(name))
    for profile in load_skf_profiles():
        if profile.name == name or (not name and fnmatch.fnmatch(file_name, profile.file)):
            return profile
    raise KnownError("token.no_profile", module=file_name)


def _parse(name: str, document: dict[str, Any]) -> SkfProfile:
    pin = document.get("pin", {})
    ulong = int(document.get("ulong", 4))
    if ulong not in (4, 8):
        raise ValueError("ulong")
    return SkfProfile(
        name=name,
        title=document["title"],
        file=document.get("match", {}).get("file", "*"),
        ulong=ulong,
        application=document.get("application", "*"),
        seal_file=document.get("seal_file", "*"),
        verification_container=document.get("verification_container", ""),
        decrypt_call=document.get("decrypt_call", ""),
        min_pin=int(pin.get("min", 6)),
        max_pin=int(pin.get("max", 16)),
        pin_charset=PinCharset(pin.get("charset", PinCharset.ASCII)),
    )
