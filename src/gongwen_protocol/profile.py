"""Region profiles: every rule that differs by region, each with the article that states it (ADR 0005).

A profile is data; ``gongwen_protocol.decisions`` turns it and the facts of a case into an answer. A document
keeps the profile under which it was sent.
"""

from __future__ import annotations

import tomllib
from datetime import date, time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt

from gongwen_crypto.errors import KnownError
from gongwen_protocol.resources import resource_path

T = TypeVar("T")


class BodyFormat(StrEnum):
    """Fixed-layout formats of a document's body."""

    OFD = "OFD"
    PDF = "PDF"
    CEB = "CEB"


class Urgency(StrEnum):
    """Degrees of urgency of documents, as ``Elements.urgency`` states them."""

    NORMAL = ""
    URGENT = "加急"
    EXTRA_URGENT = "特急"


class Track(StrEnum):
    """Whether paper may accompany the electronic document."""

    ELECTRONIC_FIRST = "electronic_first"
    ELECTRONIC_ONLY = "electronic_only"


class ReceiptMoment(StrEnum):
    """What makes a document received in law."""

    ACCEPTANCE = "acceptance"
    FIRST_USE = "first_use"


class SealKind(StrEnum):
    """签名印章 seals documents; 验证印章 lets the receiver print originals."""

    SIGNING = "signing"
    VERIFYING = "verifying"


class PasswordResetter(StrEnum):
    """Who gives a forgotten account its initial password back."""

    PLATFORM_ADMIN = "platform_admin"
    UNIT_ADMIN = "unit_admin"


class NoticeChannel(StrEnum):
    """Ways outside the client by which a unit is told of a document."""

    SMS = "sms"
    WECHAT = "wechat"
    PHONE = "phone"


class AdminLevel(StrEnum):
    """Levels that administer units and accounts."""

    CITY = "city"
    COUNTY = "county"


class OutageNotice(StrEnum):
    """Form in which units are told of an outage."""

    ANY = "any"
    PAPER = "paper"


class ProfilePart(BaseModel):
    """Base of all parts: immutable, unknown fields refused (a misspelt rule is no rule)."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Rule(ProfilePart, Generic[T]):
    """One parameter, the article that states it (empty: the seed is silent) and a remark where one is due."""

    value: T
    article: str = ""
    remark: str = ""


class OptionalRule(ProfilePart, Generic[T]):
    """A parameter that a region may leave out: no value means that it states no such limit."""

    value: T | None = None
    article: str = ""
    remark: str = ""


class UrgencyDeadline(ProfilePart):
    """Working hours within which a document of this urgency is to be received."""

    urgency: Urgency
    hours: PositiveInt


class DailyChecks(ProfilePart):
    """How often a person looks at the inbox on a working day."""

    morning: NonNegativeInt
    afternoon: NonNegativeInt
    noon: time = time(12, 0)


class RegionProfile(ProfilePart):
    """The rules of one region. Times of day are local (``time_zone``)."""

    profile_id: Annotated[str, Field(pattern=r"^[a-z0-9-]{3,64}$")]
    version: PositiveInt
    region: str
    rule_name: str
    rule_short_name: str
    basis: str
    effective: date
    time_zone: str

    body_formats: Rule[tuple[BodyFormat, ...]]
    max_document_size: OptionalRule[PositiveInt]
    urgency_allowed: Rule[tuple[Urgency, ...]]
    urgency_deadlines: Rule[tuple[UrgencyDeadline, ...]]
    forbidden_marks: Rule[tuple[str, ...]]
    track: Rule[Track]
    daily_checks: Rule[DailyChecks]
    same_day_cutoff: OptionalRule[time]
    receipt_moment: Rule[ReceiptMoment]
    checks_before_acceptance: Rule[bool]
    print_quota_required: Rule[bool]
    print_before_acceptance: Rule[bool]
    original_print_needs_verifying_seal: Rule[bool]
    seal_kinds: Rule[tuple[SealKind, ...]]
    seal_making_witnesses: Rule[PositiveInt]
    split_custody: Rule[bool]
    password_first_change: Rule[bool]
    password_max_age_days: OptionalRule[PositiveInt]
    password_reset_by: Rule[PasswordResetter]
    external_notice_channels: Rule[tuple[NoticeChannel, ...]]
    jurisdiction: Rule[tuple[str, ...]]
    oa_interface: Rule[bool]
    fault_response_hours: OptionalRule[PositiveInt]
    outage_notice: Rule[OutageNotice]
    admin_levels: Rule[tuple[AdminLevel, ...]]
    special_attachments_on_paper: Rule[bool]
    holiday_calendar: Rule[bool]

    def cite(self, article: str) -> str:
        """An article with the name of its rule, e.g. 管理办法第七条."""
        return f"{self.rule_short_name}{article}" if article else ""


def read_profile(path: Path) -> RegionProfile:
    """Read a profile file. Raises KnownError("profile.unreadable") when it is damaged or incomplete."""
    try:
        return RegionProfile.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise KnownError("profile.unreadable", file=path.name) from error


def load_profile(profile_id: str) -> RegionProfile:
    """A profile that ships with the program. Raises KnownError("profile.unknown")."""
    try:
        path = resource_path("profiles", f"{profile_id}.toml")
    except FileNotFoundError:
        raise KnownError("profile.unknown", profile=profile_id) from None
    return read_profile(path)
