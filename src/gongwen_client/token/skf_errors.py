"""What SAR_* codes (GM/T 0016-2012 annex A) mean for a person: one table from the driver's word to ours."""

from __future__ import annotations

from gongwen_client.token.pin import wrong_pin
from gongwen_crypto.errors import KnownError

SAR_OK = 0
_BASE = 0x0A000000
PIN_INCORRECT = _BASE + 0x24
PIN_LOCKED = _BASE + 0x25

_CODES = {
    0x03: "token.not_supported",
    0x05: "token.removed",  # a handle that is no longer valid
    0x0A: "token.mechanism_unsupported",  # key usage
    0x0F: "token.driver_timeout",
    0x1B: "token.no_private_key",
    0x1C: "token.no_certificate",
    0x1E: "crypto.not_decryptable",
    0x23: "token.removed",
    0x25: "token.pin_locked",
    0x26: "token.pin_characters",
    0x27: "token.pin_characters",
    0x28: "token.busy",
    0x29: "token.pin_not_set",
    0x2E: "token.no_application",
    0x31: "token.removed",  # a file that was listed a moment ago
}


def known_error(value: int) -> KnownError:
    """The error for a SAR code; unknown ones are the driver's failure."""
    low = value - _BASE
    return KnownError(_CODES.get(low, "token.driver_failed"), reason=f"0x{value & 0xFFFFFFFF:08X}", label="")


def pin_error(value: int, tries_left: int) -> KnownError:
    """The error of a refused PIN; the call itself tells how many tries are left."""
    if value == PIN_INCORRECT:
        return wrong_pin(tries_left)
    return known_error(value)
