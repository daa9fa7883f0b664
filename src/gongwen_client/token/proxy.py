"""Seal keys for the rest of the client: find them, sign with them, hear of plugging in and pulling out.

Nothing here waits longer than its time-out, and no PIN is tried twice: a call that failed is reported, the
broken broker is replaced for the next call, and the person decides.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from gongwen_client.token.broker import KINDS
from gongwen_client.token.broker_process import COMMAND, BrokerProcess
from gongwen_client.token.keys import (
    Inventory,
    KeyInfo,
    Mechanism,
    SelfTest,
    TokenChange,
    TokenEvent,
    TokenRef,
)
from gongwen_client.token.wire import (
    BrokerConfig,
    Frame,
    Json,
    decode,
    encode,
    inventory_from_json,
    mechanisms_from_json,
    self_test_from_json,
    tokens_from_json,
)
from gongwen_crypto.errors import GongwenError, KnownError

Listener = Callable[[TokenEvent], None]
_log = logging.getLogger(__name__)

_GRACE_SECONDS = 0.5
_JOIN_SECONDS = 1.0


@dataclass(frozen=True)
class Timeouts:
    """Seconds. ``start`` covers launching the broker, once; the others hold for waiting for one's turn and
    again for the driver itself, so that a signature is not cut off because another call was slow."""

    start: float = 15.0
    look: float = 3.0
    sign: float = 3.0
    poll_every: float = 1.0


class TokenBroker:
    """The client's side of the broker process, which it starts when first needed.

    Safe for several threads; calls go one after another. Every call may raise KnownError("token.timeout"),
    ("token.busy") when another call holds the broker, or ("token.broker_died"), besides what it states.
    """

    def __init__(
        self, config: BrokerConfig, *, timeouts: Timeouts | None = None, command: Sequence[str] = COMMAND
    ) -> None:
        self._config = config
        self._timeouts = timeouts or Timeouts()
        self._command = tuple(command)
        self._turn = threading.Lock()
        self._process: BrokerProcess | None = None
        self._watch = _Watch(self.poll, self._timeouts.poll_every)
        self._stopped = False

    def survey(self) -> Inventory:
        """All usable keys, and the modules and tokens that could not be used with their codes."""
        found = inventory_from_json(self._call({"call": "survey"}, self._timeouts.look))
        if not found.problems:  # what a driver does not tell of may be there all the same
            self._watch.surveyed(found.keys)
        return found

    def list_keys(self) -> tuple[KeyInfo, ...]:
        """All usable keys."""
        return self.survey().keys

    def sign(self, key_id: str, pin: str, message: bytes, timeout: float | None = None) -> bytes:
        """The DER signature value over ``message`` by the key, after one try of ``pin``.

        The key's first signature with this driver is preceded by a rehearsal (see ``backend.sign``).
        Raises KnownError: token.pin_wrong (fact ``tries_left``), token.pin_wrong_final,
        token.pin_wrong_uncounted, token.pin_locked, token.pin_length, token.not_found, token.removed,
        token.self_test_failed, token.driver_failed and kin.
        """
        body = {"call": "sign", "key_id": key_id, "message": encode(message)}
        answer = self._call(body, timeout or self._timeouts.sign, (bytearray(pin.encode()),))
        return decode(answer["signature"])

    def unwrap(self, key_id: str, pin: str, ciphertext: bytes) -> bytes:
        """The content key inside ``ciphertext`` (SM2, DER of GM/T 0009), opened by an encryption key after
        one try of ``pin``. Raises as :meth:`sign`, and KnownError: token.not_an_encryption_key,
        token.cannot_unwrap, crypto.bad_ciphertext, crypto.not_decryptable."""
        body = {"call": "unwrap", "key_id": key_id, "ciphertext": encode(ciphertext)}
        return decode(self._call(body, self._timeouts.sign, (bytearray(pin.encode()),))["plain"])

    def self_test(self, key_id: str, pin: str) -> SelfTest:
        """Sign a nonce and verify it on the host; the result is remembered. Raises as :meth:`sign`."""
        body = {"call": "self_test", "key_id": key_id}
        answer = self._call(body, self._timeouts.sign, (bytearray(pin.encode()),))
        result = self_test_from_json(answer["self_test"])
        assert result is not None, "the broker answers with a result or an error"
        return result

    def mechanisms(self) -> tuple[Mechanism, ...]:
        """What the tokens present say they can do, for whoever writes a driver profile."""
        return mechanisms_from_json(self._call({"call": "mechanisms"}, self._timeouts.look))

    def change_pin(self, key_id: str, old: str, new: str) -> None:
        """Replace the PIN of the key's token. Raises as :meth:`sign`, and KnownError("token.pin_weak")."""
        secrets = (bytearray(old.encode()), bytearray(new.encode()))
        self._call({"call": "change_pin", "key_id": key_id}, self._timeouts.sign, secrets)

    def watch(self, listener: Listener) -> Callable[[], None]:
        """Tell ``listener`` of tokens plugged in and pulled out, from a thread of the broker's own; what is
        present already is told first. Returns the function that ends it."""
        return self._watch.add(listener)

    def stop(self) -> None:
        """End watching and the broker process, within 3 s. Later calls raise KnownError("token.stopped")."""
        self._stopped = True
        self._watch.end()
        if self._turn.acquire(timeout=_GRACE_SECONDS) or self._kill_and_take_turn():
            try:
                self._drop()
            finally:
                self._turn.release()
        self._watch.join()

    @property
    def pid(self) -> int | None:
        """Process id of the running broker; for diagnostics and tests."""
        process = self._process
        return process.pid if process is not None and process.alive else None

    # -- inside -------------------------------------------------------------------------------------------

    def poll(self) -> tuple[TokenRef, ...]:
        """The tokens plugged in now."""
        return tokens_from_json(self._call({"call": "poll"}, self._timeouts.look))

    def _call(self, body: Json, timeout: float, secrets: Sequence[bytearray] = ()) -> Json:
        with self._my_turn(timeout):
            process = self._running()
            try:
                return _result(process.call(Frame(body, secrets), timeout))
            finally:
                if not process.alive:
                    self._drop()

    @contextmanager
    def _my_turn(self, timeout: float) -> Iterator[None]:
        if not self._turn.acquire(timeout=timeout):
            raise KnownError("token.busy")
        try:
            yield
        finally:
            self._turn.release()

    def _running(self) -> BrokerProcess:
        """The broker, started and configured when there is none."""
        if self._stopped:
            raise KnownError("token.stopped")
        if self._process is not None and self._process.alive:
            return self._process
        self._drop()
        try:
            process = BrokerProcess(self._command)
        except OSError as error:
            raise KnownError("token.broker_died") from error
        self._process = process
        _result(
            process.call(Frame({"call": "configure", "config": self._config.to_json()}), self._timeouts.start)
        )
        return process

    def _kill_and_take_turn(self) -> bool:
        """Free whoever waits for a hung driver; False when the system cannot even kill it."""
        process = self._process
        if process is not None:
            process.kill()
        return self._turn.acquire(timeout=_JOIN_SECONDS)

    def _drop(self) -> None:
        if self._process is not None:
            process, self._process = self._process, None
            process.end()


