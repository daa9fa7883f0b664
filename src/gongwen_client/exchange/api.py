"""The conversation with the exchange: HTTP with JSON messages, nothing believed that is not one.

Beyond this machine it is spoken under TLS only, redirects are not followed, answers are validated, and
every failure is a GongwenError:

- ``network.*`` (KnownError): no conversation came about;
- ``session.expired`` (KnownError): log in again;
- any other KnownError: the exchange cannot do it now (5xx, 429), or the request was harmed on its way
  (``request.damaged``, ``device.proof_*``); the same call may succeed later;
- RefusedError: the exchange said no, with its code, its words (``said``) and its log reference.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import requests
from pydantic import ValidationError

from gongwen_client.exchange.proving import Prover
from gongwen_client.exchange.retry import FOREGROUND_TRIES, HARMED_ON_ITS_WAY, RETRY_AFTER, is_worth_a_repeat
from gongwen_client.exchange.sockets import CuttableAdapter, OpenSockets
from gongwen_crypto.errors import GongwenError, KnownError, RefusedError
from gongwen_protocol.addresses import is_confidential
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.content_digest import CONTENT_DIGEST_HEADER, content_digest
from gongwen_protocol.messages import IDEMPOTENCY_HEADER, Message, Problem

M = TypeVar("M", bound=Message)
R = TypeVar("R")

JSON = "application/json"
MAX_ANSWER = 64 * 2**20


@dataclass(frozen=True)
class Timeouts:
    """Seconds. ``read`` is the longest silence within an answer, not its whole length."""

    connect: float = 2.5
    read: float = 20.0


class ExchangeApi:
    """Thread-safe: one HTTP session per thread, one bearer token for all."""

    def __init__(
        self, server_url: str, timeouts: Timeouts = Timeouts(), prover: Prover | None = None
    ) -> None:
        self._prover = prover
        self._url = server_url.rstrip("/")
        self._limits = timeouts
        self._timeouts = (timeouts.connect, timeouts.read)
        self._local = threading.local()
        self._sessions: list[requests.Session] = []
        self._lock = threading.Lock()
        self._sockets = OpenSockets()
        self.token: str | None = None
        self.longest_silence = timeouts.read

    def aside(self) -> ExchangeApi:
        """A conversation of its own with the same exchange, without a token; its caller closes it."""
        return ExchangeApi(self._url, self._limits, self._prover)

    def get(self, path: str, answer: type[M], params: Mapping[str, str | int] | None = None) -> M:
        """Ask for a message."""
        with self.exchange("GET", path, params=params) as response:
            return read_message(response, answer)

    def post(self, path: str, body: Message | None, answer: type[M], key: str | None = None) -> M:
        """Send a message under an idempotency key and read the answer."""
        data = b"{}" if body is None else canonical_bytes(body)
        return self.post_raw(path, data, answer, key)

    def post_raw(self, path: str, data: bytes, answer: type[M], key: str | None) -> M:
        """As ``post`` for a body that was fixed earlier."""
        headers = {"Content-Type": JSON} | ({} if key is None else {IDEMPOTENCY_HEADER: key})
        with self.exchange("POST", path, data=data, headers=headers) as response:
            return read_message(response, answer)

    def delete(self, path: str) -> None:
        """Ask for something to end."""
        with self.exchange("DELETE", path):
            pass

    @contextmanager
    def exchange(
        self,
        method: str,
        path: str,
        *,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | int] | None = None,
    ) -> Iterator[requests.Response]:
        """One request; the answer's body is read by the caller. Raises for every answer outside 2xx."""
        if not is_confidential(self._url):
            raise KnownError("network.cleartext", server=self._url)
        request = requests.Request(
            method, self._url + path, data=data, headers=dict(headers or {}), params=dict(params or {})
        )
        response = self._send(request)
        try:
            try:
                _require_success(response)
            except KnownError as error:
                if not self._mended_clock(error):
                    raise
                response.close()
                response = self._send(request)
                _require_success(response)
            with translated():
                yield response
        finally:
            response.close()

    def _send(self, request: requests.Request) -> requests.Response:
        """One request on the wire, with the token and the proof that it is ours."""
        token = self.token
        session = self._session()
        with translated():
            prepared = session.prepare_request(request)
            if isinstance(prepared.body, bytes) and prepared.method != "PATCH":
                prepared.headers[CONTENT_DIGEST_HEADER] = content_digest(prepared.body)
            if token is not None:
                prepared.headers["Authorization"] = f"Bearer {token}"
            if self._prover is not None:
                body = prepared.body or b""
                assert isinstance(body, bytes), "bodies are bytes"
                assert prepared.method is not None, "a request has its method"
                prepared.headers.update(
                    self._prover.headers(
                        prepared.method, prepared.path_url, body, dict(request.headers), token
                    )
                )
            return session.send(prepared, timeout=self._timeouts, allow_redirects=False, stream=True)

    def _mended_clock(self, error: KnownError) -> bool:
        """Whether the exchange refused the proof's moment only, and has told us the right one."""
        if error.code != "device.proof_stale" or self._prover is None:
            return False
        try:
            self._prover.set_clock(datetime.fromisoformat(str(error.facts.get("server_time"))))
        except (ValueError, TypeError):
            return False
        return True

    def close(self) -> None:
        """End all conversations for good, also those that other threads wait for."""
        self._sockets.cut()
        with self._lock:
            sessions, self._sessions = self._sessions, []
        for session in sessions:
            session.close()
        self._local = threading.local()

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = requests.Session()
            # A government PC reaches its exchange directly; proxies of the environment are not for it.
            session.trust_env = False
            session.mount("http://", CuttableAdapter(self._sockets))
            session.mount("https://", CuttableAdapter(self._sockets))
            self._local.session = session
            with self._lock:
                self._sessions.append(session)
        return session


