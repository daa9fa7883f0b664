"""Profiles on the way: a version of a region's rules, signed by the exchange that goes by it."""

from __future__ import annotations

from collections.abc import Iterable

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.basics import Message, Moment
from gongwen_protocol.profile import RegionProfile
from gongwen_protocol.signatures import Seal, is_sealed


class ProfileStatement(Message):
    """The exchange goes by this profile since ``at``."""

    profile: RegionProfile
    at: Moment


class SignedProfile(Message):
    """GET /v1/profile (in force), GET /v1/profiles/{id}/{version} (any that was)."""

    statement: ProfileStatement
    seal: Seal


def require_profile(signed: SignedProfile, trusted: Iterable[bytes]) -> RegionProfile:
    """The rules, once their signature holds. Raises RefusedError("profile.not_signed")."""
    if not is_sealed(signed.statement, signed.seal, trusted, signed.statement.at):
        raise RefusedError("profile.not_signed", place=signed.statement.profile.region)
    return signed.statement.profile
