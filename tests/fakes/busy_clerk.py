"""A clerk who never rests, as a process that can be killed at any moment:

    python -m fakes.busy_clerk HOME SERVER_URL TARGET

Until ``TARGET`` documents were sent it composes, seals and sends; it accepts whatever arrives and prints one
copy of it. ``HOME/clicks.txt`` has the id of each document once the click "send" has returned. Prints
``ready`` when it can work and ``idle`` when nothing is left to do.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from fakes.units import UnitPc
from gongwen_client.domain.rows import IncomingState
from gongwen_client.host.printing import PdfPrinter
from gongwen_client.practice.cast import RECEIVER, SENDER
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.states import DocumentState

_WAITING = (IncomingState.PENDING, IncomingState.DOWNLOADING, IncomingState.TO_VERIFY)


class BusyClerk:
    """One PC and its paper work."""

    def __init__(self, home: Path, url: str, target: int) -> None:
        self._clicks = home / "clicks.txt"
        self._target = target
        self.pc = UnitPc(home, SENDER, url)
        self.pc.log_in()

    def work(self) -> bool:
        """Do one round; False when nothing was left to do."""
        busy = self._send() | self._accept() | self._print()
        office = self.pc.office
        return busy or office.duty.waiting() > 0 or bool(office.incoming.list(_WAITING))

    def _send(self) -> bool:
        drafts = self.pc.office.drafts
        done = set(self._clicks.read_text().splitlines()) if self._clicks.exists() else set()
        done |= {draft.document_id for draft in drafts.list(DocumentState.SENDING)}
        waiting = drafts.list(DocumentState.AWAITING_SEAL)
        ready = drafts.list(DocumentState.READY)
        if ready:
            self.pc.office.sending.send(ready[0].document_id)
            self._note_click(ready[0].document_id)
        elif waiting:
            self.pc.seal(waiting[0])
        elif len(done) < self._target:
            for draft in drafts.list(DocumentState.DRAFT):
                drafts.discard(draft.document_id)
            self.pc.compose(to=RECEIVER)
        else:
            return False
        return True

    def _note_click(self, document_id: str) -> None:
        with self._clicks.open("a") as file:
            file.write(f"{document_id}\n")
            file.flush()
            os.fsync(file.fileno())

    def _accept(self) -> bool:
        incoming = self.pc.office.incoming
        rows = incoming.list((IncomingState.TO_VERIFY,))
        for row in rows:
            incoming.open(row.delivery_id)
            incoming.accept(row.delivery_id, incoming.verify(row.delivery_id).checks)
        return bool(rows)

    def _print(self) -> bool:
        office = self.pc.office
        for row in office.incoming.list((IncomingState.RECEIVED,)):
            if not row.pending and not office.printing.tickets(row.delivery_id):
                office.printing.print_original(row.delivery_id, 1, PdfPrinter.NAME)
                return True
        return False


def main() -> None:
    """Work until idle."""
    home, url, target = sys.argv[1:]
    clerk = BusyClerk(Path(home), url, int(target))
    print("ready", flush=True)  # noqa: T201
    busy = True
    while busy:
        try:
            busy = clerk.work()
        except GongwenError as error:
            print(error, flush=True)  # noqa: T201
        if not busy:
            clerk.pc.office.duty.poll_now()
    print("idle", flush=True)  # noqa: T201
    clerk.pc.stop()


if __name__ == "__main__":
    main()
