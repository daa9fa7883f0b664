"""What CKR_* codes mean for a person: one table from the driver's word to ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import PyKCS11
from PyKCS11 import PyKCS11Error

from gongwen_client.token.keys import PinState
from gongwen_client.token.pin import wrong_pin
from gongwen_crypto.errors import KnownError

_LOAD_FAILED = -1

_CODES = {
    _LOAD_FAILED: "token.module_missing",
    PyKCS11.CKR_PIN_LOCKED: "token.pin_locked",
    PyKCS11.CKR_PIN_INCORRECT: "token.pin_wrong_uncounted",
    PyKCS11.CKR_PIN_INVALID: "token.pin_characters",
    PyKCS11.CKR_PIN_LEN_RANGE: "token.pin_characters",
    PyKCS11.CKR_PIN_TOO_WEAK: "token.pin_weak",
    PyKCS11.CKR_PIN_EXPIRED: "token.pin_expired",
    PyKCS11.CKR_USER_PIN_NOT_INITIALIZED: "token.pin_not_set",
    PyKCS11.CKR_DEVICE_REMOVED: "token.removed",
    PyKCS11.CKR_TOKEN_NOT_PRESENT: "token.removed",
    PyKCS11.CKR_SLOT_ID_INVALID: "token.removed",
    PyKCS11.CKR_SESSION_HANDLE_INVALID: "token.removed",
    PyKCS11.CKR_SESSION_CLOSED: "token.removed",
    PyKCS11.CKR_OBJECT_HANDLE_INVALID: "token.removed",
    PyKCS11.CKR_KEY_HANDLE_INVALID: "token.removed",
    PyKCS11.CKR_TOKEN_NOT_RECOGNIZED: "token.not_recognized",
    PyKCS11.CKR_MECHANISM_INVALID: "token.mechanism_unsupported",
    PyKCS11.CKR_MECHANISM_PARAM_INVALID: "token.mechanism_unsupported",
    PyKCS11.CKR_KEY_TYPE_INCONSISTENT: "token.mechanism_unsupported",
    PyKCS11.CKR_KEY_FUNCTION_NOT_PERMITTED: "token.mechanism_unsupported",
    PyKCS11.CKR_TOKEN_WRITE_PROTECTED: "token.write_protected",
    PyKCS11.CKR_SESSION_READ_ONLY: "token.write_protected",
    PyKCS11.CKR_SESSION_COUNT: "token.busy",
    PyKCS11.CKR_OPERATION_ACTIVE: "token.busy",
    PyKCS11.CKR_USER_ALREADY_LOGGED_IN: "token.busy",
    PyKCS11.CKR_USER_ANOTHER_ALREADY_LOGGED_IN: "token.busy",
    PyKCS11.CKR_ENCRYPTED_DATA_INVALID: "crypto.not_decryptable",
    PyKCS11.CKR_ENCRYPTED_DATA_LEN_RANGE: "crypto.not_decryptable",
    PyKCS11.CKR_CANCEL: "token.cancelled",
    PyKCS11.CKR_FUNCTION_CANCELED: "token.cancelled",
    PyKCS11.CKR_FUNCTION_REJECTED: "token.cancelled",
}


def known_error(value: int) -> KnownError:
    """The error for a CKR code (or PyKCS11's own negative ones); unknown ones are the driver's failure."""
    code = _CODES.get(value, "token.driver_failed")
    return KnownError(code, reason=_name(value))


def login_error(value: int, pin: PinState) -> KnownError:
    """The error of a refused log-in, as exact as the token's flags after it allow."""
    if value == PyKCS11.CKR_PIN_INCORRECT:
        return wrong_pin(pin.tries_left, final_try=pin.final_try, locked=pin.locked)
    return known_error(value)


@contextmanager
def translated() -> Iterator[None]:
    """Turn PyKCS11 errors into ours; the driver's text is dropped."""
    try:
        yield
    except PyKCS11Error as error:
        raise known_error(error.value) from None


def _name(value: int) -> str:
    if value == _LOAD_FAILED:
        return "load"
    name = PyKCS11.CKR.get(value)
    return name if isinstance(name, str) else f"0x{value:08X}"
