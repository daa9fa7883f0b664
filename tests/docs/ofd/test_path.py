"""The path language and the basic values."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongwen_docs.ofd.path import Segment, parse_path
from gongwen_docs.ofd.values import Box, Matrix, box, deltas, matrix, numbers, scaling, translation


def test_every_operator() -> None:
    assert parse_path("S 0 0 M 1 2 L 3 4 Q 5 6 7 8 B 1 2 3 4 5 6 C") == [
        Segment("M", (0, 0)),
        Segment("M", (1, 2)),
        Segment("L", (3, 4)),
        Segment("Q", (5, 6, 7, 8)),
        Segment("B", (1, 2, 3, 4, 5, 6)),
        Segment("C"),
    ]


@pytest.mark.parametrize(
    "data", ["M1,2L3-4", "M 1 2\n\tL 3 -4", "M 1e0 2.0 L+3 -4", "M 1 2 L 3 -4 L 9", "M 1 2 3 -4 X"]
)
def test_loose_writing(data: str) -> None:
    segments = parse_path(data)
    assert [segment.points for segment in segments] == [(1, 2), (3, -4)]


def test_an_arc_is_a_circle() -> None:
    segments = parse_path("M 10 0 A 10 10 0 1 1 -10 0 A 10 10 0 1 1 10 0 C")
    curves = [segment for segment in segments if segment.operator == "B"]
    assert len(curves) == 4
    for curve in curves:
        assert math.hypot(*curve.points[-2:]) == pytest.approx(10)
    assert curves[0].points[-2:] == pytest.approx((0, 10)), "sweep 1 turns clockwise where y points down"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("M 0 0 A 0 5 0 0 1 9 9", [Segment("M", (0, 0)), Segment("L", (9, 9))]),
        ("M 1 1 A 5 5 0 0 1 1 1", [Segment("M", (1, 1))]),
        ("M 0 0 A 5 5 0 0 x", [Segment("M", (0, 0))]),
    ],
)
def test_degenerate_arcs(data: str, expected: list[Segment]) -> None:
    assert parse_path(data) == expected


@given(st.text(alphabet="SMLQBAC 0123456789.-e,", max_size=80))
def test_nothing_breaks_the_parser(data: str) -> None:
    for segment in parse_path(data):
        assert all(math.isfinite(value) for value in segment.points)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ()),
        ("1 2 3", (1, 2, 3)),
        ("g 3 5.5", (5.5, 5.5, 5.5)),
        ("26.0 g 2 25.9 26.0", (26.0, 25.9, 25.9, 26.0)),
        ("g 9000000 1", (1.0,) * 50),
        ("g -2 1 7", (7.0,)),
    ],
)
def test_run_lengths_of_offsets(value: str | None, expected: tuple[float, ...]) -> None:
    assert deltas(value, 50) == expected


def test_values() -> None:
    assert box("1 2 3 4") == Box(1, 2, 3, 4)
    assert box("1 2 3") is None
    assert matrix("1 0 0 1 5 6") == Matrix(1, 0, 0, 1, 5, 6)
    assert numbers("1, x inf 2e99 3") == [1, 0, 0, 0, 3]
    combined = scaling(2, 3).then(translation(5, 7))
    assert combined.point(1, 1) == (7, 10)
    inverse = combined.inverse()
    assert inverse is not None
    assert combined.then(inverse) == pytest.approx(Matrix())
    assert scaling(0, 1).inverse() is None
