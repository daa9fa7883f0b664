"""Where it may be spoken in the clear."""

from __future__ import annotations

import pytest

from gongwen_protocol.addresses import is_confidential


@pytest.mark.parametrize(
    ("url", "confidential"),
    [
        ("https://exchange.example", True),
        ("http://127.0.0.1:8765", True),
        ("http://[::1]:8765", True),
        ("http://localhost:1", True),
        ("http://exchange.example", False),
        ("http://localhost.example", False),
        ("http://127.0.0.1@exchange.example", False),
        ("http://10.0.0.1", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_in_the_clear_on_this_machine_only(url: str, confidential: bool) -> None:
    assert is_confidential(url) is confidential
