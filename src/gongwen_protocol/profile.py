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


class SealGeneration(StrEnum):
    """Standards of electronic seals: GB/T 38540-2020 and its successor."""

    V4 = "v4"
    V5 = "v5"


class PdfSealForm(StrEnum):
    """What a seal on a PDF file is: a seal signature with its picture, or a digital signature (CMS) that any
    reader of PDF can check, with the seal as a picture."""

    SES = "ses"
    CMS = "cms"


class PasswordResetter(StrEnum):
    """Who gives a forgotten account its initial password back."""

    PLATFORM_ADMIN = "platform_admin"
    UNIT_ADMIN = "unit_admin"


class DeviceBinding(StrEnum):
    """Whether a unit works on registered PCs only (Ordos art. 7: 专用计算机)."""

    OFF = "off"
    ONCE_REGISTERED = (
        "once_registered"  # from a unit's first registered PC on: lets a region begin unit by unit
    )
    REQUIRED = "required"


class LoginKey(StrEnum):
    """The key that has to answer the exchange's challenge at log-in, besides the password."""

    NONE = "none"
    DEVICE_KEY = "device_key"
    SEAL_KEY = "seal_key"


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


class TerminalCheck(StrEnum):
    """What the client looks at on its PC (终端状况)."""

    PATCHES = "patches"
    ANTIVIRUS = "antivirus"
    ENCRYPTION = "encryption"
    SPACE = "space"
    CLOCK = "clock"
    NETWORKS = "networks"
    WIRELESS = "wireless"


class ReminderLevel(StrEnum):
    """How urgently a sender reminds a unit: 通知, 催办, 督办 (Ordos art. 9)."""

    NOTIFY = "notify"
    URGE = "urge"
    SUPERVISE = "supervise"


