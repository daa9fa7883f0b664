"""首次使用: what has to be done once on a PC, step by step, left and taken up again at will.

The steps and their states lie in a file of the configuration folder: they begin before there is an office.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from gongwen_client.domain.checks import Check, CheckState
from gongwen_client.durable import write_atomically
from gongwen_client.exchange.api import ExchangeApi, in_foreground
from gongwen_client.exchange.pinning import pin_certificate
from gongwen_client.exchange.probing import fingerprint, probe
from gongwen_client.host.places import Places
from gongwen_client.services.desk import Desk
from gongwen_client.store.notes import Notes
from gongwen_crypto.errors import KnownError
from gongwen_protocol.messages import ServerInfo
from gongwen_protocol.profile import DeviceBinding, LoginKey

FILE_NAME = "first_run.json"
SETTINGS_NAME = "client.toml"
_OWN = "# 由首次使用向导写入；管理员可改写本文件，见管理手册。"


class Step(StrEnum):
    """What is done once, in this order."""

    EXCHANGE = "exchange"
    DEVICE = "device"
    KEY = "key"
    PRINTER = "printer"
    CONTACTS = "contacts"
    TRAINING = "training"


class StepState(StrEnum):
    """``LATER``: the person went on without it."""

    OPEN = "open"
    DONE = "done"
    LATER = "later"


class FirstRunProgress:
    """Which steps are done. A damaged file counts as none."""

    def __init__(self, config: Path) -> None:
        self._path = config / FILE_NAME
        self._states = dict.fromkeys(Step, StepState.OPEN) | _read(self._path)

    def state(self, step: Step) -> StepState:
        """How a step stands."""
        return self._states[step]

    def note(self, step: Step, state: StepState) -> None:
        """Keep how a step stands; a done one is not put off again. Raises the errors of writing."""
        if self._states[step] is StepState.DONE and state is StepState.LATER:
            return
        self._states[step] = state
        write_atomically(self._path, json.dumps(self._states, indent=1).encode())

    @property
    def begun(self) -> bool:
        """Whether the wizard has worked on this PC."""
        return any(state is not StepState.OPEN for state in self._states.values())

    @property
    def next(self) -> Step | None:
        """The first step that was neither done nor put off."""
        return next((step for step, state in self._states.items() if state is StepState.OPEN), None)

    @property
    def undone(self) -> tuple[Step, ...]:
        """Steps that were not done."""
        return tuple(step for step, state in self._states.items() if state is not StepState.DONE)


@dataclass(frozen=True)
class Introduction:
    """What an exchange says of itself at the first contact; ``info`` is None when it did not answer."""

    address: str
    checks: tuple[Check, ...]
    info: ServerInfo | None

    @property
    def fingerprint(self) -> str:
        """SM3 of its certificate as people compare it."""
        return "" if self.info is None else fingerprint(self.info.certificate)


def introduce(address: str) -> Introduction:
    """Slow. Look at an exchange without keeping anything. Raises KnownError("first_run.address")."""
    url = tidy(address)
    api = ExchangeApi(url)
    try:
        checks = tuple(one for one in probe(api, url) if one.name != "certificate")
        reached = not any(one.state is CheckState.FAILED for one in checks)
        info = in_foreground(lambda: api.get("/v1/server", ServerInfo)) if reached else None
    finally:
        api.close()
    return Introduction(url, checks, info)


def tidy(address: str) -> str:
    """The address as it is kept: https unless stated, nothing after host and port.

    Raises KnownError("first_run.address")."""
    text = "".join(address.split()).rstrip("/")
    url = text if "://" in text else f"https://{text}"
    scheme, _, rest = url.partition("://")
    if scheme not in ("http", "https") or not rest or any(sign in rest for sign in "/@?#\"'\\<>"):
        raise KnownError("first_run.address")
    return url


def write_settings(places: Places, address: str) -> None:
    """Write client.toml for this exchange; an administrator's file stays as it is.

    Raises the errors of writing."""
    path = places.config / SETTINGS_NAME
    if path.exists() and not path.read_text("utf-8", "replace").startswith(_OWN):
        return
    lines = (_OWN, f"server_url = {json.dumps(address)}")
    write_atomically(path, ("\n".join(lines) + "\n").encode())


class FirstRunService:
    """The steps that need an office."""

    def __init__(self, desk: Desk, places: Places) -> None:
        self._desk = desk
        self._places = places

    def progress(self) -> FirstRunProgress:
        """Which steps are done, read again."""
        return FirstRunProgress(self._places.config)

    def pinned(self) -> tuple[str, ...]:
        """Certificates of the exchange (base64 DER) that this PC holds to."""
        notes = self._desk.store.notes
        held = notes.get(Notes.SERVER_CERTIFICATE)
        return () if held is None else (held, *(notes.get(Notes.PAST_CERTIFICATES) or "").split())

    def fingerprint(self) -> str:
        """SM3 of the certificate that this PC holds to; empty before the first contact."""
        held = self.pinned()
        return fingerprint(held[0]) if held else ""

    def known(self) -> ServerInfo | None:
        """What the exchange last said of itself."""
        text = self._desk.store.notes.get(Notes.SERVER_INFO)
        return None if text is None else ServerInfo.model_validate_json(text)

    def hold_to(self, introduction: Introduction) -> None:
        """Slow. Hold to the certificate whose fingerprint the person compared (ADR 0025).

        Raises KnownError: network.*, exchange.certificate_changed also when it shows another one by now."""
        info = in_foreground(lambda: pin_certificate(self._desk.api, self._desk.store))
        shown = introduction.info
        if shown is None or self.pinned()[0] != shown.certificate:
            raise KnownError("exchange.certificate_changed", exchange=info.name)

    def may_skip(self, step: Step) -> bool:
        """Whether the rules let a person go on without a step: not without an exchange, and not without
        registering the PC where the exchange wants registered ones only (Ordos art. 7)."""
        if step is Step.EXCHANGE:
            return False
        info = self.known()
        return step is not Step.DEVICE or info is None or info.device_binding is not DeviceBinding.REQUIRED

    def wants_device(self) -> bool:
        """Whether the exchange knows registered PCs."""
        info = self.known()
        return info is None or info.device_binding is not DeviceBinding.OFF

    def wants_seal_key(self) -> bool:
        """Whether log-in wants the seal key."""
        info = self.known()
        return info is not None and info.login_key is LoginKey.SEAL_KEY

    def own_contact(self) -> str:
        """The own unit's telephone as the directory has it. Raises KnownError: session.none,
        directory.not_listed."""
        code = self._desk.grant().unit_code
        for unit in self._desk.store.units.list():
            if unit.code == code:
                return unit.contact
        raise KnownError("directory.not_listed", unit=code)


def _read(path: Path) -> dict[Step, StepState]:
    try:
        values = json.loads(path.read_bytes())
        return {Step(name): StepState(state) for name, state in values.items()}
    except (OSError, ValueError, AttributeError):
        return {}
