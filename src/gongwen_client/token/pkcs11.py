"""Seal keys behind a PKCS#11 module, driven by its profile. Runs inside the broker process only.

The module's calls hold the interpreter lock, may hang and may crash: that is the broker's reason to exist.
Each signature is one log-in, one C_Sign, one log-out, and the value is checked against the certificate before
anybody sees it, so that a wrong profile shows at once.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

import PyKCS11
from PyKCS11 import PyKCS11Error

from gongwen_client.token.keys import (
    Driver,
    Inventory,
    KeyInfo,
    KeyRole,
    Mechanism,
    PinState,
    TokenProblem,
    TokenRef,
    make_key_id,
)
from gongwen_client.token.pin import check_charset, check_length, check_strength
from gongwen_client.token.pkcs11_errors import login_error, translated
from gongwen_client.token.profiles import (
    ALGORITHM_OF_KIND,
    Hotplug,
    Login,
    ModuleConfig,
    ModuleProfile,
    SignRule,
    choose_profile,
)
from gongwen_client.token.seals import seal_of
from gongwen_client.token.selftest import nonce
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_crypto.keys import verify_signature
from gongwen_crypto.sm2_encryption import Ciphertext


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
        self._driver: Driver | None = None
        self._present: tuple[TokenRef, ...] | None = None
        self._unclean = False

    def driver(self) -> Driver:
        """CK_INFO and the profile chosen by it. Raises KnownError: token.module_missing and kin."""
        with translated():
            self._module_profile()
        assert self._driver is not None, "known once the profile is"
        return self._driver

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
            if self._present is None or self._module_profile().hotplug is not Hotplug.WAIT or self._events():
                self._present = tuple(token.ref for token in self._tokens())
            return self._present

    def sign(self, key_id: str, pin: bytearray, message: bytes, *, rehearse: bool = False) -> bytes:
        """Log in, sign, log out. Raises the codes of :mod:`pkcs11_errors`, token.not_found,
        token.pin_length, token.mechanism_unsupported, token.self_test_failed or token.signature_mismatch."""
        with translated():
            place = self._find(key_id)
            if place.info.role is KeyRole.ENCRYPTION:
                raise RefusedError("token.not_a_signing_key", label=place.info.token_label)
            kind = Certificate.load(place.info.certificate_der).public_key.kind
            rule = self._module_profile().rules.get(kind)
            if rule is None:
                raise KnownError("token.mechanism_unsupported", algorithm=kind.value)
            with self._logged_in(place, pin) as session:
                # A log-in that is good for one signature only is the document's.
                if rehearse and self._module_profile().login is Login.PER_SESSION:
                    trial = nonce()
                    if self._sign(session, place, rule, trial) is None:
                        raise KnownError("token.self_test_failed")
                signature = self._sign(session, place, rule, message)
        if signature is None:
            raise KnownError("token.signature_mismatch")
        return signature

    def unwrap(self, key_id: str, pin: bytearray, ciphertext: bytes) -> bytes:
        """Log in, decrypt, log out. Raises as :meth:`sign`, and token.not_an_encryption_key,
        token.cannot_unwrap, crypto.bad_ciphertext or crypto.not_decryptable."""
        parts = Ciphertext.from_der(ciphertext)
        with translated():
            place = self._find(key_id)
            rule = self._module_profile().decrypt
            if place.info.role is not KeyRole.ENCRYPTION:
                raise RefusedError("token.not_an_encryption_key", label=place.info.token_label)
            if rule is None:
                raise KnownError("token.cannot_unwrap")
            with self._logged_in(place, pin) as session:
                handle = self._private_key(session, place, PyKCS11.CKA_DECRYPT)
                mechanism = PyKCS11.Mechanism(rule.mech_decrypt, None)
                return bytes(session.decrypt(handle, rule.prepare(parts), mechanism))

    def change_pin(self, key_id: str, old: bytearray, new: bytearray) -> None:
        """C_SetPIN, which checks the old PIN itself: one try. Raises as :meth:`sign`, and token.pin_weak."""
        with translated():
            place = self._find(key_id)
            self._check_pin(place, old)
            self._check_pin(place, new)
            check_strength(new)
            with self._session(place.token, writing=True) as session:
                try:
                    session.setPin(bytes(old), bytes(new))
                except PyKCS11Error as error:
                    raise login_error(error.value, self._pin_state(place)) from None

    def mechanisms(self) -> tuple[Mechanism, ...]:
        """C_GetMechanismList and C_GetMechanismInfo of each token present."""
        found: list[Mechanism] = []
        with translated():
            for token in self._tokens():
                numbers = PyKCS11.LowLevel.ckulonglist()
                _require(self._library.lib.C_GetMechanismList(token.slot, numbers))
                found += [self._mechanism(token, int(number)) for number in numbers]
        return tuple(found)

    def close(self) -> None:
        """C_Finalize and unload."""
        with suppress(PyKCS11Error):
            self._library.unload()
        self._profile = None
        self._present = None
        self._unclean = False

    # -- finding ------------------------------------------------------------------------------------------

    def _module_profile(self) -> ModuleProfile:
        """The profile, loading the module at first use."""
        if self._profile is None:
            self._library.load(str(self._config.library))
            info = self._library.getInfo()
            maker, library = _plain(info.manufacturerID), self._config.library.name
            version = ".".join(str(part) for part in info.libraryVersion)
            self._profile = choose_profile(self._config.profile, maker, library, version)
            self._driver = Driver(
                self.name, "pkcs11", self._profile.title, self._profile.name, library, maker, version
            )
        return self._profile

    def _events(self) -> bool:
        """Whether the module tells of changed slots since it was last asked; True when it cannot tell."""
        changed = False
        while True:
            try:
                self._library.waitForSlotEvent(PyKCS11.CKF_DONT_BLOCK)
            except PyKCS11Error as error:
                return changed or error.value != PyKCS11.CKR_NO_EVENT
            changed = True

    def _mechanism(self, token: _Token, number: int) -> Mechanism:
        info = PyKCS11.LowLevel.CK_MECHANISM_INFO()
        _require(self._library.lib.C_GetMechanismInfo(token.slot, number, info))
        name = PyKCS11.CKM.get(number)
        return Mechanism(
            self.name,
            token.ref.label,
            number,
            name if isinstance(name, str) and "VENDOR_DEFINED_" not in name else "",
            info.flags,
            info.ulMinKeySize,
            info.ulMaxKeySize,
        )

    def _tokens(self) -> Iterator[_Token]:
        if self._unclean or (self._profile is not None and self._profile.hotplug is Hotplug.RELOAD):
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
                    seal_der=seal_of(certificate, seals, only_key=len(users) == 1),
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
            self._tidy(session.closeSession)

    @contextmanager
    def _logged_in(self, place: _Place, pin: bytearray) -> Iterator[Any]:
        """A session with one C_Login, and C_Logout whatever happens."""
        self._check_pin(place, pin)
        with self._session(place.token) as session:
            try:
                session.login(bytes(pin))
            except PyKCS11Error as error:
                # The chain is cut: nothing of a failed log-in may reach a log.
                raise login_error(error.value, self._pin_state(place)) from None
            try:
                yield session
            finally:
                self._tidy(session.logout)

    def _tidy(self, act: Callable[[], None]) -> None:
        """Do it; a module that will not is finalised before its next use, so that nobody stays logged in."""
        try:
            act()
        except PyKCS11Error:
            self._unclean = True

    def _check_pin(self, place: _Place, pin: bytearray) -> None:
        check_length(pin, place.info.min_pin_length, place.info.max_pin_length)
        check_charset(pin, self._module_profile().pin_charset)

    def _sign(self, session: Any, place: _Place, rule: SignRule, message: bytes) -> bytes | None:
        """The signature value, or None when the key's own certificate does not verify it."""
        key = Certificate.load(place.info.certificate_der).public_key
        handle = self._private_key(session, place, PyKCS11.CKA_SIGN)
        mechanism = PyKCS11.Mechanism(rule.mech_sign, rule.id_param or None)
        value = rule.finish(bytes(session.sign(handle, rule.prepare(key, message), mechanism)))
        if value is None or not verify_signature(key, place.info.algorithm_oid, message, value):
            return None
        return value

    def _private_key(self, session: Any, place: _Place, purpose: int) -> Any:
        """The private key of a certificate. Keys of one container share their CKA_ID: then the purpose
        (CKA_SIGN, CKA_DECRYPT) and the profile's key types tell them apart."""
        handles = session.findObjects(
            [(PyKCS11.CKA_CLASS, PyKCS11.CKO_PRIVATE_KEY), (PyKCS11.CKA_ID, place.object_id)]
        )
        if len(handles) > 1:
            handles = [handle for handle in handles if self._fits(session, handle, purpose)]
        if len(handles) != 1:
            raise KnownError("token.no_private_key", label=place.info.token_label)
        return handles[0]

    def _fits(self, session: Any, handle: Any, purpose: int) -> bool:
        allowed, key_type = session.getAttributeValue(handle, [purpose, PyKCS11.CKA_KEY_TYPE])
        wanted = self._module_profile().key_types
        return bool(allowed) and (not wanted or key_type in wanted)

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


def _require(result: int) -> None:
    if result != PyKCS11.CKR_OK:
        raise PyKCS11Error(result)


def _attributes(session: Any, template: list[tuple[int, Any]], wanted: list[int]) -> Iterator[list[Any]]:
    for handle in session.findObjects(template):
        values = session.getAttributeValue(handle, wanted)
        yield [bytes(value) if isinstance(value, tuple | list) else value for value in values]


def _plain(text: object) -> str:
    return str(text or "").strip(" \0")
