"""A PC of a unit with a key of its own, registered with a code: it signs its requests."""

from __future__ import annotations

import base64
import secrets
from typing import Any

import requests

from fakes.clock import FakeClock
from fakes.exchange import INITIAL_PASSWORD, PASSWORD, Caller, RunningExchange
from gongwen_crypto import sm3
from gongwen_crypto.software import SoftwareSigner
from gongwen_protocol.access import (
    Challenge,
    DeviceCode,
    DeviceCodeRequest,
    DeviceRegistration,
    DeviceStatement,
    DeviceView,
    KeyAnswer,
    LoginStatement,
)
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.messages import LoginRequest, PasswordChange, SessionGrant
from gongwen_protocol.proofs import PROOF_HEADER, Presented, body_digest, make_proof
from gongwen_server.services import devices


class RegisteredPc(Caller):
    """A PC that signs its requests."""

    def __init__(self, url: str, clock: FakeClock) -> None:
        super().__init__(url)
        self.signer = SoftwareSigner.generate()
        self.device_id = ""
        self.clock = clock
        self.sent: requests.PreparedRequest | None = None

    def register(self, code: str) -> requests.Response:
        public = base64.b64encode(self.signer.public_key.spki).decode()
        statement = DeviceStatement(
            code_digest=sm3.digest(code.encode()).hex(), name="收发室一号机", public_key=public
        )
        signature = base64.b64encode(self.signer.sign(canonical_bytes(statement))).decode()
        answer = self.post(
            "/v1/devices",
            DeviceRegistration(code=code, name="收发室一号机", public_key=public, signature=signature),
        )
        if answer.status_code == 201:
            self.device_id = DeviceView.model_validate_json(answer.content).device_id
        return answer

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        if not self.device_id:
            return super().call(method, path, **more)
        prepared = self._http.prepare_request(requests.Request(method, self.url + path, **more))
        token = str(prepared.headers.get("Authorization", "")).removeprefix("Bearer ")
        body = prepared.body or b""
        content = body.encode() if isinstance(body, str) else bytes(body)
        presented = Presented(
            method=method,
            target=prepared.path_url,
            body=body_digest(method, content),
            key=prepared.headers.get("Idempotency-Key", ""),
            token=sm3.digest(token.encode()).hex() if token else None,
        )
        prepared.headers[PROOF_HEADER] = make_proof(
            presented, self.device_id, self.signer, self.clock.now(), secrets.token_hex(16)
        )
        self.sent = prepared
        return self._http.send(prepared, timeout=30)

    def again(self, **changes: str) -> requests.Response:
        """The last request once more, as somebody who recorded it would send it, or bent."""
        assert self.sent is not None
        bent = self.sent.copy()
        for name, value in changes.items():
            setattr(bent, name, value)
        return self._http.send(bent, timeout=30)

    def log_in(self, unit: str, password: str, account: str = "clerk", **more: object) -> requests.Response:
        challenge = Challenge.model_validate_json(self.post("/v1/challenges").content)
        statement = LoginStatement(
            nonce=challenge.nonce, exchange=challenge.exchange, unit_code=unit, account=account
        )
        signature = base64.b64encode(self.signer.sign(canonical_bytes(statement))).decode()
        answer = KeyAnswer(nonce=challenge.nonce, signature=signature)
        fields = {"unit_code": unit, "account": account, "password": password, "answer": answer} | more
        self._http.headers.pop("Authorization", None)
        answered = self.post("/v1/session", LoginRequest.model_validate(fields))
        if answered.status_code == 200:
            self.use(SessionGrant.model_validate_json(answered.content))
        return answered


def new_code(exchange: RunningExchange, unit: str, replaces: str | None = None) -> DeviceCode:
    request = DeviceCodeRequest(unit_code=unit, replaces=replaces)
    return devices.give_code(exchange.exchange, request, "交换中心")


def registered(
    exchange: RunningExchange, clock: FakeClock, unit: str, account: str = "clerk"
) -> RegisteredPc:
    """A PC of a unit on which ``account`` has logged in, with an own password."""
    machine = RegisteredPc(exchange.url, clock)
    assert machine.register(new_code(exchange, unit).code).status_code == 201
    return logged_in(machine, unit, account)


def logged_in(machine: RegisteredPc, unit: str, account: str) -> RegisteredPc:
    """The same PC with a session of ``account``, whose first password is changed."""
    window = RegisteredPc(machine.url, machine.clock)
    window.signer, window.device_id = machine.signer, machine.device_id
    assert window.log_in(unit, INITIAL_PASSWORD, account).status_code == 200
    change = PasswordChange(old_password=INITIAL_PASSWORD, new_password=PASSWORD)
    window.use(SessionGrant.model_validate_json(window.post("/v1/session/password", change).content))
    return window
