"""The region's rules and working days as the exchange signed them; checked before they came here."""

from __future__ import annotations

from gongwen_client.store.database import Database
from gongwen_client.store.notes import Notes
from gongwen_crypto.errors import RefusedError
from gongwen_protocol.calendar import CalendarStatement, WorkCalendar
from gongwen_protocol.profile import RegionProfile


class RulesTable:
    """Every version that a document names, the one in force, and the calendar."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._notes = Notes(database)

    def add(self, profile: RegionProfile, *, in_force: bool) -> bool:
        """Keep a version; True when another is in force from now on.

        Raises RefusedError("profile.altered") for other rules under a version that is known, and
        RefusedError("profile.older") for one that was in force before the present one: whoever signs may not
        go back behind what documents were sent under.
        """
        with self._database.transaction() as connection:
            known, present = self.get(*profile.key), self.in_force()
            facts = {"profile": profile.profile_id, "version": profile.version}
            if known is not None and known != profile:
                raise RefusedError("profile.altered", **facts)
            same = in_force and present is not None and present.profile_id == profile.profile_id
            if same and present is not None and profile.version < present.version:
                if self._notes.get(Notes.PROFILE_MAY_GO_BACK) != "1":
                    raise RefusedError("profile.older", **facts, known=present.version)
                self._notes.set(Notes.PROFILE_MAY_GO_BACK, "0")
            connection.execute(
                "INSERT OR IGNORE INTO profiles (profile_id, version, view) VALUES (?, ?, ?)",
                (*profile.key, profile.model_dump_json()),
            )
            name = f"{profile.profile_id} {profile.version}"
            if not in_force or self._notes.get(Notes.PROFILE) == name:
                return False
            self._notes.set(Notes.PROFILE, name)
            return True

    def get(self, profile_id: str, version: int) -> RegionProfile | None:
        """A version, if it is here."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT view FROM profiles WHERE profile_id = ? AND version = ?", (profile_id, version)
            ).fetchone()
        return None if row is None else RegionProfile.model_validate_json(row[0])

    def in_force(self) -> RegionProfile | None:
        """What new documents go by; None before the first contact."""
        name = self._notes.get(Notes.PROFILE)
        if name is None:
            return None
        profile_id, version = name.split(" ")
        return self.get(profile_id, int(version))

    def set_calendar(self, statement: CalendarStatement) -> None:
        """Keep the working days."""
        self._notes.set(Notes.CALENDAR, statement.model_dump_json(by_alias=True))

    def calendar(self) -> WorkCalendar:
        """The working days; of no year before the first contact."""
        text = self._notes.get(Notes.CALENDAR)
        if text is None:
            return WorkCalendar()
        return WorkCalendar.of(CalendarStatement.model_validate_json(text).years)
