"""The directory of encryption certificates as this PC keeps it, and for whom it will encrypt.

The exchange signs the directory, yet it is not believed about keys: a certificate counts when an authority
that this PC trusts issued it to the unit by its name. An exchange alone cannot make itself a reader.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gongwen_client.exchange.api import ExchangeApi
from gongwen_client.exchange.pinning import pinned_certificates
from gongwen_client.store import Store
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import RefusedError
from gongwen_crypto.paths import TrustStore
from gongwen_protocol.profile import EndToEnd, RegionProfile
from gongwen_protocol.secrecy import (
    ESCROW,
    EncryptionNews,
    reader_of,
    require_news,
    trusted_certificate,
)


@dataclass(frozen=True)
class Protection:
    """How a document will travel. ``readers``: certificates by the code of the unit addressed, the sender's
    own and the escrow key included; ``without``: names of units that have none."""

    end_to_end: bool
    readers: Mapping[str, Certificate]
    without: tuple[str, ...] = ()
    escrow: bool = False


class KeyDirectory:
    """Fetches, checks and keeps the directory; answers who can read what is sent to a unit."""

    def __init__(self, api: ExchangeApi, store: Store, trust_dir: Path) -> None:
        self._api = api
        self._store = store
        self._trust_dir = trust_dir
        self._refreshing = threading.Lock()

    def refresh(self) -> bool:
        """Fetch what is new; True when something is. Raises what ``ExchangeApi`` raises; RefusedError:
        secrecy.directory_not_signed, secrecy.directory_rewritten: then the directory stays as it was."""
        with self._refreshing:  # both lanes ask
            known = self._store.encryption.order()
            news = self._api.get("/v1/encryption", EncryptionNews, {"after": known.version})
            now_known = require_news(news, known, pinned_certificates(self._store))
            if now_known != known:
                self._store.encryption.append(news.entries, now_known)
            return now_known != known

    def protection(
        self, profile: RegionProfile, unit_codes: Iterable[str], own_code: str, at: datetime
    ) -> Protection:
        """How a document to these units travels under ``profile``.

        Raises RefusedError("secrecy.no_certificate") naming the units, or "secrecy.no_escrow", where the
        region demands encryption.
        """
        rule = profile.end_to_end.value
        if rule is EndToEnd.OFF:
            return Protection(False, {})
        codes = [*dict.fromkeys((*unit_codes, own_code))]
        readers, without = self.readers(codes, at)
        escrow = profile.escrow.value
        if escrow:
            found, _ = self.readers([ESCROW], at)
            readers |= found
        if rule is EndToEnd.REQUIRED and without:
            article = profile.article_of("end_to_end")
            raise RefusedError("secrecy.no_certificate", article=article, units="、".join(without))
        if rule is EndToEnd.REQUIRED and escrow and ESCROW not in readers:
            raise RefusedError("secrecy.no_escrow", article=profile.article_of("escrow"))
        whole = not without and (not escrow or ESCROW in readers)
        return Protection(whole, readers if whole else {}, tuple(without), escrow and whole)

    def readers(self, unit_codes: Collection[str], at: datetime) -> tuple[dict[str, Certificate], list[str]]:
        """Certificates by unit, and the names of units for which there is none to be trusted."""
        entries = self._store.encryption.entries()
        names = {unit.code: unit.name for unit in self._store.units.list()}
        trust = self._trust()
        found: dict[str, Certificate] = {}
        without: list[str] = []
        for code in unit_codes:
            entry = reader_of(entries, code, at)
            certificate = None if entry is None else trusted_certificate(entry, names, trust, at)
            if certificate is None:
                without.append(names.get(code, code))
            else:
                found[code] = certificate
        return found, without

    def _trust(self) -> TrustStore:
        return TrustStore.load(self._trust_dir) if self._trust_dir.is_dir() else TrustStore()
