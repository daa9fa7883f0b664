"""Seal keys behind a PKCS#11 module, driven by its profile. Runs inside the broker process only.

The module's calls hold the interpreter lock, may hang and may crash: that is the broker's reason to exist.
Each signature is one log-in, one C_Sign, one log-out, and the value is checked against the certificate before
anybody sees it, so that a wrong profile shows at once.
"""

from __future__ import annotations

import fnmatch
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

import PyKCS11
from PyKCS11 import PyKCS11Error

from gongwen_client.token.keys import (
    Inventory,
    KeyInfo,
    KeyRole,
    PinState,
    TokenProblem,
    TokenRef,
    make_key_id,
)
from gongwen_client.token.pin import check_length, check_strength
from gongwen_client.token.pkcs11_errors import login_error, translated
from gongwen_client.token.profiles import (
    ALGORITHM_OF_KIND,
    Hotplug,
    ModuleConfig,
    ModuleProfile,
    SignRule,
    choose_profile,
)
from gongwen_crypto import sm3
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_crypto.keys import verify_signature


@dataclass(frozen=True)
class _Token:
    """A token in a slot. The slot number is valid for this look only; identity is label and serial."""

    slot: int
    ref: TokenRef
    flags: int
    min_pin: int
    max_pin: int


@dataclass(frozen=True)
class _Place:
    """Where a key was found: its token, and the CKA_ID that certificate and private key share."""

    token: _Token
    object_id: bytes
    info: KeyInfo


class Pkcs11Backend:
    """All tokens that one PKCS#11 module shows."""

    def __init__(self, config: ModuleConfig) -> None:
        self._config = config
        self.name = f"pkcs11.{config.library.stem}"
        self._library: Any = PyKCS11.PyKCS11Lib()
        self._profile: ModuleProfile | None = None

    def survey(self) -> Inventory:
        """All keys with a certificate; a token or module that does not answer becomes a problem."""
        keys: list[KeyInfo] = []
        problems: list[TokenProblem] = []
        try:
            with translated():
                tokens = tuple(self._tokens())
        except KnownError as error:
            return Inventory((), (TokenProblem(self.name, error.code, self._config.library.name),))
        for token in tokens:
            try:
                with translated():
                    keys += [place.info for place in self._places(token)]
            except KnownError as error:
                problems.append(TokenProblem(self.name, error.code, token.ref.label))
        return Inventory(tuple(keys), tuple(problems))

    def poll(self) -> tuple[TokenRef, ...]:
        """The initialised tokens present now."""
        with translated():
            return tuple(token.ref for token in self._tokens())

    def sign(self, key_id: str, pin: bytearray, message: bytes) -> bytes:
        """Log in, sign, log out. Raises the codes of :mod:`pkcs11_errors`, token.not_found,
        token.pin_length, token.mechanism_unsupported or token.signature_mismatch."""
        with translated():
            place = self._find(key_id)
            key = Certificate.load(place.info.certificate_der).public_key
            if place.info.role is KeyRole.ENCRYPTION:
                raise RefusedError("token.not_a_signing_key", label=place.info.token_label)
            rule = self._module_profile().rules.get(key.kind)
            if rule is None:
                raise KnownError("token.mechanism_unsupported", algorithm=key.kind.value)
            with self._session(place.token) as session, self._logged_in(session, place, pin):
                value = _sign(session, place, rule, rule.prepare(key, message))
        signature = rule.finish(value)
        if not verify_signature(key, place.info.algorithm_oid, message, signature):
            raise KnownError("token.signature_mismatch")
        return signature

    def change_pin(self, key_id: str, old: bytearray, new: bytearray) -> None:
        """C_SetPIN. Raises as :meth:`sign`, and token.pin_weak."""
        with translated():
            place = self._find(key_id)
            check_length(new, place.info.min_pin_length, place.info.max_pin_length)
            check_strength(new)
            with self._session(place.token, writing=True) as session, self._logged_in(session, place, old):
                session.setPin(bytes(old), bytes(new))

    def close(self) -> None:
        """C_Finalize and unload."""
        with suppress(PyKCS11Error):
            self._library.unload()
        self._profile = None

    # -- finding ------------------------------------------------------------------------------------------

    def _module_profile(self) -> ModuleProfile:
        """The profile, loading the module at first use."""
        if self._profile is None:
            self._library.load(str(self._config.library))
            maker = str(self._library.getInfo().manufacturerID).strip()
            self._profile = choose_profile(self._config.profile, maker, self._config.library.name)
        return self._profile

    def _tokens(self) -> Iterator[_Token]:
        if self._profile is not None and self._profile.hotplug is Hotplug.RELOAD:
            self.close()
        profile = self._module_profile()
        for slot in self._library.getSlotList(tokenPresent=True):
            try:
                info = self._library.getTokenInfo(slot)
            except PyKCS11Error:
                continue  # pulled out between the two calls, or broken: as good as absent
            if info.flags & PyKCS11.CKF_TOKEN_INITIALIZED:
                yield _Token(
                    slot=slot,
                    ref=TokenRef(self.name, _plain(info.serialNumber), _plain(info.label)),
                    flags=info.flags,
                    min_pin=max(profile.min_pin, info.ulMinPinLen),
                    max_pin=min(profile.max_pin, info.ulMaxPinLen or profile.max_pin),
                )

    def _places(self, token: _Token) -> Iterator[_Place]:
        """The keys of a token, told by their certificates; private keys hide before log-in."""
        with self._session(token) as session:
            found = [
                (Certificate.load(value), bytes(identifier or b""), label)
                for value, identifier, label in _attributes(
                    session,
                    [(PyKCS11.CKA_CLASS, PyKCS11.CKO_CERTIFICATE)],
                    [PyKCS11.CKA_VALUE, PyKCS11.CKA_ID, PyKCS11.CKA_LABEL],
                )
            ]
            seals = tuple(self._seals(session))
        # Modules list objects in any order; people want to see the same one each time.
        users = sorted((e for e in found if not e[0].is_ca), key=lambda e: (e[1], e[0].der))
        for certificate, object_id, label in users:
            role = self._role(certificate, str(label or ""))
            yield _Place(
                token,
                object_id,
                KeyInfo(
                    key_id=make_key_id(self.name, token.ref.serial, certificate.der),
                    backend=self.name,
                    token_label=token.ref.label,
                    serial=token.ref.serial,
                    certificate_der=certificate.der,
                    seal_der=_seal_of(certificate, seals, only_key=len(users) == 1),
                    algorithm_oid=ALGORITHM_OF_KIND[certificate.public_key.kind],
                    role=role,
                    pin=pin_state(token.flags),
                    min_pin_length=token.min_pin,
                    max_pin_length=token.max_pin,
                ),
            )

    def _seals(self, session: Any) -> Iterator[bytes]:
        wanted = self._module_profile().seal
        for label, application, value in _attributes(
            session,
            [(PyKCS11.CKA_CLASS, PyKCS11.CKO_DATA)],
            [PyKCS11.CKA_LABEL, PyKCS11.CKA_APPLICATION, PyKCS11.CKA_VALUE],
        ):
            if fnmatch.fnmatch(_plain(label), wanted.label) and fnmatch.fnmatch(
                _plain(application), wanted.application
            ):
                yield bytes(value)

    def _role(self, certificate: Certificate, label: str) -> KeyRole:
        if not certificate.may_sign:
            return KeyRole.ENCRYPTION
        pattern = self._module_profile().verification_label
        return KeyRole.VERIFICATION if pattern and fnmatch.fnmatch(label, pattern) else KeyRole.SIGNING

    def _find(self, key_id: str) -> _Place:
        for token in self._tokens():
            if not key_id.startswith(f"{self.name}:{token.ref.serial}:"):
                continue
            for place in self._places(token):
                if place.info.key_id == key_id:
                    return place
        raise KnownError("token.not_found")

    # -- sessions -----------------------------------------------------------------------------------------

    @contextmanager
    def _session(self, token: _Token, *, writing: bool = False) -> Iterator[Any]:
        session = self._library.openSession(token.slot, PyKCS11.CKF_RW_SESSION if writing else 0)
        try:
            yield session
        finally:
            with suppress(PyKCS11Error):
                session.closeSession()

    @contextmanager
    def _logged_in(self, session: Any, place: _Place, pin: bytearray) -> Iterator[None]:
        """One C_Login, and C_Logout whatever happens."""
        check_length(pin, place.info.min_pin_length, place.info.max_pin_length)
        try:
            session.login(bytes(pin))
        except PyKCS11Error as error:
            # The chain is cut: nothing of a failed log-in may reach a log.
            raise login_error(error.value, self._pin_state(place)) from None
        try:
            yield
        finally:
            with suppress(PyKCS11Error):
                session.logout()

    def _pin_state(self, place: _Place) -> PinState:
        try:
            return pin_state(self._library.getTokenInfo(place.token.slot).flags)
        except PyKCS11Error:
            return replace(place.info.pin)