class EndToEnd(StrEnum):
    """Whether content is encrypted from unit to unit (ADR 0046)."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    OFF = "off"


class CopySeal(StrEnum):
    """What becomes of the seal on a copy (副本): grey as on a photocopy, or not there."""

    GREY = "grey"
    REMOVED = "removed"


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
    """How often a person looks at the inbox on a working day, and on a day off."""

    morning: NonNegativeInt
    afternoon: NonNegativeInt
    noon: time = time(12, 0)
    day_off: NonNegativeInt = 0


class Reminders(ProfilePart):
    """What a sender may do about a unit that does not receive. ``gap_minutes`` lie between two reminders of
    one unit, ``per_day`` bounds them; ``in_turn``: 督办 only after 催办."""

    levels: tuple[ReminderLevel, ...]
    per_day: PositiveInt
    gap_minutes: NonNegativeInt
    in_turn: bool = True


class OfficeHours(ProfilePart):
    """When working hours run on a working day (local time): two spans around noon."""

    morning_from: time
    morning_to: time
    afternoon_from: time
    afternoon_to: time


class Retention(ProfilePart):
    """For how many days the exchange keeps what is no evidence. ``contents``: the bytes of a document after
    every unit has decided on it; None: for ever."""

    contents: PositiveInt | None = None
    unfinished_uploads: PositiveInt = 7
    failed_logins: PositiveInt = 1


class Archiving(ProfilePart):
    """Documents go to the archive within so many months of their completion, to be kept for one of the
    ``periods`` (保管期限), the first of which is proposed."""

    within_months: PositiveInt = 3
    periods: Annotated[tuple[str, ...], Field(min_length=1)] = ("永久", "定期30年", "定期10年")


class Citations(ProfilePart):
    """Articles about what is the same everywhere, so no parameter; empty where a region is silent."""

    dedicated_computer: str = ""
    computer_safety: str = ""
    fault_report: str = ""
    paper_equality: str = ""
    seal_custody: str = ""
    seal_misuse: str = ""
    seal_renewal: str = ""
    sending_steps: str = ""
    # Absent from versions that were signed before it.
    unit_changes: str | None = None
    """Units renamed, merged or abolished."""


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
    citations: Citations

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
    # None: a version from before there were such rules; its signature must stay what it was.
    device_binding: Rule[DeviceBinding] | None = None
    login_key: Rule[LoginKey] | None = None
    external_notice_channels: Rule[tuple[NoticeChannel, ...]]
    jurisdiction: Rule[tuple[str, ...]]
    oa_interface: Rule[bool]
    fault_response_hours: OptionalRule[PositiveInt]
    outage_notice: Rule[OutageNotice]
    admin_levels: Rule[tuple[AdminLevel, ...]]
    special_attachments_on_paper: Rule[bool]
    holiday_calendar: Rule[bool]
    office_hours: Rule[OfficeHours]
    sender_follows_up_hours: OptionalRule[PositiveInt]
    recall: Rule[bool]
    resend: Rule[bool]
    reminders: Rule[Reminders]
    extra_copies: Rule[bool]
    extra_copies_limit: OptionalRule[PositiveInt]
    meeting_replies: Rule[bool]
    paper_fallback: Rule[bool]
    end_to_end: Rule[EndToEnd]
    escrow: Rule[bool]
    seal_generations: Rule[tuple[SealGeneration, ...]] | None = None
    pdf_seal_form: Rule[PdfSealForm] | None = None
    time_stamps: Rule[bool] | None = None
    """Whether a seal gets a time stamp of the exchange."""
    idle_lock_minutes: Rule[PositiveInt] | None = None
    """The longest time without a key or a movement before the client's window locks."""
    terminal_denials: Rule[tuple[TerminalCheck, ...]] | None = None
    """Checks of the PC that keep it out when they find something; all others only remind."""
    archiving: Rule[Archiving] | None = None
    """Where a region is silent, the national rules hold (:attr:`archives`)."""
    unsealed_materials: Rule[bool] | None = None
    """Whether 公文信息资料 go without seal and document number (Ordos art. 2)."""
    secrecy_second_person: Rule[bool] | None = None
    """Whether a second person confirms that words of secrecy in a document are mere words."""
    copy_marks: Rule[bool] | None = None
    """Whether printed originals carry a mark outside the type area by which the paper can be checked."""
    copy_seal: Rule[CopySeal] | None = None
    attempts_per_copy: OptionalRule[PositiveInt] | None = None
    """How often one copy number may be tried before the receiver has to ask for further copies. """
    retention: Rule[Retention] | None = None
    """These twelve came later and may be absent: a version of the rules that was signed before them must keep
    its bytes."""

    @property
    def key(self) -> tuple[str, int]:
        """What a document names: the profile and its version."""
        return self.profile_id, self.version

    @property
    def binds_devices(self) -> DeviceBinding:
        """Whether units work on registered PCs only."""
        return self.device_binding.value if self.device_binding else DeviceBinding.OFF

    @property
    def key_at_login(self) -> LoginKey:
        """The key that log-in wants."""
        return self.login_key.value if self.login_key else LoginKey.NONE

    @property
    def archives(self) -> Archiving:
        """When documents go to the archive and for how long; without a rule of the region as the national
        ones have it (GB/T 39362-2020; 国家档案局令第8号)."""
        return self.archiving.value if self.archiving else Archiving()

    @property
    def keeps(self) -> Retention:
        """How long what is no evidence stays; where the region is silent, contents stay for ever."""
        return self.retention.value if self.retention else Retention()

    @property
    def marks_copies(self) -> bool:
        """Whether printed originals carry a mark (验真码)."""
        return self.copy_marks is not None and self.copy_marks.value

    @property
    def seal_on_copies(self) -> CopySeal:
        """What becomes of the seal on a copy; grey where the region is silent."""
        return self.copy_seal.value if self.copy_seal else CopySeal.GREY

    @property
    def most_attempts(self) -> int | None:
        """How often one copy number may be tried; None without a limit."""
        return self.attempts_per_copy.value if self.attempts_per_copy else None

    def holds(self, rule: str) -> bool:
        """Whether the parameter ``rule`` is true here; one that came later than this version is not."""
        return getattr(self, rule) is not None and bool(self._rule(rule).value)

    def article_of(self, rule: str) -> str:
        """The article of a parameter or citation with the name of its rule; empty for none."""
        if not rule:
            return ""
        return self.cite(getattr(self.citations, rule, "") or self._article(rule))

    def _article(self, rule: str) -> str:
        absent = rule in Citations.model_fields or getattr(self, rule) is None
        return "" if absent else self._rule(rule).article

    def _rule(self, name: str) -> Rule[object] | OptionalRule[object]:
        rule = getattr(self, name)
        assert isinstance(rule, Rule | OptionalRule), f"{name} is no parameter"
        return rule

    def cite(self, article: str) -> str:
        """An article with the name of its rule, e.g. 管理办法第七条; one of another paper names it itself."""
        return f"{self.rule_short_name}{article}" if article.startswith("第") else article


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


def profile_ids() -> tuple[str, ...]:
    """All profiles that ship with the program."""
    return tuple(sorted(path.stem for path in resource_path("profiles").glob("*.toml")))
