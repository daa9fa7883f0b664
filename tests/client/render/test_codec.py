"""Typed values over the pipe: round trips, and that wrong values are refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongwen_client.render.codec import CodecError, decode, encode


class Kind(StrEnum):
    ONE = "one"


class Place(NamedTuple):
    x: float
    y: float


@dataclass(frozen=True)
class Inner:
    name: str
    place: Place | None = None


@dataclass(frozen=True)
class Outer:
    kind: Kind
    data: bytes
    when: datetime
    day: date | None
    path: Path
    inner: tuple[Inner, ...]
    pair: tuple[int, str]
    facts: Mapping[str, str | int] = field(default_factory=dict)
    anything: dict[str, Any] = field(default_factory=dict)


VALUE = Outer(
    Kind.ONE,
    b"\0\xff" * 1000,
    datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
    None,
    Path("/a/文件.ofd"),
    (Inner("一", Place(1.5, 2)), Inner("二")),
    (3, "x"),
    {"page": 1, "name": "甲"},
    {"deep": [1, {"a": None}]},
)


def test_round_trip() -> None:
    assert decode(Outer, encode(VALUE)) == VALUE


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "two"),
        ("data", "not base64!"),
        ("when", "yesterday"),
        ("inner", {"name": "x"}),
        ("inner", [{"place": None}]),
        ("pair", [1, 2, 3]),
        ("pair", ["1", "x"]),
        ("facts", {"page": [1]}),
        ("path", None),
    ],
)
def test_wrong_values_are_refused(name: str, value: object) -> None:
    with pytest.raises(CodecError):
        decode(Outer, encode(VALUE) | {name: value})


def test_missing_fields_are_refused() -> None:
    data = encode(VALUE)
    del data["kind"]
    with pytest.raises(CodecError):
        decode(Outer, data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3)
    ),
    max_leaves=8,
)


@given(JSON)
def test_nothing_but_a_codec_error(data: object) -> None:
    with pytest.raises(CodecError):
        decode(Outer, data)
