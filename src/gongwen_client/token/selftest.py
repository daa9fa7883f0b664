"""Results of self-tests: a driver that has proved itself with a key is not tried out again.

A result holds for one key with one version of one library driven by one profile; a new version of any of
them starts afresh. The file holds no secrets.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from gongwen_client.durable import write_atomically
from gongwen_client.token.keys import Driver, KeyInfo, SelfTest
from gongwen_client.token.wire import Json, self_test_from_json, self_test_to_json
from gongwen_crypto.errors import GongwenError

_MAX_FILE = 1024 * 1024
_log = logging.getLogger(__name__)


def nonce() -> bytes:
    """A message that nobody could take for a document: its purpose in words and 32 random bytes."""
    return b"gongwen seal key self-test, not a document\0" + os.urandom(32)


class SelfTests:
    """What is known of drivers and keys, kept in ``path`` when there is one.

    A file that is damaged or cannot be written is no reason to refuse a key: its tests are made again.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._results: dict[str, SelfTest] = self._read()

    def of(self, driver: Driver, key_id: str) -> SelfTest | None:
        """The last result."""
        return self._results.get(_name(driver, key_id))

    def passed(self, driver: Driver, key_id: str) -> bool:
        """Whether the driver has proved itself with this key."""
        result = self.of(driver, key_id)
        return result is not None and result.passed

    def note(self, driver: Driver, key_id: str, code: str = "") -> SelfTest:
        """Keep a result; an empty ``code`` means passed."""
        result = SelfTest(not code, code, datetime.now(UTC))
        self._results[_name(driver, key_id)] = result
        self._write()
        return result

    def told(self, driver: Driver, key: KeyInfo) -> KeyInfo:
        """``key`` with its result."""
        return replace(key, self_test=self.of(driver, key.key_id))

    def _read(self) -> dict[str, SelfTest]:
        if self._path is None:
            return {}
        try:
            if self._path.stat().st_size > _MAX_FILE:
                return {}
            document = json.loads(self._path.read_bytes())
            found = {str(name): self_test_from_json(result) for name, result in document.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return {}
        return {name: result for name, result in found.items() if result is not None}

    def _write(self) -> None:
        if self._path is None:
            return
        document: dict[str, Json | None] = {
            name: self_test_to_json(result) for name, result in sorted(self._results.items())
        }
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._path, json.dumps(document, indent=1).encode())
        except (OSError, GongwenError):
            _log.warning("the results of self-tests could not be kept")


def _name(driver: Driver, key_id: str) -> str:
    return "|".join((driver.library, driver.maker, driver.version, driver.profile, key_id))
