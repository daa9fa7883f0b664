"""Keys in folders behind libraries of our own: a PKCS#11 module and an SKF library, written in C.

``tests/fakes/c`` is compiled with the system's compiler, once for each run. What a folder holds, and what it
can be told to do, stands in ``tests/fakes/c/token.h``.
"""

from __future__ import annotations

import atexit
import functools
import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from fakes.seal_keys import FROM, UNTIL
from gongwen_client.token.profiles import ModuleConfig
from gongwen_crypto import der
from gongwen_crypto.issue import Subject, Usage, issue, make_root
from gongwen_crypto.signer import Signer
from gongwen_crypto.software import SoftwareSigner

SOURCES = Path(__file__).parent / "c"
VARIABLE = "GONGWEN_FAKE_TOKEN"
PIN = "Kanarie-7391"
UNIT = "示范区人民政府办公室"
SM2_OID, EC_OID = "1.2.156.10197.1.301", "1.2.840.10045.2.1"

#: What the library calls itself and which mechanisms it has; one vendor of several.
SANSEC = (
    "manufacturer Sansec",
    "key_type 0x80000004",
    "mech 0x80008104 sm2 e der",
    "mech 0x80008105 sm2 e raw",
    "mech 0x80008102 sm2 message raw",
    "mech 0x80008200 decrypt - c1c3c2",
)