def pin_state(flags: int) -> PinState:
    """PIN state from CK_TOKEN_INFO flags: modules tell "low", "final" and "locked", hardly ever a number."""
    locked = bool(flags & PyKCS11.CKF_USER_PIN_LOCKED)
    final_try = bool(flags & PyKCS11.CKF_USER_PIN_FINAL_TRY)
    return PinState(
        tries_left=0 if locked else 1 if final_try else None,
        low=bool(flags & PyKCS11.CKF_USER_PIN_COUNT_LOW),
        final_try=final_try,
        locked=locked,
    )


def _sign(session: Any, place: _Place, rule: SignRule, data: bytes) -> bytes:
    handles = session.findObjects(
        [(PyKCS11.CKA_CLASS, PyKCS11.CKO_PRIVATE_KEY), (PyKCS11.CKA_ID, place.object_id)]
    )
    if len(handles) != 1:
        raise KnownError("token.no_private_key", label=place.info.token_label)
    return bytes(session.sign(handles[0], data, PyKCS11.Mechanism(rule.mech_sign, rule.id_param or None)))


def _attributes(session: Any, template: list[tuple[int, Any]], wanted: list[int]) -> Iterator[list[Any]]:
    for handle in session.findObjects(template):
        values = session.getAttributeValue(handle, wanted)
        yield [bytes(value) if isinstance(value, tuple | list) else value for value in values]


def _seal_of(certificate: Certificate, seals: tuple[bytes, ...], *, only_key: bool) -> bytes | None:
    """The seal that names this certificate in its certList, by itself or by digest (GB/T 38540)."""
    marks = (certificate.der, sm3.digest(certificate.der), hashlib.sha256(certificate.der).digest())
    for seal in seals:
        if any(mark in seal for mark in marks):
            return seal
    return seals[0] if only_key and len(seals) == 1 else None


def _plain(text: object) -> str:
    return str(text or "").strip(" \0")
