"""The process that touches seal keys: ``python -m gongwen_client.token.broker``, spoken to by pipe only.

One request, one answer, in turn. The first request configures the back ends. Answers to failures carry a
code and facts, never an exception's text: drivers and libraries are not trusted to keep a PIN out of it.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import IO

from gongwen_client.token.backend import KeyBackend
from gongwen_client.token.keyfile_backend import KeyFileBackend
from gongwen_client.token.keys import Inventory, Mechanism, TokenProblem, TokenRef
from gongwen_client.token.pin import wiped
from gongwen_client.token.selftest import SelfTests, nonce
from gongwen_client.token.wire import (
    BrokerConfig,
    Frame,
    Json,
    PipeClosedError,
    decode,
    encode,
    inventory_to_json,
    mechanisms_to_json,
    read_frame,
    self_test_to_json,
    tokens_to_json,
    write_frame,
)
from gongwen_crypto.errors import BugError, GongwenError, KnownError, RefusedError

HANG_SECONDS = 60.0
"""A driver call of this length ends the process, should the client no longer be there to end it."""

_DRIVER_FAULTS = frozenset(
    {"token.self_test_failed", "token.signature_mismatch", "token.mechanism_unsupported"}
)
"""What speaks against driver or profile; everything else (a wrong PIN, a pull-out) says nothing of them."""

KINDS: dict[str, type[GongwenError]] = {"known": KnownError, "refused": RefusedError, "bug": BugError}

BackendFactory = Callable[[BrokerConfig], Sequence[KeyBackend]]


def open_backends(config: BrokerConfig) -> Sequence[KeyBackend]:
    """The real back ends of a configuration. PyKCS11 is loaded only where a PKCS#11 module is configured."""
    backends: list[KeyBackend] = []
    if config.keyfile_folders:
        backends.append(KeyFileBackend(config.keyfile_folders))
    if config.modules:
        from gongwen_client.token.pkcs11 import Pkcs11Backend

        backends += [Pkcs11Backend(module) for module in config.modules]
    if config.skf_modules:
        from gongwen_client.token.skf import SkfBackend

        backends += [SkfBackend(module) for module in config.skf_modules]
    return backends


