"""The log keeps what happened and where; nothing that was worked on gets in, and nothing of it gets out."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from gongwen_client.host.journal import SafeFormatter, redacted
from gongwen_crypto.errors import KnownError

CODES = frozenset({"token.pin_wrong", "network.timeout"})
SECRETS = (
    "135790",
    "own secret 2",
    "关于干部任免的通知",
    "eyJhbGciOiJFUzI1NiJ9.e30.c2ln",
    "/media/usb/绝密.ofd",
)


@pytest.fixture
def log(tmp_path: Path) -> logging.Logger:
    """A logger as the client's, writing to ``client.log``."""
    handler = logging.FileHandler(tmp_path / "client.log", encoding="utf-8")
    handler.setFormatter(SafeFormatter())
    logger = logging.Logger("gongwen_client.test")
    logger.addHandler(handler)
    return logger


def _text(log: logging.Logger) -> str:
    (handler,) = log.handlers
    assert isinstance(handler, logging.FileHandler)
    handler.close()
    return Path(handler.baseFilename).read_text("utf-8")


def test_values_are_written_as_their_kind(log: logging.Logger) -> None:
    for secret in SECRETS:
        log.error(
            "could not open %s after %d tries: %s", secret, 3, KnownError("token.pin_wrong", pin=secret)
        )
        try:
            raise ValueError(secret)
        except ValueError:
            log.exception("failed with %s", Path(secret))
    text = _text(log)
    assert "could not open <str> after 3 tries: token.pin_wrong" in text
    assert "ValueError" in text
    assert "test_journal.py:" in text
    assert not [secret for secret in SECRETS if secret in text]


def test_other_libraries_may_only_say_that_they_spoke(tmp_path: Path) -> None:
    record = logging.LogRecord("urllib3", logging.WARNING, "x.py", 1, f"GET /{SECRETS[3]}", (), None)
    assert SECRETS[3] not in SafeFormatter().format(record)


def test_what_leaves_the_pc_is_an_allowed_list() -> None:
    lines = [
        "2026-11-22 09:12:01,123 ERROR gongwen_client.ui.tasks unhandled: token.pin_wrong (tries_left=2)",
        *(f"2026-11-22 09:12:02 INFO gongwen_client.services.keys {secret}" for secret in SECRETS),
        *SECRETS,
        *(f"  {secret}.py:12 open" for secret in SECRETS),
        "  tasks.py:120 _run",
        "ValueError: " + SECRETS[1],
        "own.secret.code token.pin_wrongly MySecretError",
    ]
    said = redacted("\n".join(lines), CODES)
    assert "2026-11-22 09:12:01 ERROR gongwen_client.ui.tasks token.pin_wrong" in said
    assert "tasks.py:120 _run" in said
    assert "ValueError" in said
    assert "MySecretError" not in said
    assert "own.secret" not in said
    assert "tries_left" not in said
    assert not [secret for secret in SECRETS if secret in said]


def test_a_long_log_is_cut_at_its_beginning() -> None:
    line = "2026-11-22 09:12:01 INFO gongwen_client.ui.tasks done"
    assert len(redacted(f"{line}\n" * 10_000, CODES).splitlines()) == 4000
