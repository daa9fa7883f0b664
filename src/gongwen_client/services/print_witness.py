"""打印原件 with the 验证印章: the key that a region's rules want before an original is printed.

Jiangmen art. 18 and 34: the receiver verifies a document and prints it as an original with the second kind of
seal. The key signs, once for each act of printing, a statement of which numbered copies of which document go
to which printer; the statement goes to the exchange with each copy that came out, and stays here.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

from gongwen_client.services.desk import Desk
from gongwen_client.services.keys import KeyCard, KeyService
from gongwen_client.token.keys import KeyRole, KeyState
from gongwen_client.token.proxy import TokenBroker
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.messages import PrintStatement, PrintTicket, TicketSettle

_NOTE = "print.statement."


@dataclass(frozen=True)
class Verifier:
    """The 验证印章 key that a person chose, and the PIN typed for this act of printing."""

    key_id: str
    pin: str = field(repr=False)


class PrintWitness:
    """Checks the key, signs the statement, keeps it."""

    def __init__(self, desk: Desk, keys: KeyService, tokens: TokenBroker) -> None:
        self._desk = desk
        self._keys = keys
        self._tokens = tokens

    def needed(self) -> bool:
        """Whether this region prints originals only with the 验证印章 (Jiangmen art. 34)."""
        return self._desk.profile().original_print_needs_verifying_seal.value

    def require_key(self, verifier: Verifier | None) -> KeyCard | None:
        """The key, fit for its purpose; None where the region needs none.

        Raises RefusedError: print.verifying_seal_needed, print.not_a_verifying_key, token.foreign_key,
        print.verifying_key_expired; KnownError: token.not_found, token.pin_locked.
        """
        if not self.needed():
            return None
        if verifier is None:
            raise RefusedError("print.verifying_seal_needed")
        found = (card for card in self._keys.look().cards if card.key.key_id == verifier.key_id)
        card = next(found, None)
        if card is None:
            raise KnownError("token.not_found")
        if card.role is not KeyRole.VERIFICATION:
            raise RefusedError("print.not_a_verifying_key", name=card.name)
        if card.state is KeyState.FOREIGN:
            unit, owner = self._desk.grant().unit_name, card.certificate.organization
            raise RefusedError("token.foreign_key", owner=owner, unit=unit)
        if card.state in (KeyState.EXPIRED, KeyState.SUSPENDED):
            raise RefusedError("print.verifying_key_expired", name=card.name)
        if card.key.pin.locked:
            raise KnownError("token.pin_locked")
        return card

    def sign(
        self,
        card: KeyCard,
        verifier: Verifier,
        document_digest: str,
        tickets: tuple[PrintTicket, ...],
        printer: str,
    ) -> TicketSettle:
        """The signed statement over all ``tickets`` of one act of printing. Raises KnownError: token.*."""
        statement = PrintStatement(
            delivery_id=tickets[0].delivery_id,
            document_id=tickets[0].document_id,
            document_digest=document_digest,
            tickets=tuple(ticket.ticket_id for ticket in tickets),
            copy_numbers=tuple(ticket.copy_number for ticket in tickets),
            printer=printer,
            key_serial=card.key.serial,
            at=self._desk.clock.now(),
        )
        value = self._tokens.sign(verifier.key_id, verifier.pin, canonical_bytes(statement))
        return TicketSettle(
            statement=statement,
            certificate=_text(card.key.certificate_der),
            signature=_text(value),
        )

    def keep(self, tickets: tuple[PrintTicket, ...], signed: TicketSettle) -> None:
        """Write the statement down beside its copies: a copy in doubt is settled with it later."""
        for ticket in tickets:
            self._desk.store.notes.set(_NOTE + ticket.ticket_id, signed.model_dump_json())

    def payload(self, ticket_id: str) -> str:
        """The body that settles a copy: with its statement, where there is one."""
        return self._desk.store.notes.get(_NOTE + ticket_id) or "{}"


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
