"""Speed of the national algorithms against the OpenSSL command line and an independent Python library.

    python benchmarks/crypto.py

The command line starts a process for each signature, so its own ``speed`` figures stand beside ours where it
has them. The other library is pure Python and is measured with fewer rounds.
"""

from __future__ import annotations

import io
import re
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(REPOSITORY / "src")]

import gmalg  # noqa: E402

from gongwen_crypto import envelope, sm2, sm2_encryption, sm2_reference, sm3, sm4, stream  # noqa: E402
from gongwen_crypto.certificates import Certificate  # noqa: E402
from gongwen_crypto.issue import Subject, Usage, issue, make_root  # noqa: E402
from gongwen_crypto.software import SoftwareSigner  # noqa: E402

_MESSAGE = b"content" * 30
_MIB = 1024 * 1024
_SIZE = 64


def per_second(action: Callable[[], object], seconds: float = 1.0) -> float:
    """Runs in a second of processor time, as ``openssl speed`` counts, after one run that warms up."""
    action()
    rounds, start = 0, time.process_time()
    while time.process_time() - start < seconds:
        action()
        rounds += 1
    return rounds / (time.process_time() - start)


def megabytes_per_second(pieces: Callable[[bytes], Iterable[bytes]], size: int = _SIZE) -> float:
    """MiB of plain bytes a second through ``pieces``."""
    data = secrets.token_bytes(size * _MIB)
    start = time.process_time()
    for _ in pieces(data):
        pass
    return size / (time.process_time() - start)


def row(name: str, ours: float, openssl: float | None, other: float | None, unit: str) -> None:
    """One line of the table."""
    cells = [f"{value:>12,.1f}" if value is not None else f"{'–':>12}" for value in (ours, openssl, other)]
    print(f"{name:<34} {' '.join(cells)}  {unit}")


def openssl_speed(*arguments: str) -> str:
    """Output of ``openssl speed``; empty where there is no such program."""
    program = shutil.which("openssl")
    if program is None:
        return ""
    command = [program, "speed", "-seconds", "1", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def openssl_sm2() -> tuple[float | None, float | None]:
    """Signatures and verifications a second."""
    found = re.search(r"SM2\)\s+\S+s\s+\S+s\s+([\d.]+)\s+([\d.]+)", openssl_speed("sm2"))
    return (float(found[1]), float(found[2])) if found else (None, None)


def openssl_bulk(name: str) -> float | None:
    """MiB a second of an EVP algorithm on blocks of 16 KiB."""
    lines = [
        line for line in openssl_speed("-evp", name, "-bytes", "16384").splitlines() if line.endswith("k")
    ]
    return float(lines[-1].split()[-1].rstrip("k")) * 1000 / _MIB if lines else None


def in_pieces(data: bytes) -> list[bytes]:
    return [data[start : start + stream.CHUNK] for start in range(0, len(data), stream.CHUNK)]


def other_sm3(data: bytes) -> list[bytes]:
    hasher = gmalg.SM3()
    hasher.update(data)
    return [hasher.value()]


def signatures() -> None:
    """SM2: sign, verify, encrypt, decrypt."""
    signer = SoftwareSigner.generate()
    pair, value = signer.pair, signer.sign(_MESSAGE)
    other = gmalg.SM2(pair.private, sm2.DEFAULT_ID, pair.point)
    r, s = other.sign(_MESSAGE)
    sign, verify = openssl_sm2()
    row("SM2 sign, key held open", per_second(lambda: signer.sign(_MESSAGE)), sign,
        per_second(lambda: other.sign(_MESSAGE)), "/s")  # fmt: skip
    row("SM2 sign, key imported each time", per_second(lambda: sm2.sign(pair, _MESSAGE)), None, None, "/s")
    row("SM2 verify", per_second(lambda: sm2.verify(pair.point, _MESSAGE, value)), verify,
        per_second(lambda: other.verify(_MESSAGE, r, s)), "/s")  # fmt: skip
    digest = sm2.message_digest(pair.point, _MESSAGE)
    plain = per_second(lambda: sm2.verify_digest(pair.point, digest, value))
    row("SM2 verify, plain Python", plain, None, None, "/s")
    key = sm4.new_key()
    wrapped, theirs = sm2_encryption.encrypt(pair.point, key), other.encrypt(key)
    row("SM2 encrypt a content key", per_second(lambda: sm2_encryption.encrypt(pair.point, key)), None,
        per_second(lambda: other.encrypt(key)), "/s")  # fmt: skip
    held = signer.key
    row("SM2 decrypt a content key", per_second(lambda: sm2_encryption.decrypt_with(held, wrapped)), None,
        per_second(lambda: other.decrypt(theirs)), "/s")  # fmt: skip
    scalar, point = (
        int.from_bytes(pair.private),
        (int.from_bytes(pair.point[1:33]), int.from_bytes(pair.point[33:])),
    )
    row(
        "SM2 point multiplication, Python",
        per_second(lambda: sm2_reference.multiply(scalar, point)),
        None,
        None,
        "/s",
    )


def bulk() -> None:
    """SM3 and SM4 over many megabytes."""
    key = sm4.new_key()
    row("SM3", megabytes_per_second(lambda data: [sm3.digest(data)]), openssl_bulk("sm3"),
        megabytes_per_second(other_sm3, 1), "MiB/s")  # fmt: skip
    row("SM4-CBC", megabytes_per_second(lambda data: sm4.encrypt_cbc(key, bytes(16), in_pieces(data))),
        openssl_bulk("sm4-cbc"), None, "MiB/s")  # fmt: skip
    row(
        "SM4-GCM",
        megabytes_per_second(lambda data: [sm4.encrypt_gcm(key, bytes(12), data)]),
        None,
        None,
        "MiB/s",
    )
    writing = megabytes_per_second(lambda data: stream.encrypt(key, io.BytesIO(data)))
    row("encrypted file, writing", writing, None, None, "MiB/s")
    sealed = b"".join(stream.encrypt(key, io.BytesIO(bytes(_SIZE * _MIB))))
    reading = megabytes_per_second(lambda _: stream.decrypt(key, io.BytesIO(sealed)))
    row("encrypted file, reading", reading, None, None, "MiB/s")


def envelopes() -> None:
    """One content key for 1,000 units."""
    now = datetime.now(UTC)
    root = make_root(Subject("根", "根"), now, now + timedelta(days=1))
    point = SoftwareSigner.generate().public_key
    made = issue(root, Subject("某单位", "某单位"), point, Usage.ENCRYPTION, now, now + timedelta(days=1))
    units = [Certificate.load(made)] * 1000
    start = time.process_time()
    envelope.seal(sm4.new_key(), units)
    row("envelope for 1,000 units", time.process_time() - start, None, None, "s")


def main() -> None:
    print(f"{'':<34} {'this':>12} {'openssl':>12} {'gmalg':>12}")
    signatures()
    bulk()
    envelopes()


if __name__ == "__main__":
    main()
