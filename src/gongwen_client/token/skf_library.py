"""The calls of an SKF library (GM/T 0016) through ctypes. Runs inside the broker process only.

Width and packing. The standard defines ULONG as an unsigned number of 32 bits and packs its structures on
byte boundaries. On Windows ``unsigned long`` has 32 bits too, and the calls are ``__stdcall`` (which matters
to 32-bit processes only). On Linux some vendors wrote ``unsigned long``, 64 bits: the profile says so, and
every ULONG here is of that width, in arguments as in structures, never ``ctypes.c_ulong``.
"""

from __future__ import annotations

import ctypes
from ctypes import POINTER, byref, c_char, c_char_p, c_int, c_ubyte, c_uint32, c_uint64, c_void_p
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gongwen_client.token.skf_errors import PIN_INCORRECT, SAR_OK, known_error, pin_error
from gongwen_client.token.skf_profiles import SkfProfile
from gongwen_crypto.errors import KnownError
from gongwen_crypto.sm2_encryption import Ciphertext

_USER = 1
_BIG = 64  # bytes of each number in the standard's blobs, right-aligned
_NUMBER = 32
_CHUNK = 4096
_MAX_LIST = 64 * 1024
_MAX_FILE = 4 * 1024 * 1024
_MAX_PLAIN = 256

Handle = int


@dataclass(frozen=True)
class DeviceInfo:
    """The part of DEVINFO that is used."""

    maker: str
    label: str
    serial: str
    firmware: str


@dataclass(frozen=True)
class PinTries:
    """SKF_GetPINInfo."""

    most: int
    left: int


