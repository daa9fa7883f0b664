"""Verify an OFD sealed by SES generation 4 or 5 with the standard library and the OpenSSL program alone.

Written without the product's code, after GB/T 33190-2016 18 and GB/T 38540-2020, so that both must be wrong
in the same way to agree on a wrong answer. It answers one question: are the signature values and the listed
digests right? Trust, time and coverage are not its business. It is for files that one made: it reads XML and
ZIP without any care.

    python tests/independent/recompute.py FILE.ofd …
"""
# ruff: noqa: S314, T201

from __future__ import annotations

import base64
import hashlib
import posixpath
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from xml.etree import ElementTree

SM2_ID = "distid:1234567812345678"


def element(data: bytes, at: int = 0) -> tuple[int, bytes, bytes, int]:
    """One DER element: tag, content, whole encoding, position behind it."""
    length, start = data[at + 1], at + 2
    if length & 0x80:
        count = length & 0x7F
        length = int.from_bytes(data[start : start + count], "big")
        start += count
    end = start + length
    return data[at], data[start:end], data[at:end], end


def elements(content: bytes) -> list[tuple[int, bytes, bytes]]:
    found, at = [], 0
    while at < len(content):
        tag, inner, whole, at = element(content, at)
        found.append((tag, inner, whole))
    return found


def public_key_pem(certificate: bytes) -> str:
    """SubjectPublicKeyInfo of a certificate as PEM: the element that holds the SM2 curve's identifier."""
    body = elements(elements(element(certificate)[1])[0][1])
    key = next(
        whole for tag, inner, whole in body if tag == 0x30 and bytes.fromhex("2a8648ce3d0201") in inner
    )
    return f"-----BEGIN PUBLIC KEY-----\n{base64.encodebytes(key).decode()}-----END PUBLIC KEY-----\n"


def openssl_verifies(certificate: bytes, message: bytes, signature: bytes) -> bool:
    """SM2 with SM3 under the national default identity, by the OpenSSL command line."""
    if len(signature) == 64:  # r and s side by side
        numbers = b"".join(_integer(signature[at : at + 32]) for at in (0, 32))
        signature = b"\x30" + bytes((len(numbers),)) + numbers
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "key.pem").write_text(public_key_pem(certificate))
        (folder / "message").write_bytes(message)
        (folder / "signature").write_bytes(signature)
        command = [
            *("openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-digest", "sm3"),
            *("-pkeyopt", SM2_ID, "-in", "message", "-sigfile", "signature"),
        ]
        return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


def _integer(value: bytes) -> bytes:
    value = value.lstrip(b"\0") or b"\0"
    value = b"\0" * (value[0] >> 7) + value
    return b"\x02" + bytes((len(value),)) + value


def local(node: ElementTree.Element) -> str:
    return node.tag.rpartition("}")[2]


def descend(node: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [item for item in node.iter() if local(item) == name]


def place(base: str, path: str) -> str:
    return posixpath.normpath(
        path.strip() if path.strip().startswith("/") else posixpath.join("/", base, path.strip())
    ).lstrip("/")


def check(path: Path) -> list[str]:
    """What is wrong with the signatures of a file; an empty list when all is right."""
    problems: list[str] = []
    with zipfile.ZipFile(path) as package:
        names = set(package.namelist())
        entry = ElementTree.fromstring(package.read("OFD.xml"))
        listed = place("", descend(entry, "Signatures")[0].text or "")
        folder = posixpath.dirname(listed)
        signatures = descend(ElementTree.fromstring(package.read(listed)), "Signature")
        if not signatures:
            problems.append("no signature")
        for item in signatures:
            problems += _check_signature(package, names, place(folder, item.get("BaseLoc", "")))
    return problems


def _check_signature(package: zipfile.ZipFile, names: set[str], path: str) -> list[str]:
    problems: list[str] = []
    text = package.read(path)
    root = ElementTree.fromstring(text)
    folder = posixpath.dirname(path)
    method = descend(root, "References")[0].get("CheckMethod", "MD5")
    if not re.fullmatch(r"SM3|sm3|1\.2\.156\.10197\.1\.401", method):
        problems.append(f"{path}: method {method}")
    for reference in descend(root, "Reference"):
        name = place(folder, reference.get("FileRef", ""))
        stated = base64.b64decode("".join((descend(reference, "CheckValue")[0].text or "").split()))
        if name not in names:
            problems.append(f"{name}: missing")
        elif hashlib.new("sm3", package.read(name)).digest() != stated:
            problems.append(f"{name}: digest")
    value = package.read(place(folder, descend(root, "SignedValue")[0].text or ""))
    to_sign, certificate, _, signature, *_ = elements(element(value)[1])
    if not openssl_verifies(certificate[1], to_sign[2], signature[1][1:]):
        problems.append(f"{path}: signature value")
    _, seal, _, data_hash, info, *_ = elements(to_sign[1])
    if data_hash[1][1:] != hashlib.new("sm3", text).digest():
        problems.append(f"{path}: data hash")
    if info[1].decode().strip("\0 ").lstrip("/") != path:
        problems.append(f"{path}: scope")
    content, maker, _, made = elements(seal[1])[:4]
    if not openssl_verifies(maker[1], content[2], made[1][1:]):
        problems.append(f"{path}: seal")
    return problems


if __name__ == "__main__":
    worst = 0
    for argument in sys.argv[1:]:
        found = check(Path(argument))
        print(f"{argument}: {'; '.join(found) or 'right'}")
        worst |= bool(found)
    sys.exit(worst)
