"""Seal keys behind an SKF library (GM/T 0016 = GB/T 35291), the native interface of Chinese keys.

A device holds applications, an application has a user PIN, files (the seal is one) and containers; a
container holds a signing and an encryption key pair with their certificates. The host computes e = SM3(Z‖M),
the key signs e. Runs inside the broker process only; nothing stays connected between calls.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

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
from gongwen_client.token.profiles import ModuleConfig
from gongwen_client.token.seals import seal_of
from gongwen_client.token.selftest import nonce
from gongwen_client.token.skf_library import Handle, PinTries, SkfLibrary
from gongwen_client.token.skf_profiles import SkfProfile, choose_skf_profile
from gongwen_crypto import algorithms, sm2
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_crypto.keys import KeyKind
from gongwen_crypto.sm2_encryption import Ciphertext

_LOW = 2
_SEAL_START = 0x30  # a DER SEQUENCE: other files of an application are skipped


@dataclass(frozen=True)
class _Place:
    """Where a key was found."""

    device: str
    application: str
    container: str
    info: KeyInfo


class SkfBackend:
    """All devices that one SKF library shows."""

    def __init__(self, config: ModuleConfig) -> None:
        self._config = config
        self.name = f"skf.{config.library.stem}"
        self._loaded: SkfLibrary | None = None
        self._profile: SkfProfile | None = None
        self._maker = ("", "")
        self._known: dict[str, TokenRef] = {}

    def driver(self) -> Driver:
        """The profile, and what the last device said of its maker. Raises token.module_missing."""
        self._library()
        profile = self._rules()
        maker, firmware = self._maker
        return Driver(
            self.name, "skf", profile.title, profile.name, self._config.library.name, maker, firmware
        )

    def survey(self) -> Inventory:
        """All keys with a certificate; a device or library that does not answer becomes a problem."""
        keys: list[KeyInfo] = []
        problems: list[TokenProblem] = []
        try:
            devices = self._library().devices()
        except KnownError as error:
            return Inventory((), (TokenProblem(self.name, error.code, self._config.library.name),))
        for device in devices:
            try:
                keys += [place.info for place in self._places(device)]
            except KnownError as error:
                problems.append(TokenProblem(self.name, error.code, device))
        return Inventory(tuple(keys), tuple(problems))

    def poll(self) -> tuple[TokenRef, ...]:
        """The devices present; one is asked for its serial only when its name is new."""
        devices = self._library().devices()
        known: dict[str, TokenRef] = {}
        for device in devices:
            if device in self._known:
                known[device] = self._known[device]
                continue
            with suppress(KnownError), self._connected(device) as handle:
                known[device] = self._ref(handle)
        self._known = known
        return tuple(known.values())

    def sign(self, key_id: str, pin: bytearray, message: bytes, *, rehearse: bool = False) -> bytes:
        """Verify the PIN, sign e, forget the PIN. Raises KnownError as :meth:`KeyBackend.sign`."""
        place = self._find(key_id)
        if place.info.role is KeyRole.ENCRYPTION:
            raise RefusedError("token.not_a_signing_key", label=place.info.token_label)
        certificate = Certificate.load(place.info.certificate_der)
        if certificate.public_key.kind is not KeyKind.SM2:
            raise KnownError("token.mechanism_unsupported")
        with self._unlocked(place, pin) as container:
            if rehearse and self._sign(container, certificate, nonce()) is None:
                raise KnownError("token.self_test_failed")
            signature = self._sign(container, certificate, message)
        if signature is None:
            raise KnownError("token.signature_mismatch")
        return signature

    def unwrap(self, key_id: str, pin: bytearray, ciphertext: bytes) -> bytes:
        """Verify the PIN, decrypt, forget the PIN. Raises KnownError as :meth:`KeyBackend.unwrap`."""
        parts = Ciphertext.from_der(ciphertext)
        place = self._find(key_id)
        if place.info.role is not KeyRole.ENCRYPTION:
            raise RefusedError("token.not_an_encryption_key", label=place.info.token_label)
        if not self._rules().decrypt_call:
            raise KnownError("token.cannot_unwrap")  # before a PIN is asked of the key
        with self._unlocked(place, pin) as container:
            return self._library().decrypt(container, parts)

    def change_pin(self, key_id: str, old: bytearray, new: bytearray) -> None:
        """SKF_ChangePIN: one try of the old PIN."""
        place = self._find(key_id)
        self._check_pin(old)
        self._check_pin(new)
        check_strength(new)
        with self._application(place.device, place.application) as application:
            self._library().change_pin(application, old, new)

    def mechanisms(self) -> tuple[Mechanism, ...]:
        """SKF has no list: its algorithms are the national ones."""
        return ()

    def close(self) -> None:
        """Nothing is open between calls; the library stays loaded until the process ends."""
        self._known = {}

    # -- finding ------------------------------------------------------------------------------------------

    def _rules(self) -> SkfProfile:
        if self._profile is None:
            self._profile = choose_skf_profile(self._config.profile, self._config.library.name)
        return self._profile

    def _library(self) -> SkfLibrary:
        if self._loaded is None:
            self._loaded = SkfLibrary(self._config.library, self._rules())
        return self._loaded

    def _ref(self, device: Handle) -> TokenRef:
        info = self._library().device_info(device)
        self._maker = (info.maker, info.firmware)
        return TokenRef(self.name, info.serial, info.label)

    def _places(self, device: str) -> Iterator[_Place]:
        library, rules = self._library(), self._rules()
        with self._connected(device) as handle:
            ref = self._ref(handle)
            names = fnmatch.filter(library.applications(handle), rules.application)
        for name in names:
            with self._application(device, name) as application:
                tries = library.pin_tries(application)
                seals = tuple(self._seals(application))
                for container in library.containers(application):
                    for certificate in self._certificates(application, container):
                        info = self._info(ref, certificate, container, seals, tries)
                        yield _Place(device, name, container, info)

    def _seals(self, application: Handle) -> Iterator[bytes]:
        for name in self._library().files(application):
            if fnmatch.fnmatch(name, self._rules().seal_file):
                content = self._library().read_file(application, name)
                if content[:1] == bytes([_SEAL_START]):
                    yield content

    def _certificates(self, application: Handle, container: str) -> Iterator[Certificate]:
        library = self._library()
        with self._container(application, container) as handle:
            for signing in (True, False):
                try:
                    yield Certificate.load(library.certificate(handle, signing=signing))
                except KnownError as error:
                    if error.code != "token.no_certificate":
                        raise

    def _info(
        self,
        ref: TokenRef,
        certificate: Certificate,
        container: str,
        seals: tuple[bytes, ...],
        tries: PinTries,
    ) -> KeyInfo:
        rules = self._rules()
        role = KeyRole.SIGNING if certificate.may_sign else KeyRole.ENCRYPTION
        pattern = rules.verification_container
        if role is KeyRole.SIGNING and pattern and fnmatch.fnmatch(container, pattern):
            role = KeyRole.VERIFICATION
        return KeyInfo(
            key_id=make_key_id(self.name, ref.serial, certificate.der),
            backend=self.name,
            token_label=ref.label,
            serial=ref.serial,
            certificate_der=certificate.der,
            seal_der=seal_of(certificate, seals) if role is not KeyRole.ENCRYPTION else None,
            algorithm_oid=algorithms.SM2_WITH_SM3,
            role=role,
            pin=pin_state(tries),
            min_pin_length=rules.min_pin,
            max_pin_length=rules.max_pin,
        )

    def _find(self, key_id: str) -> _Place:
        for device in self._library().devices():
            for place in self._places(device):
                if place.info.key_id == key_id:
                    return place
        raise KnownError("token.not_found")

    # -- sessions -----------------------------------------------------------------------------------------

    @contextmanager
    def _connected(self, device: str) -> Iterator[Handle]:
        library = self._library()
        handle = library.connect(device)
        try:
            yield handle
        finally:
            with suppress(KnownError):
                library.disconnect(handle)

    @contextmanager
    def _application(self, device: str, name: str) -> Iterator[Handle]:
        library = self._library()
        with self._connected(device) as handle:
            application = library.open_application(handle, name)
            try:
                yield application
            finally:
                with suppress(KnownError):
                    library.close_application(application)

    @contextmanager
    def _container(self, application: Handle, name: str) -> Iterator[Handle]:
        library = self._library()
        container = library.open_container(application, name)
        try:
            yield container
        finally:
            with suppress(KnownError):
                library.close_container(container)

    @contextmanager
    def _unlocked(self, place: _Place, pin: bytearray) -> Iterator[Handle]:
        """The container after one SKF_VerifyPIN; the PIN is forgotten whatever happens (disconnecting, which
        follows, makes a key forget as well)."""
        self._check_pin(pin)
        library = self._library()
        with (
            self._application(place.device, place.application) as application,
            self._container(application, place.container) as container,
        ):
            library.verify_pin(application, pin)
            try:
                yield container
            finally:
                with suppress(KnownError):
                    library.forget_pin(application)

    def _check_pin(self, pin: bytearray) -> None:
        check_length(pin, self._rules().min_pin, self._rules().max_pin)
        check_charset(pin, self._rules().pin_charset)
        if 0 in pin:
            raise KnownError("token.pin_characters")  # the calls take zero-ended text

    def _sign(self, container: Handle, certificate: Certificate, message: bytes) -> bytes | None:
        """The DER signature value, or None when the key's own certificate does not verify it."""
        point = certificate.public_key.point
        raw = self._library().sign(container, sm2.message_digest(point, message))
        signature = sm2.signature_from_raw(raw)
        return signature if sm2.verify(point, message, signature) else None


def pin_state(tries: PinTries) -> PinState:
    """SKF tells the number, so nothing has to be guessed from flags."""
    return PinState(
        tries_left=tries.left,
        low=0 < tries.left <= _LOW < tries.most,
        final_try=tries.left == 1,
        locked=tries.left == 0,
    )
