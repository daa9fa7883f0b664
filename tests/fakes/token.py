"""A seal key that does as it is told: ``python -m fakes.token FOLDER`` is a broker with one such key.

``FOLDER/script.json`` says what a call does, e.g. ``{"sign": "hang"}``: ``ok`` (the default), ``hang``,
``crash``, ``blurt`` (an exception that repeats the PIN), ``garbage`` (breaks the pipe's protocol), or an
error code. The script is read at each call. ``FOLDER/calls`` names the calls made, one a line, never PINs.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from fakes.seal_keys import certified_key
from gongwen_client.token import broker
from gongwen_client.token.backend import KeyBackend
from gongwen_client.token.keys import Driver, Inventory, KeyInfo, KeyRole, Mechanism, PinState, TokenRef
from gongwen_client.token.pin import wrong_pin
from gongwen_client.token.wire import BrokerConfig
from gongwen_crypto.errors import KnownError

PIN = "Kanarie-7391"
KEY_ID = "fake:F-1:0"
TRIES = 6


class ScriptedToken:
    """The back end behind the scripted broker."""

    name = "fake"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._signer = certified_key()
        self._tries = TRIES

    def survey(self) -> Inventory:
        self._act("survey")
        key = KeyInfo(
            KEY_ID,
            self.name,
            "听话的秘钥盘",
            "F-1",
            self._signer.certificate_der,
            b"seal",
            self._signer.algorithm_oid,
            KeyRole.SIGNING,
            PinState(self._tries),
            6,
            16,
        )
        return Inventory((key,))

    def poll(self) -> tuple[TokenRef, ...]:
        self._act("poll")
        return (TokenRef(self.name, "F-1", "听话的秘钥盘"),)

    def driver(self) -> Driver:
        return Driver(self.name, "fake", "听话的驱动", version="1")

    def mechanisms(self) -> tuple[Mechanism, ...]:
        return ()

    def unwrap(self, key_id: str, pin: bytearray, ciphertext: bytes) -> bytes:
        self._act("unwrap", pin)
        return ciphertext

    def sign(self, key_id: str, pin: bytearray, message: bytes, *, rehearse: bool = False) -> bytes:
        self._act("sign", pin)
        if pin != PIN.encode():
            self._tries -= 1
            raise wrong_pin(self._tries)
        self._tries = TRIES
        return self._signer.sign(message)

    def change_pin(self, key_id: str, old: bytearray, new: bytearray) -> None:
        self._act("change_pin", old)

    def close(self) -> None:
        """Nothing is open."""

    def _act(self, call: str, pin: bytearray = bytearray()) -> None:  # noqa: B008 - never changed
        with (self._folder / "calls").open("a") as log:
            log.write(call + "\n")
        act = json.loads((self._folder / "script.json").read_text()).get(call, "ok")
        match act:
            case "ok":
                return
            case "hang":
                threading.Event().wait()
            case "crash":
                os.abort()
            case "blurt":
                raise RuntimeError(f"driver says: bad pin {pin.decode()}")
            case "garbage":
                for handle in range(3, 16):
                    try:
                        os.write(handle, b"\xff" * 64)
                    except OSError:
                        continue
            case code:
                raise KnownError(code)


def main() -> None:
    """Serve the scripted token."""

    def factory(config: BrokerConfig) -> Sequence[KeyBackend]:
        return [ScriptedToken(Path(sys.argv[1]))]

    broker.run(factory)


if __name__ == "__main__":
    main()