class _Watch:
    """The thread that looks once a second and tells listeners what changed."""

    def __init__(self, poll: Callable[[], tuple[TokenRef, ...]], every: float) -> None:
        self._poll = poll
        self._every = every
        self._listeners: dict[Listener, frozenset[TokenRef]] = {}
        self._with_keys: frozenset[tuple[str, str]] = frozenset()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, listener: Listener) -> Callable[[], None]:
        """Begin telling ``listener``."""
        with self._lock:
            self._listeners[listener] = frozenset()
            if self._thread is None and not self._stop.is_set():
                self._thread = threading.Thread(target=self._run, name="token-watch", daemon=True)
                self._thread.start()

        def remove() -> None:
            with self._lock:
                self._listeners.pop(listener, None)

        return remove

    def end(self) -> None:
        """Ask the thread to end."""
        self._stop.set()

    def join(self) -> None:
        """Wait for its end; not when a listener itself stops the broker."""
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(_JOIN_SECONDS)

    def surveyed(self, keys: Sequence[KeyInfo]) -> None:
        """Somebody looked for keys. A token that had some and has gone may be back before the thread looks:
        listeners hear that it went, and will hear that it came."""
        there = frozenset((key.backend, key.serial) for key in keys)
        with self._lock:
            lost, self._with_keys = self._with_keys - there, there
            gone = [
                (listener, token)
                for listener, known in self._listeners.items()
                for token in known
                if (token.backend, token.serial) in lost
            ]
            for listener, token in gone:
                self._listeners[listener] -= {token}
        for listener, token in gone:
            _tell(listener, TokenEvent(TokenChange.REMOVED, token))

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                present = frozenset(self._poll())
            except GongwenError:
                pass  # what is present is unknown for the moment: nothing is told, the next look decides
            else:
                for listener, event in self._changes(present):
                    _tell(listener, event)
            self._stop.wait(self._every)

    def _changes(self, present: frozenset[TokenRef]) -> list[tuple[Listener, TokenEvent]]:
        def order(token: TokenRef) -> tuple[str, str]:
            return token.backend, token.serial

        changes: list[tuple[Listener, TokenEvent]] = []
        with self._lock:
            for listener, known in self._listeners.items():
                gone, come = sorted(known - present, key=order), sorted(present - known, key=order)
                changes += [(listener, TokenEvent(TokenChange.REMOVED, token)) for token in gone]
                changes += [(listener, TokenEvent(TokenChange.INSERTED, token)) for token in come]
                self._listeners[listener] = present
        return changes


@dataclass(frozen=True)
class TokenSigner:
    """A key of a token as a :class:`gongwen_crypto.signer.Signer`, for one act of sealing with one PIN."""

    broker: TokenBroker
    key: KeyInfo
    pin: str

    def __repr__(self) -> str:
        return f"TokenSigner({self.key.key_id})"

    @property
    def certificate_der(self) -> bytes:
        """The key's certificate."""
        return self.key.certificate_der

    @property
    def algorithm_oid(self) -> str:
        """The key's signature algorithm."""
        return self.key.algorithm_oid

    def sign(self, message: bytes) -> bytes:
        """Sign in the token. Raises as :meth:`TokenBroker.sign`."""
        return self.broker.sign(self.key.key_id, self.pin, message)


def _tell(listener: Listener, event: TokenEvent) -> None:
    """One listener's mistake must not end the watching for all."""
    try:
        listener(event)
    except Exception:
        _log.exception("a listener failed")


def _result(answer: Json) -> Json:
    if "error" in answer:
        raise KINDS[answer["kind"]](answer["error"], **answer["facts"])
    return answer
