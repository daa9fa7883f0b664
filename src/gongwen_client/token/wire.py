"""Frames on the pipe between client and broker.

A frame is a JSON object, and beside it up to two secrets (PINs) as raw bytes, so that a PIN never becomes
part of a text that a parser or a log might keep. Layout, big-endian: length of the JSON (4 bytes), number
of secrets (1 byte), lengths of two secrets (2 bytes each), then the parts.
"""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from gongwen_client.token.keys import (
    Driver,
    Inventory,
    KeyInfo,
    KeyRole,
    Mechanism,
    PinState,
    SelfTest,
    TokenProblem,
    TokenRef,
)
from gongwen_client.token.profiles import ModuleConfig

MAX_JSON = 64 * 1024 * 1024
"""Bytes. The largest message is a list of keys with their seals, or a TBS_Sign with one seal inside."""
_HEAD = struct.Struct(">IBHH")

Json = dict[str, Any]


class PipeClosedError(Exception):
    """The other side closed the pipe or sent something that is no frame."""


@dataclass
class Frame:
    """One message. ``secrets`` are wiped by whoever used them."""

    body: Json
    secrets: Sequence[bytearray] = field(default=(), repr=False)


@dataclass(frozen=True)
class BrokerConfig:
    """What the broker looks at: PKCS#11 modules, SKF libraries, and folders whose ``*.gwkey`` files are keys.
    ``memory`` is the file in which results of self-tests are kept; without it the broker remembers them."""

    modules: tuple[ModuleConfig, ...] = ()
    keyfile_folders: tuple[Path, ...] = ()
    skf_modules: tuple[ModuleConfig, ...] = ()
    memory: Path | None = None

    def to_json(self) -> Json:
        """As it crosses the pipe."""
        return {
            "modules": _modules_to_json(self.modules),
            "keyfile_folders": [str(folder) for folder in self.keyfile_folders],
            "skf_modules": _modules_to_json(self.skf_modules),
            "memory": str(self.memory) if self.memory else "",
        }

    @classmethod
    def from_json(cls, data: Json) -> BrokerConfig:
        """The other way."""
        return cls(
            _modules_from_json(data["modules"]),
            tuple(Path(folder) for folder in data["keyfile_folders"]),
            _modules_from_json(data["skf_modules"]),
            Path(data["memory"]) if data["memory"] else None,
        )


def _modules_to_json(modules: Sequence[ModuleConfig]) -> list[Json]:
    return [{"library": str(module.library), "profile": module.profile} for module in modules]


def _modules_from_json(data: list[Json]) -> tuple[ModuleConfig, ...]:
    return tuple(ModuleConfig(Path(module["library"]), module["profile"]) for module in data)


def write_frame(stream: IO[bytes], frame: Frame) -> None:
    """Send a frame; OSError when the pipe is closed."""
    body = json.dumps(frame.body, ensure_ascii=False).encode()
    lengths = [len(secret) for secret in frame.secrets] + [0, 0]
    stream.write(_HEAD.pack(len(body), len(frame.secrets), *lengths[:2]))
    stream.write(body)
    for secret in frame.secrets:
        stream.write(secret)
    stream.flush()


def read_frame(stream: IO[bytes]) -> Frame:
    """Wait for a frame. Raises PipeClosedError."""
    size, count, *lengths = _HEAD.unpack(_exactly(stream, _HEAD.size))
    if size > MAX_JSON or count > len(lengths):
        raise PipeClosedError("frame too long")
    try:
        body = json.loads(_exactly(stream, size))
    except ValueError as error:
        raise PipeClosedError("not JSON") from error
    if not isinstance(body, dict):
        raise PipeClosedError("not an object")
    return Frame(body, [_exactly(stream, length) for length in lengths[:count]])


def _exactly(stream: IO[bytes], size: int) -> bytearray:
    data = bytearray(size)
    view = memoryview(data)
    done = 0
    while done < size:
        count = stream.readinto(view[done:])  # type: ignore[attr-defined]
        if not count:
            raise PipeClosedError("closed")
        done += count
    return data


# -- values -----------------------------------------------------------------------------------------------


def encode(data: bytes) -> str:
    """Bytes as text inside JSON."""
    return base64.b64encode(data).decode("ascii")


def decode(text: str) -> bytes:
    """Bytes from text inside JSON."""
    return base64.b64decode(text)


def inventory_to_json(inventory: Inventory) -> Json:
    """An inventory as it crosses the pipe."""
    return {
        "keys": [_key_to_json(key) for key in inventory.keys],
        "problems": [[p.backend, p.code, p.detail] for p in inventory.problems],
        "drivers": [asdict(driver) for driver in inventory.drivers],
    }


def inventory_from_json(data: Json) -> Inventory:
    """The other way."""
    return Inventory(
        tuple(_key_from_json(key) for key in data["keys"]),
        tuple(TokenProblem(*problem) for problem in data["problems"]),
        tuple(Driver(**driver) for driver in data["drivers"]),
    )


def mechanisms_to_json(mechanisms: Sequence[Mechanism]) -> Json:
    """Lists of mechanisms as they cross the pipe."""
    return {"mechanisms": [asdict(mechanism) for mechanism in mechanisms]}


def mechanisms_from_json(data: Json) -> tuple[Mechanism, ...]:
    """The other way."""
    return tuple(Mechanism(**mechanism) for mechanism in data["mechanisms"])


def self_test_to_json(test: SelfTest | None) -> Json | None:
    """A self-test's result as it crosses the pipe and lies in the memory file."""
    return None if test is None else {"passed": test.passed, "code": test.code, "at": test.at.isoformat()}


def self_test_from_json(data: Json | None) -> SelfTest | None:
    """The other way. Raises ValueError, KeyError or TypeError for what is no result."""
    if data is None:
        return None
    return SelfTest(bool(data["passed"]), str(data["code"]), datetime.fromisoformat(data["at"]))


def tokens_to_json(tokens: Sequence[TokenRef]) -> Json:
    """The tokens present as they cross the pipe."""
    return {"tokens": [[token.backend, token.serial, token.label] for token in tokens]}


def tokens_from_json(data: Json) -> tuple[TokenRef, ...]:
    """The other way."""
    return tuple(TokenRef(*token) for token in data["tokens"])


def _key_to_json(key: KeyInfo) -> Json:
    return {
        "key_id": key.key_id,
        "backend": key.backend,
        "token_label": key.token_label,
        "serial": key.serial,
        "certificate": encode(key.certificate_der),
        "seal": None if key.seal_der is None else encode(key.seal_der),
        "algorithm_oid": key.algorithm_oid,
        "role": key.role.value,
        "pin": [key.pin.tries_left, key.pin.low, key.pin.final_try, key.pin.locked],
        "pin_length": [key.min_pin_length, key.max_pin_length],
        "self_test": self_test_to_json(key.self_test),
    }


def _key_from_json(data: Json) -> KeyInfo:
    return KeyInfo(
        key_id=data["key_id"],
        backend=data["backend"],
        token_label=data["token_label"],
        serial=data["serial"],
        certificate_der=decode(data["certificate"]),
        seal_der=None if data["seal"] is None else decode(data["seal"]),
        algorithm_oid=data["algorithm_oid"],
        role=KeyRole(data["role"]),
        pin=PinState(*data["pin"]),
        min_pin_length=data["pin_length"][0],
        max_pin_length=data["pin_length"][1],
        self_test=self_test_from_json(data["self_test"]),
    )
