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
from gongwen_client.token.keys import Inventory, TokenProblem, TokenRef
from gongwen_client.token.pin import wiped
from gongwen_client.token.wire import (
    BrokerConfig,
    Frame,
    Json,
    PipeClosedError,
    decode,
    encode,
    inventory_to_json,
    read_frame,
    tokens_to_json,
    write_frame,
)
from gongwen_crypto.errors import BugError, GongwenError, KnownError, RefusedError

HANG_SECONDS = 60.0
"""A driver call of this length ends the process, should the client no longer be there to end it."""

KINDS: dict[str, type[GongwenError]] = {"known": KnownError, "refused": RefusedError, "bug": BugError}

BackendFactory = Callable[[BrokerConfig], Sequence[KeyBackend]]


def open_backends(config: BrokerConfig) -> Sequence[KeyBackend]:
    """The real back ends of a configuration. PyKCS11 is loaded only where a module is configured."""
    backends: list[KeyBackend] = []
    if config.keyfile_folders:
        backends.append(KeyFileBackend(config.keyfile_folders))
    if config.modules:
        from gongwen_client.token.pkcs11 import Pkcs11Backend

        backends += [Pkcs11Backend(module) for module in config.modules]
    return backends


class Broker:
    """Answers requests with the back ends of its configuration."""

    def __init__(self, factory: BackendFactory = open_backends) -> None:
        self._factory = factory
        self._backends: Sequence[KeyBackend] = ()

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
                self._backends = self._factory(BrokerConfig.from_json(body["config"]))
                return {}
            case "survey":
                return inventory_to_json(self._survey())
            case "poll":
                return tokens_to_json(self._poll())
            case "sign":
                backend = self._backend(body["key_id"])
                return {
                    "signature": encode(backend.sign(body["key_id"], secrets[0], decode(body["message"])))
                }
            case "change_pin":
                self._backend(body["key_id"]).change_pin(body["key_id"], secrets[0], secrets[1])
                return {}
            case call:
                raise BugError("token.unknown_call", call=str(call))

    def _survey(self) -> Inventory:
        """All back ends' keys; one that fails does not hide the others."""
        found = [_survey_one(backend) for backend in self._backends]
        return Inventory(
            tuple(key for inventory in found for key in inventory.keys),
            tuple(problem for inventory in found for problem in inventory.problems),
        )

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


def _survey_one(backend: KeyBackend) -> Inventory:
    try:
        return backend.survey()
    except GongwenError as error:
        return Inventory((), (TokenProblem(backend.name, error.code, ""),))


def _type_of(error: Exception) -> Json:
    return {"reason": type(error).__name__}


def _simple(value: object) -> str | int | float | bool | None:
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


if __name__ == "__main__":
    run()
