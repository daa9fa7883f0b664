"""Months of an exchange's life, written straight into its tables: for pictures, and to measure counting."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gongwen_protocol.messages import Elements
from gongwen_protocol.states import DeliveryState
from gongwen_protocol.statistics import receive_by
from gongwen_server.db.database import insert_many
from gongwen_server.db.tables import AttendedCheckRow, DeliveryRow, DocumentRow, PolledHalfRow
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.half_days import first_half
from gongwen_server.services.rules import work_calendar

_ELEMENTS = Elements(title="关于做好有关工作的通知", doc_number="示府办发〔2026〕1号").model_dump_json()
_BATCH = 20_000


class History:
    """What units did between two local days, by chance but the same each time."""

    def __init__(self, exchange: Exchange, units: Sequence[tuple[str, str]], seed: int = 7) -> None:
        self._exchange = exchange
        self._units = units
        self._chance = random.Random(seed)
        self._zone = ZoneInfo(exchange.profile.time_zone)
        self._calendar = work_calendar(exchange)
        self._care = {code: self._chance.choice((0.99, 0.97, 0.9, 0.72)) for code, _name in units}

    def live(self, first: date, last: date, per_day: int, receivers: int) -> int:
        """Looks and polls of every unit, ``per_day`` documents each working day to ``receivers`` units each.
        Returns the number of deliveries."""
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        self._write(AttendedCheckRow, self._checks(days))
        self._write(PolledHalfRow, self._polls(days))
        documents = list(self._documents(days, per_day))
        self._write(DocumentRow, iter(documents))
        return self._write(DeliveryRow, self._deliveries(documents, receivers))

    def _write(self, table: type[Any], rows: Iterator[dict[str, Any]]) -> int:
        count, batch = 0, []
        with self._exchange.writing() as session:
            for row in rows:
                batch.append(row)
                count += 1
                if len(batch) == _BATCH:
                    insert_many(session, table, batch)
                    batch = []
            insert_many(session, table, batch)
        return count

    def _at(self, day: date, hour: int) -> datetime:
        minute = self._chance.randrange(60)
        return datetime.combine(day, time(hour, minute), self._zone)

    def _workdays(self, days: Sequence[date]) -> list[date]:
        return [day for day in days if self._calendar.is_workday(day)]

    def _checks(self, days: Sequence[date]) -> Iterator[dict[str, Any]]:
        now = self._exchange.clock.now()
        for day in self._workdays(days):
            for code, _name in self._units:
                for hour in (9, 15):
                    at = self._at(day, hour)
                    if at < now and self._chance.random() < self._care[code]:
                        yield {
                            "check_id": uuid.UUID(int=self._chance.getrandbits(128)).hex,
                            "unit_code": code,
                            "by_post": "收发员",
                            "looked_at": at,
                            "recorded_at": at,
                        }

    def _polls(self, days: Sequence[date]) -> Iterator[dict[str, Any]]:
        for day in self._workdays(days):
            for code, _name in self._units:
                for half in (0, 1):
                    if self._chance.random() < 0.9:
                        yield {"half": first_half(day) + half, "unit_code": code}

    def _documents(self, days: Sequence[date], per_day: int) -> Iterator[dict[str, Any]]:
        now = self._exchange.clock.now()
        for day in self._workdays(days):
            for _ in range(per_day):
                code, name = self._chance.choice(self._units)
                at = self._at(day, self._chance.choice((8, 9, 10, 11, 14, 15, 16)))
                if at < now:
                    yield {
                        "document_id": uuid.UUID(int=self._chance.getrandbits(128)).hex,
                        "sender_code": code,
                        "sender_name": name,
                        "sent_at": at,
                        "elements": _ELEMENTS,
                        "seals": "[]",
                        "profile_id": self._exchange.profile.profile_id,
                        "profile_version": self._exchange.profile.version,
                        "body_digest": "0" * 64,
                        "replaces": None,
                        "special_attachments": "[]",
                        "meeting": "",
                        "end_to_end": 0,
                    }

    def _deliveries(self, documents: Sequence[dict[str, Any]], receivers: int) -> Iterator[dict[str, Any]]:
        columns = {column.name: None for column in DeliveryRow.__table__.columns}
        now = self._exchange.clock.now()
        for document in documents:
            sent = document["sent_at"]
            due = receive_by(self._exchange.profile, self._calendar, sent, "")
            chosen = self._chance.sample(self._units, min(receivers, len(self._units)))
            for position, (code, name) in enumerate(chosen):
                state, received = self._fate(sent, code, now)
                yield {
                    **columns,
                    "delivery_id": uuid.UUID(int=self._chance.getrandbits(128)).hex,
                    "document_id": document["document_id"],
                    "position": position,
                    "unit_code": code,
                    "unit_name": name,
                    "role": "main",
                    "copies": 1,
                    "printed": 0,
                    "state": state.value,
                    "delivered_at": sent,
                    "due_at": due,
                    "received_at": received,
                    **dict.fromkeys(("return_reason", "return_note", "handled_by"), ""),
                    **dict.fromkeys(("receipt_by", "replaced_by", "sender_note", "reply"), ""),
                    "revision": 1,
                    "round": 1,
                }

    def _fate(self, sent: datetime, code: str, now: datetime) -> tuple[DeliveryState, datetime | None]:
        if self._chance.random() < 0.02:
            return DeliveryState.RETURNED, None
        hours = self._chance.expovariate(1 / 3) if self._chance.random() < self._care[code] else 50.0
        received = sent + timedelta(hours=hours)
        return (DeliveryState.RECEIVED, received) if received < now else (DeliveryState.DELIVERED, None)
