"""The region's rules as the exchange states them: versions are signed, kept, and go with their documents."""

from __future__ import annotations

from sqlalchemy.orm import Session

from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_protocol.calendar import CalendarStatement, SignedCalendar, WorkCalendar
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.profile import RegionProfile
from gongwen_protocol.profiles import ProfileStatement, SignedProfile
from gongwen_protocol.signatures import Seal, seal_of
from gongwen_server.db.tables import CertificateRow, DocumentRow, ProfileRow
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.ledger import Ledger
from gongwen_server.services.views import encoded

SYSTEM = "交换中心"


def publish_profile(exchange: Exchange, session: Session) -> None:
    """Sign the profile in force, the first time that it is. Raises KnownError("profile.version_reused") when
    its rules changed and its version did not: documents could not be held to what they were sent under."""
    profile = exchange.profile
    known = session.get(ProfileRow, profile.key)
    if known is not None:
        if ProfileStatement.model_validate_json(known.statement).profile != profile:
            raise KnownError("profile.version_reused", profile=profile.profile_id, version=profile.version)
        return
    ledger = Ledger(exchange, session)
    statement = canonical_bytes(ProfileStatement(profile=profile, at=ledger.now))
    session.add(
        ProfileRow(
            profile_id=profile.profile_id,
            version=profile.version,
            statement=statement,
            signature=exchange.signer.sign(statement),
            certificate_digest=exchange.certificate_digest,
        )
    )
    ledger.note(SYSTEM, "profile.publish", profile.profile_id, version=str(profile.version))
    ledger.close()


def signed_profile(exchange: Exchange, profile_id: str, version: int) -> SignedProfile:
    """A version of the rules that is or was in force. Raises RefusedError("profile.unknown_version")."""
    with exchange.reading() as session:
        row = session.get(ProfileRow, (profile_id, version))
        if row is None:
            raise RefusedError("profile.unknown_version", profile=profile_id, version=version)
        certificate = session.get_one(CertificateRow, row.certificate_digest)
        return SignedProfile(
            statement=ProfileStatement.model_validate_json(row.statement),
            seal=Seal(signature=encoded(row.signature), certificate=encoded(certificate.der)),
        )


def rules_of(exchange: Exchange, session: Session, document: DocumentRow) -> RegionProfile:
    """The rules under which a document was sent: a later version changes nothing for it."""
    key = (document.profile_id, document.profile_version)
    if key == exchange.profile.key:
        return exchange.profile
    row = session.get_one(ProfileRow, key)
    return ProfileStatement.model_validate_json(row.statement).profile


def signed_calendar(exchange: Exchange) -> SignedCalendar:
    """The working days that deadlines are counted by."""
    statement = CalendarStatement(years=exchange.calendar, at=exchange.clock.now())
    return SignedCalendar(statement=statement, seal=seal_of(statement, exchange.signer))


def work_calendar(exchange: Exchange) -> WorkCalendar:
    """The same, to count by."""
    return WorkCalendar.of(exchange.calendar)
