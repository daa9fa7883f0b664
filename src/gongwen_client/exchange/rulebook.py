"""Fetching the region's rules and working days, and believing them only under the exchange's signature."""

from __future__ import annotations

from gongwen_client.exchange.api import ExchangeApi
from gongwen_client.exchange.pinning import pinned_certificates
from gongwen_client.store import Store
from gongwen_crypto.errors import RefusedError
from gongwen_protocol.calendar import SignedCalendar
from gongwen_protocol.profiles import SignedProfile, require_profile
from gongwen_protocol.sentences import speak_for
from gongwen_protocol.signatures import is_sealed


class Rulebook:
    """Raises what ``ExchangeApi`` raises; RefusedError: profile.not_signed, calendar.not_signed."""

    def __init__(self, api: ExchangeApi, store: Store) -> None:
        self._api = api
        self._store = store

    def refresh(self) -> bool:
        """Fetch what is in force; True when other rules are."""
        trusted = pinned_certificates(self._store)
        profile = require_profile(self._api.get("/v1/profile", SignedProfile), trusted)
        signed = self._api.get("/v1/calendar", SignedCalendar)
        if not is_sealed(signed.statement, signed.seal, trusted, signed.statement.at):
            raise RefusedError("calendar.not_signed")
        with self._store.transaction():
            changed = self._store.rules.add(profile, in_force=True)
            self._store.rules.set_calendar(signed.statement)
        self.speak()
        return changed

    def require(self, profile_id: str, version: int) -> None:
        """Have the version that a document was sent under."""
        if self._store.rules.get(profile_id, version) is None:
            signed = self._api.get(f"/v1/profiles/{profile_id}/{version}", SignedProfile)
            profile = require_profile(signed, pinned_certificates(self._store))
            self._store.rules.add(profile, in_force=False)

    def speak(self) -> None:
        """Let sentences cite this region's articles."""
        profile = self._store.rules.in_force()
        if profile is not None:
            speak_for(profile)