class Broker:
    """Answers requests with the back ends of its configuration."""

    def __init__(self, factory: BackendFactory = open_backends) -> None:
        self._factory = factory
        self._backends: Sequence[KeyBackend] = ()
        self._tests = SelfTests(None)

    def answer(self, request: Frame) -> Json:
        """The answer to one request, errors included; its secrets are wiped afterwards."""
        with wiped(*request.secrets):
            try:
                return self._dispatch(request.body, request.secrets)
            except GongwenError as error:
                kind = next(name for name, family in KINDS.items() if isinstance(error, family))
                facts = {name: _simple(value) for name, value in error.facts.items()}
                return {"error": error.code, "kind": kind, "facts": facts}
            except Exception as error:
                # The type's name only: its text is the driver's and might repeat what it was given.
                return {"error": "token.driver_failed", "kind": "known", "facts": _type_of(error)}

    def close(self) -> None:
        """Close all back ends."""
        for backend in self._backends:
            backend.close()
        self._backends = ()

    def _dispatch(self, body: Json, secrets: Sequence[bytearray]) -> Json:
        match body.get("call"):
            case "configure":
                self.close()
                config = BrokerConfig.from_json(body["config"])
                self._tests = SelfTests(config.memory)
                self._backends = self._factory(config)
                return {}
            case "survey":
                return inventory_to_json(self._survey())
            case "poll":
                return tokens_to_json(self._poll())
            case "mechanisms":
                return mechanisms_to_json(self._mechanisms())
            case "sign":
                return {"signature": encode(self._sign(body["key_id"], secrets[0], decode(body["message"])))}
            case "unwrap":
                key_id, wrapped = body["key_id"], decode(body["ciphertext"])
                return {"plain": encode(self._backend(key_id).unwrap(key_id, secrets[0], wrapped))}
            case "self_test":
                return self._self_test(body["key_id"], secrets[0])
            case "change_pin":
                self._backend(body["key_id"]).change_pin(body["key_id"], secrets[0], secrets[1])
                return {}
            case call:
                raise BugError("token.unknown_call", call=str(call))

    def _sign(self, key_id: str, pin: bytearray, message: bytes) -> bytes:
        """The first signature of a key with this driver is preceded by a rehearsal in the same log-in."""
        backend = self._backend(key_id)
        driver = backend.driver()
        untested = not self._tests.passed(driver, key_id)
        try:
            signature = backend.sign(key_id, pin, message, rehearse=untested)
        except KnownError as error:
            if error.code in _DRIVER_FAULTS:
                self._tests.note(driver, key_id, error.code)
            raise
        if untested:
            self._tests.note(driver, key_id)
        return signature

    def _self_test(self, key_id: str, pin: bytearray) -> Json:
        """Sign a nonce; the value was verified with the certificate before the back end gave it out."""
        backend = self._backend(key_id)
        driver = backend.driver()
        try:
            backend.sign(key_id, pin, nonce())
        except KnownError as error:
            if error.code in _DRIVER_FAULTS:
                return {"self_test": self_test_to_json(self._tests.note(driver, key_id, error.code))}
            raise
        return {"self_test": self_test_to_json(self._tests.note(driver, key_id))}

    def _mechanisms(self) -> list[Mechanism]:
        return [mechanism for backend in self._backends for mechanism in backend.mechanisms()]

    def _survey(self) -> Inventory:
        """All back ends' keys; one that fails does not hide the others."""
        found = [self._survey_one(backend) for backend in self._backends]
        return Inventory(
            tuple(key for inventory in found for key in inventory.keys),
            tuple(problem for inventory in found for problem in inventory.problems),
            tuple(driver for inventory in found for driver in inventory.drivers),
        )

    def _survey_one(self, backend: KeyBackend) -> Inventory:
        try:
            inventory = backend.survey()
        except GongwenError as error:
            return Inventory((), (TokenProblem(backend.name, error.code, ""),))
        try:
            driver = backend.driver()
        except GongwenError:
            return inventory  # a library that cannot be loaded: the survey has said so
        keys = tuple(self._tests.told(driver, key) for key in inventory.keys)
        return Inventory(keys, inventory.problems, (driver,))

    def _poll(self) -> list[TokenRef]:
        """Tokens of all back ends; what a failing one suffers from is the survey's to tell."""
        tokens: list[TokenRef] = []
        for backend in self._backends:
            try:
                tokens += backend.poll()
            except GongwenError:
                continue
        return tokens

    def _backend(self, key_id: str) -> KeyBackend:
        for backend in self._backends:
            if key_id.startswith(f"{backend.name}:"):
                return backend
        raise KnownError("token.not_found")


def serve(source: IO[bytes], sink: IO[bytes], factory: BackendFactory = open_backends) -> None:
    """Answer frames until the client closes the pipe."""
    broker = Broker(factory)
    try:
        while True:
            request = read_frame(source)
            # A timer in C: it fires although a hung driver holds the interpreter lock.
            faulthandler.dump_traceback_later(HANG_SECONDS, exit=True)
            answer = broker.answer(request)
            faulthandler.cancel_dump_traceback_later()
            write_frame(sink, Frame(answer))
    except (PipeClosedError, OSError):
        pass  # the client is gone, and with it the reason to live
    finally:
        broker.close()


def run(factory: BackendFactory = open_backends) -> None:
    """The process: keep the pipe for frames, send everything that drivers print to nowhere, serve."""
    forbid_dumps()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the client's to handle; it then closes the pipe
    source = os.fdopen(os.dup(0), "rb", buffering=0)
    sink = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    with source, sink:
        serve(source, sink, factory)


def forbid_dumps() -> None:
    """No core file and no debugger of the same user: a PIN in memory must not reach a disk. Best effort."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        import ctypes

        pr_set_dumpable = 4
        ctypes.CDLL(None).prctl(pr_set_dumpable, 0, 0, 0, 0)


def _type_of(error: Exception) -> Json:
    return {"reason": type(error).__name__}


def _simple(value: object) -> str | int | float | bool | None:
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


if __name__ == "__main__":
    run()