class SkfLibrary:
    """One loaded library. Every method raises KnownError with the code of :mod:`skf_errors`."""

    def __init__(self, path: Path, profile: SkfProfile) -> None:
        """Raises KnownError("token.module_missing") for what cannot be loaded or is no SKF library."""
        loader: Any = getattr(ctypes, "WinDLL", ctypes.CDLL)  # __stdcall where there is such a thing
        self._ulong: Any = c_uint64 if profile.ulong == 8 else c_uint32
        try:
            self._library: Any = loader(str(path))
            self._functions: dict[str, Any] = {}
            for name, arguments in self._signatures(profile.decrypt_call).items():
                function = getattr(self._library, name)
                function.restype, function.argtypes = self._ulong, arguments
                self._functions[name] = function
        except (OSError, AttributeError):
            raise KnownError("token.module_missing") from None
        self._decrypt_call = profile.decrypt_call

    def _signatures(self, decrypt_call: str) -> dict[str, list[Any]]:
        number, count, handle = self._ulong, POINTER(self._ulong), c_void_p
        made = POINTER(c_void_p)
        names = [handle, c_void_p, count]
        return {
            "SKF_EnumDev": [c_int, c_void_p, count],
            "SKF_ConnectDev": [c_char_p, made],
            "SKF_DisConnectDev": [handle],
            "SKF_GetDevInfo": [handle, c_void_p],
            "SKF_EnumApplication": names,
            "SKF_OpenApplication": [handle, c_char_p, made],
            "SKF_CloseApplication": [handle],
            "SKF_GetPINInfo": [handle, number, count, count, POINTER(c_int)],
            "SKF_VerifyPIN": [handle, number, c_void_p, count],
            "SKF_ChangePIN": [handle, number, c_void_p, c_void_p, count],
            "SKF_ClearSecureState": [handle],
            "SKF_EnumFiles": names,
            "SKF_ReadFile": [handle, c_char_p, number, number, c_void_p, count],
            "SKF_EnumContainer": names,
            "SKF_OpenContainer": [handle, c_char_p, made],
            "SKF_CloseContainer": [handle],
            "SKF_ExportCertificate": [handle, c_int, c_void_p, count],
            "SKF_ECCSignData": [handle, c_char_p, number, c_void_p],
        } | ({decrypt_call: [handle, c_void_p, c_void_p, count]} if decrypt_call else {})

    def _call(self, name: str, *arguments: Any) -> None:
        result = int(self._functions[name](*arguments))
        if result != SAR_OK:
            raise known_error(result)

    # -- devices ------------------------------------------------------------------------------------------

    def devices(self) -> list[str]:
        """Names of the devices present."""
        return self._names("SKF_EnumDev", 1)

    def connect(self, device: str) -> Handle:
        """SKF_ConnectDev."""
        return self._open("SKF_ConnectDev", device.encode())

    def disconnect(self, device: Handle) -> None:
        """SKF_DisConnectDev."""
        self._call("SKF_DisConnectDev", device)

    def device_info(self, device: Handle) -> DeviceInfo:
        """SKF_GetDevInfo. DEVINFO: version 2 bytes, maker 64, issuer 64, label 32, serial 32, hardware 2,
        firmware 2, then numbers that are not used."""
        room = (c_ubyte * 1024)()
        self._call("SKF_GetDevInfo", device, room)
        data = bytes(room)
        return DeviceInfo(
            _text(data[2:66]), _text(data[130:162]), _text(data[162:194]), f"{data[196]}.{data[197]}"
        )

    # -- applications -------------------------------------------------------------------------------------

    def applications(self, device: Handle) -> list[str]:
        """Names of the applications."""
        return self._names("SKF_EnumApplication", device)

    def open_application(self, device: Handle, name: str) -> Handle:
        """SKF_OpenApplication."""
        return self._open("SKF_OpenApplication", device, name.encode())

    def close_application(self, application: Handle) -> None:
        """SKF_CloseApplication."""
        self._call("SKF_CloseApplication", application)

    def pin_tries(self, application: Handle) -> PinTries:
        """SKF_GetPINInfo of the user's PIN."""
        most, left, initial = self._ulong(), self._ulong(), c_int()
        self._call("SKF_GetPINInfo", application, _USER, byref(most), byref(left), byref(initial))
        return PinTries(int(most.value), int(left.value))

    def verify_pin(self, application: Handle, pin: bytearray) -> None:
        """One try. Raises the PIN's own errors with the tries left."""
        with _Secret(pin) as given:
            self._with_tries("SKF_VerifyPIN", application, _USER, given)

    def change_pin(self, application: Handle, old: bytearray, new: bytearray) -> None:
        """One try of ``old``, then ``new`` holds."""
        with _Secret(old) as before, _Secret(new) as after:
            self._with_tries("SKF_ChangePIN", application, _USER, before, after)

    def forget_pin(self, application: Handle) -> None:
        """SKF_ClearSecureState: log out."""
        self._call("SKF_ClearSecureState", application)

    def _with_tries(self, name: str, *arguments: Any) -> None:
        left = self._ulong(0)
        result = int(self._functions[name](*arguments, byref(left)))
        if result == PIN_INCORRECT:
            raise pin_error(result, int(left.value)) from None
        if result != SAR_OK:
            raise known_error(result) from None

    # -- files and containers -----------------------------------------------------------------------------

    def files(self, application: Handle) -> list[str]:
        """Names of the files."""
        return self._names("SKF_EnumFiles", application)

    def read_file(self, application: Handle, name: str) -> bytes:
        """A file's content, read in pieces. Raises KnownError("token.driver_failed") beyond 4 MiB."""
        content, room, count = b"", ctypes.create_string_buffer(_CHUNK), self._ulong()
        while len(content) <= _MAX_FILE:
            self._call("SKF_ReadFile", application, name.encode(), len(content), _CHUNK, room, byref(count))
            piece = room.raw[: min(int(count.value), _CHUNK)]
            content += piece
            if len(piece) < _CHUNK:
                return content
        raise KnownError("token.driver_failed", reason="file size")

    def containers(self, application: Handle) -> list[str]:
        """Names of the containers."""
        return self._names("SKF_EnumContainer", application)

    def open_container(self, application: Handle, name: str) -> Handle:
        """SKF_OpenContainer."""
        return self._open("SKF_OpenContainer", application, name.encode())

    def close_container(self, container: Handle) -> None:
        """SKF_CloseContainer."""
        self._call("SKF_CloseContainer", container)

    def certificate(self, container: Handle, *, signing: bool) -> bytes:
        """The signing or the encryption certificate. Raises KnownError("token.no_certificate")."""
        found = self._sized("SKF_ExportCertificate", container, int(signing))
        if not found:
            raise KnownError("token.no_certificate")
        return found

    # -- keys ---------------------------------------------------------------------------------------------

    def sign(self, container: Handle, digest: bytes) -> bytes:
        """r‖s in 64 bytes over the 32 bytes e = SM3(Z‖M)."""
        blob = (c_ubyte * (2 * _BIG))()
        self._call("SKF_ECCSignData", container, digest, len(digest), blob)
        data = bytes(blob)
        return data[_BIG - _NUMBER : _BIG] + data[2 * _BIG - _NUMBER :]

    def decrypt(self, container: Handle, ciphertext: Ciphertext) -> bytes:
        """The vendor's private-key decryption of an ECCCIPHERBLOB. Raises also token.cannot_unwrap."""
        if not self._decrypt_call:
            raise KnownError("token.cannot_unwrap")
        blob = (
            ciphertext.point[1:33].rjust(_BIG, b"\0")
            + ciphertext.point[33:].rjust(_BIG, b"\0")
            + ciphertext.check
            + bytes(self._ulong(len(ciphertext.masked)))
            + ciphertext.masked
        )
        room, size = ctypes.create_string_buffer(_MAX_PLAIN), self._ulong(_MAX_PLAIN)
        try:
            self._call(self._decrypt_call, container, blob, room, byref(size))
            return room.raw[: min(int(size.value), _MAX_PLAIN)]
        finally:
            ctypes.memset(room, 0, _MAX_PLAIN)

    # -- shapes of arguments ------------------------------------------------------------------------------

    def _open(self, name: str, *arguments: Any) -> Handle:
        handle = c_void_p()
        self._call(name, *arguments, byref(handle))
        return handle.value or 0

    def _sized(self, name: str, *arguments: Any) -> bytes:
        """The two-call form: first the size, then the content."""
        size = self._ulong(0)
        self._call(name, *arguments, None, byref(size))
        length = int(size.value)
        if length > _MAX_LIST:
            raise KnownError("token.driver_failed", reason="size")
        if length == 0:
            return b""
        room = (c_char * length)()
        self._call(name, *arguments, room, byref(size))
        return room.raw[: min(int(size.value), length)]

    def _names(self, name: str, *arguments: Any) -> list[str]:
        return [_text(part) for part in self._sized(name, *arguments).split(b"\0") if part]


class _Secret:
    """A PIN as the zero-ended text that the calls want, wiped afterwards."""

    def __init__(self, secret: bytearray) -> None:
        self._room = (c_char * (len(secret) + 1))()
        ctypes.memmove(self._room, (c_ubyte * len(secret)).from_buffer(secret), len(secret))

    def __enter__(self) -> Any:
        return self._room

    def __exit__(self, *_outcome: object) -> None:
        ctypes.memset(self._room, 0, len(self._room))


def _text(field: bytes) -> str:
    """A field of a structure or list: UTF-8, or the GB 18030 of Chinese middleware."""
    plain = field.split(b"\0", 1)[0].strip()
    try:
        return plain.decode("utf-8")
    except UnicodeDecodeError:
        return plain.decode("gb18030", "replace")