@functools.cache
def build(name: str, *options: str) -> Path:
    """The library ``pkcs11``, ``skf`` or ``disk``, kept for the run; skips the test without a compiler."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler (gcc) on this machine")
    sources = {
        "pkcs11": ("crypto.c", "token.c", "pkcs11.c", "pkcs11_objects.c"),
        "skf": ("crypto.c", "token.c", "skf.c"),
        "disk": ("disk.c",),
    }[name]
    mark = hashlib.sha256(" ".join(options).encode()).hexdigest()[:8]
    folder = Path(tempfile.mkdtemp(prefix="gongwen-fakes-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    library = folder / f"lib{name}-{mark}.so"
    subprocess.run(
        [
            *(compiler, "-std=c11", "-D_GNU_SOURCE", "-O1", "-Wall", "-Wextra", "-Werror"),
            *("-fPIC", "-shared", "-fvisibility=hidden", *options, "-o", str(library)),
            *(str(SOURCES / source) for source in sources),
            "-ldl",
        ],
        check=True,
    )
    return library


@dataclass
class KeyPair:
    """A key pair with its certificate, as it goes into a container."""

    signer: SoftwareSigner
    certificate: bytes


def new_pair(unit: str = UNIT, usage: Usage = Usage.SIGNING, until: datetime = UNTIL) -> KeyPair:
    """A fresh SM2 key with a certificate of a fresh authority."""
    root: Signer = make_root(Subject("示范根证书", "示范印章管理机构"), FROM, max(until, UNTIL))
    signer = SoftwareSigner.generate()
    certificate = issue(root, Subject(unit, unit), signer.public_key, usage, FROM, until)
    return KeyPair(signer.with_certificate(certificate), certificate)


@dataclass
class FolderToken:
    """The folder behind both libraries."""

    folder: Path
    conf: Sequence[str] = SANSEC
    pairs: dict[str, KeyPair] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.configure(*self.conf)
        self.play()

    def configure(self, *lines: str) -> None:
        """What kind of library it is."""
        self._write("conf", "".join(f"{line}\n" for line in lines))

    def play(self, **acts: str) -> None:
        """What the named calls do from now on: a number, hang, slow:MS, segv, abort, exit, unplug."""
        self._write("faults", "".join(f"{call} {act}\n" for call, act in acts.items()))

    @property
    def calls(self) -> list[str]:
        """The calls made so far."""
        path = self.folder / "calls"
        return path.read_text().split() if path.exists() else []

    def forget_calls(self) -> None:
        """Count anew."""
        (self.folder / "calls").unlink(missing_ok=True)

    def add_slot(
        self, slot: int = 1, *, serial: str = "GW-0001", label: str = "KeyOne", tries: int = 6
    ) -> None:
        """Plug in an empty token."""
        place = self.folder / f"slot{slot}"
        place.mkdir()
        (place / "pin").write_text(hashlib.sha256(PIN.encode()).hexdigest())
        (place / "tries").write_text(f"{tries} {tries}\n")
        (place / "conf").write_text(f"label {label}\nserial {serial}\n")

    def add_key(
        self, slot: int = 1, number: int = 1, *, seal: bytes | None = None, **options: Any
    ) -> KeyPair:
        """Put a signing key into a container; the seal names its certificate."""
        pair = new_pair(**options)
        self._put(slot, number, "sign", pair)
        content = b"0\x82\x01\x00 seal of " + pair.certificate if seal is None else seal
        if content:
            (self.folder / f"slot{slot}" / f"{number}.esl").write_bytes(content)
        return pair

    def add_encryption_key(self, slot: int = 1, number: int = 1) -> KeyPair:
        """Put an encryption key into the same container: on PKCS#11 it shares the CKA_ID."""
        pair = new_pair(usage=Usage.ENCRYPTION)
        self._put(slot, number, "crypt", pair)
        return pair

    def put_raw_key(self, pkcs8: bytes, certificate: bytes, slot: int = 1, number: int = 1) -> None:
        """Put a key of another kind into a container."""
        place = self.folder / f"slot{slot}"
        (place / f"{number}.sign.key").write_bytes(pkcs8)
        (place / f"{number}.sign.crt").write_bytes(certificate)

    def tries_left(self, slot: int = 1) -> int:
        """The counter on the key."""
        return int(self._place(slot).joinpath("tries").read_text().split()[0])

    def set_tries(self, left: int, most: int = 6, slot: int = 1) -> None:
        """Turn the counter."""
        self._place(slot).joinpath("tries").write_text(f"{left} {most}\n")

    def unplug(self, slot: int = 1) -> None:
        """Pull it out."""
        (self.folder / f"slot{slot}").rename(self.folder / f"pulled.slot{slot}")

    def plug(self, slots: Iterable[int] = (1, 2, 3, 4)) -> None:
        """Put back in what is out."""
        for slot in slots:
            out = self.folder / f"pulled.slot{slot}"
            if out.exists():
                out.rename(self.folder / f"slot{slot}")

    def pkcs11(self, profile: str = "sansec") -> ModuleConfig:
        """The PKCS#11 module for a broker's configuration."""
        return ModuleConfig(build("pkcs11"), profile)

    def skf(self, profile: str = "generic", *options: str) -> ModuleConfig:
        """The SKF library for a broker's configuration."""
        return ModuleConfig(build("skf", *options), profile)

    def _place(self, slot: int) -> Path:
        inside = self.folder / f"slot{slot}"
        return inside if inside.exists() else self.folder / f"pulled.slot{slot}"

    def _put(self, slot: int, number: int, use: str, pair: KeyPair) -> None:
        place = self.folder / f"slot{slot}"
        (place / f"{number}.{use}.key").write_bytes(sm2_pkcs8(pair.signer))
        (place / f"{number}.{use}.crt").write_bytes(pair.certificate)
        self.pairs[use] = pair

    def _write(self, name: str, text: str) -> None:
        part = self.folder / f"{name}.new"
        part.write_text(text)
        part.replace(self.folder / name)


def sm2_pkcs8(signer: SoftwareSigner) -> bytes:
    """PKCS#8 of an SM2 key, which ``cryptography`` does not write."""
    pair = signer.pair
    inner = der.sequence(
        (
            der.integer(1),
            der.encode(der.OCTET_STRING, pair.private),
            der.encode(0xA1, der.encode(0x03, b"\0" + pair.point)),
        )
    )
    algorithm = der.sequence((der.oid(EC_OID), der.oid(SM2_OID)))
    return der.sequence((der.integer(0), algorithm, der.encode(der.OCTET_STRING, inner)))
