"""Typed values as JSON and back, by their type hints: what crosses the pipe between client and worker.

No pickle: a worker that a hostile document has taken over can send wrong values, but never code. Known types:
dataclasses, named tuples, tuples, lists, mappings with text keys, enumerations, dates, paths, bytes, unions
with None, and what JSON itself has.
"""

from __future__ import annotations

import base64
import dataclasses
import types
import typing
import zlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

T = TypeVar("T")

_LARGEST_BYTES = 256 * 1024 * 1024


class CodecError(ValueError):
    """A value does not have the type it should have."""


def encode(value: Any) -> Any:
    """A value as JSON has it."""
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return base64.b64encode(zlib.compress(value, 1)).decode("ascii")
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: encode(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, (tuple, list, frozenset, set)):
        return [encode(item) for item in value]
    return str(value)


def decode(kind: type[T], data: Any) -> T:
    """The value of type ``kind`` that ``data`` encodes. Raises CodecError."""
    try:
        return cast(T, _decode(kind, data))
    except CodecError:
        raise
    except (TypeError, ValueError, KeyError, AttributeError, zlib.error) as error:
        raise CodecError(f"{kind}: {error}") from error


def _decode(kind: Any, data: Any) -> Any:
    if kind is Any or kind is object:
        return data
    if kind is None or kind is types.NoneType:
        if data is not None:
            raise CodecError("not None")
        return None
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        return _decode_union(typing.get_args(kind), data)
    if origin is not None:
        return _decode_container(origin, typing.get_args(kind), data)
    if kind in (bool, int, str):
        if type(data) is not kind:
            raise CodecError(f"not {kind.__name__}")
        return data
    if kind is float:
        if type(data) not in (int, float):
            raise CodecError("not a number")
        return float(data)
    return _decode_class(kind, data)


def _decode_union(kinds: tuple[Any, ...], data: Any) -> Any:
    if data is None and types.NoneType in kinds:
        return None
    for kind in kinds:
        if kind is not types.NoneType:
            try:
                return decode(kind, data)
            except CodecError:
                continue
    raise CodecError("no member of the union")


def _decode_container(origin: Any, arguments: tuple[Any, ...], data: Any) -> Any:
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {str(key): _decode(arguments[1], item) for key, item in data.items()}
    if not isinstance(data, list):
        raise CodecError("not a list")
    if origin is tuple and not (len(arguments) == 2 and arguments[1] is Ellipsis):
        if len(arguments) != len(data):
            raise CodecError("wrong length")
        return tuple(_decode(kind, item) for kind, item in zip(arguments, data, strict=True))
    items = [_decode(arguments[0], item) for item in data]
    if origin in (tuple, frozenset, set):
        return origin(items)
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return items
    raise CodecError(f"unknown container {origin}")


def _decode_class(kind: Any, data: Any) -> Any:
    if issubclass(kind, bytes):
        return _decode_bytes(data)
    if issubclass(kind, Enum):
        return kind(data)
    if issubclass(kind, (datetime, date)):
        return kind.fromisoformat(data)
    if issubclass(kind, Path):
        return Path(data)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return kind(**{name: _decode(hint, data[name]) for name, hint in hints(kind).items()})
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):
        names = hints(kind)
        if len(names) != len(data):
            raise CodecError("wrong length")
        return kind(*(_decode(hint, item) for hint, item in zip(names.values(), data, strict=True)))
    if kind in (dict, list):
        return kind(data)
    raise CodecError(f"unknown type {kind}")


def _decode_bytes(data: Any) -> bytes:
    inflater = zlib.decompressobj()
    result = inflater.decompress(base64.b64decode(data, validate=True), _LARGEST_BYTES)
    if not inflater.eof:
        raise CodecError("bytes too long")
    return result


@cache
def hints(kind: Any) -> dict[str, Any]:
    """Names and types of a dataclass' fields, or of a function's parameters and result."""
    found = typing.get_type_hints(kind)
    if dataclasses.is_dataclass(kind):
        return {field.name: found[field.name] for field in dataclasses.fields(kind) if field.init}
    return found