def in_foreground(call: Callable[[], R]) -> R:
    """Run a call for a person who waits; it must be safe to repeat."""
    for _ in range(FOREGROUND_TRIES - 1):
        try:
            return call()
        except KnownError as error:
            if not is_worth_a_repeat(error):
                raise
    return call()


def read_message(response: requests.Response, answer: type[M]) -> M:
    """The body as a message. Raises KnownError("network.not_exchange") for anything else."""
    return _validated(read_body(response), response, answer)


def read_body(response: requests.Response) -> bytes:
    """The whole body of a JSON answer, up to ``MAX_ANSWER`` bytes."""
    body = bytearray()
    with translated():
        for piece in response.iter_content(2**16):
            body += piece
            if len(body) > MAX_ANSWER:
                raise KnownError("network.not_exchange", detail="answer too long")
    return bytes(body)


@contextmanager
def translated() -> Iterator[None]:
    """Errors of the HTTP library in our words."""
    try:
        yield
    except requests.exceptions.SSLError as error:
        raise KnownError("network.tls", detail=_reason(error)) from error
    except requests.exceptions.Timeout as error:
        raise KnownError("network.timeout", detail=_reason(error)) from error
    except requests.exceptions.RequestException as error:
        raise KnownError("network.unreachable", detail=_reason(error)) from error


def _validated(body: bytes, response: requests.Response, answer: type[M]) -> M:
    if response.headers.get("Content-Type", "").split(";")[0].strip().lower() != JSON:
        raise KnownError("network.not_exchange", detail="no JSON")
    try:
        return answer.model_validate_json(body)
    except ValidationError as error:
        raise KnownError(
            "network.not_exchange", detail=f"{error.error_count()} faults in the answer"
        ) from error


def _require_success(response: requests.Response) -> None:
    if 200 <= response.status_code < 300:
        return
    if 300 <= response.status_code < 400:
        raise KnownError("network.redirected", status=response.status_code)
    raise _problem_error(response)


def _problem_error(response: requests.Response) -> GongwenError:
    status = response.status_code
    try:
        problem = _validated(read_body(response), response, Problem)
    except KnownError as error:
        if error.code == "network.not_exchange":  # a proxy in front of it, perhaps
            detail = f"status {status} without a reason"
            return KnownError("network.not_exchange", detail=detail, **_retry_after(response))
        return error
    facts: dict[str, object] = {**problem.facts}
    facts |= {"said": problem.sentence, "reference": problem.reference, "status": status}
    facts |= _retry_after(response)
    if problem.code == "session.required":
        return KnownError("session.expired", **facts)
    if problem.code in HARMED_ON_ITS_WAY:
        return KnownError(problem.code, **facts)
    if status >= 500 or status == requests.codes.too_many_requests:
        return KnownError(problem.code, **facts)
    return RefusedError(problem.code, **facts)


def _retry_after(response: requests.Response) -> dict[str, int]:
    """The seconds of ``Retry-After``, where it has some; dates are not looked at, since clocks differ."""
    said = response.headers.get("Retry-After", "")
    return {RETRY_AFTER: int(said)} if said.isascii() and said.isdigit() and len(said) < 7 else {}


def _reason(error: Exception) -> str:
    return type(error).__name__
