"""This PC as a registered one (Ordos art. 7: 专用计算机): its key, its registration, the session that it
keeps."""

from __future__ import annotations

import base64
import platform
from pathlib import Path

from pydantic import ValidationError

from gongwen_client.exchange.api import ExchangeApi, in_foreground
from gongwen_client.exchange.proving import DeviceIdentity, Prover
from gongwen_client.host.secrets import SecretStore
from gongwen_client.store import Store
from gongwen_client.store.notes import Notes
from gongwen_crypto import sm2, sm3
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_crypto.software import SoftwareSigner
from gongwen_protocol.access import DeviceRegistration, DeviceStatement, DeviceView
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.messages import Message, SessionGrant

_KEY, _SESSION = "device-key", "session"


class _KeptDevice(Message):
    """The secret of this PC; without ``device_id`` a registration is under way."""

    private: str
    device_id: str = ""
    unit_code: str = ""
    code_digest: str = ""


class _KeptSession(Message):
    """A session that outlives the program for a short while: of use on this PC only."""

    token: str
    device_id: str


class DeviceService:
    """Keeps the key of this PC in the system's secret store. Names carry the data folder: two installations
    of one user (a test one beside the real one) must not take each other's key."""

    def __init__(
        self, api: ExchangeApi, store: Store, prover: Prover, secrets: SecretStore, data: Path
    ) -> None:
        self._api = api
        self._store = store
        self.prover = prover
        self._secrets = secrets
        self._suffix = sm3.digest(str(data.absolute()).encode()).hex()[:12]
        self._load()

    @property
    def identity(self) -> DeviceIdentity | None:
        """This PC at the exchange, or None while it is not registered."""
        return self.prover.identity

    def register(self, code: str, name: str = "") -> DeviceView:
        """Slow. Register this PC with the administrator's one-time code. Safe to repeat after a lost answer:
        the same key asks again and is told the same.

        Raises RefusedError: device.code_wrong, login.other_unit (the code is another unit's); KnownError:
        network.*.
        """
        wanted = "-".join(_groups(code))
        digest = sm3.digest(wanted.encode()).hex()
        kept = self._read()
        if kept is None or kept.device_id or kept.code_digest != digest:
            kept = _KeptDevice(private=sm2.generate().private.hex(), code_digest=digest)
            if self.identity is None:
                self._write(kept)
        signer = _signer(kept)
        view = in_foreground(
            lambda: self._api.post("/v1/devices", _registration(wanted, name, signer), DeviceView)
        )
        owner = self._store.notes.get(Notes.OWNER_CODE)
        if owner not in (None, view.unit_code):
            raise RefusedError("login.other_unit", owner=self._store.notes.get(Notes.OWNER_NAME))
        done = _KeptDevice(private=kept.private, device_id=view.device_id, unit_code=view.unit_code)
        self._write(done)
        self._secrets.remove(self._name(_SESSION))
        self._load()
        return view

    def forget(self) -> None:
        """Give this PC up: its key is gone. The exchange keeps the record until its administrator revokes
        it."""
        self._secrets.remove(self._name(_KEY))
        self._secrets.remove(self._name(_SESSION))
        self.prover.use(None)

    def keep_session(self, grant: SessionGrant) -> None:
        """Let the session outlive the program, where it is bound to this PC; others end with it."""
        if grant.device_id and not grant.must_change_password:
            kept = _KeptSession(token=grant.token, device_id=grant.device_id)
            self._secrets.put(self._name(_SESSION), kept.model_dump_json())

    def kept_session(self) -> str | None:
        """The token of the last session of this PC, if it was kept."""
        identity = self.identity
        text = self._secrets.get(self._name(_SESSION))
        if text is None or identity is None:
            return None
        try:
            kept = _KeptSession.model_validate_json(text)
        except ValidationError:
            return None
        return kept.token if kept.device_id == identity.device_id else None

    def drop_session(self) -> None:
        """The session has ended."""
        self._secrets.remove(self._name(_SESSION))

    def _load(self) -> None:
        kept = self._read()
        if kept is None or not kept.device_id:
            self.prover.use(None)
            return
        self.prover.use(DeviceIdentity(kept.device_id, kept.unit_code, _signer(kept)))

    def _read(self) -> _KeptDevice | None:
        try:
            text = self._secrets.get(self._name(_KEY))
            return None if text is None else _KeptDevice.model_validate_json(text)
        except (ValidationError, KnownError):
            return None  # damaged: as if it had never been registered; the exchange then says what to do

    def _write(self, kept: _KeptDevice) -> None:
        self._secrets.put(self._name(_KEY), kept.model_dump_json())

    def _name(self, what: str) -> str:
        return f"{what}.{self._suffix}"


def _signer(kept: _KeptDevice) -> SoftwareSigner:
    private = bytes.fromhex(kept.private)
    return SoftwareSigner(sm2.KeyPair(private, sm2.public_point(private)))


def _registration(code: str, name: str, signer: SoftwareSigner) -> DeviceRegistration:
    shown = name.strip() or platform.node() or "未命名计算机"
    public = base64.b64encode(signer.public_key.spki).decode()
    statement = DeviceStatement(code_digest=sm3.digest(code.encode()).hex(), name=shown, public_key=public)
    signature = base64.b64encode(signer.sign(canonical_bytes(statement))).decode()
    try:
        return DeviceRegistration(code=code, name=shown, public_key=public, signature=signature)
    except ValidationError as error:
        raise RefusedError("device.code_wrong") from error


def _groups(code: str) -> list[str]:
    """A code as it was read over the telephone: blanks, hyphens and small letters do not matter."""
    letters = "".join(code.upper().split()).replace("-", "").replace("0", "O").replace("1", "I")
    return [letters[at : at + 4] for at in range(0, len(letters), 4)]
