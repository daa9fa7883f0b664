"""A seal custodian who does nothing but seal, as a process that can be killed in the act:

    python -m fakes.sealing_clerk HOME SERVER_URL TARGET

Prints ``ready``, ``sealing`` when the key is about to be asked, and ``idle`` once ``TARGET`` documents are
sealed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fakes.units import UnitPc
from gongwen_client.practice.cast import RECEIVER, SENDER
from gongwen_protocol.states import DocumentState


def main() -> None:
    """Seal what waits; compose what is to wait."""
    home, url, target = sys.argv[1:]
    pc = UnitPc(Path(home), SENDER, url)
    pc.log_in()
    office = pc.office
    print("ready", flush=True)  # noqa: T201
    while len(office.drafts.list(DocumentState.READY)) < int(target):
        for half in office.drafts.list(DocumentState.DRAFT):
            office.drafts.discard(half.document_id)
        waiting = office.drafts.list(DocumentState.AWAITING_SEAL)
        draft = waiting[0] if waiting else pc.compose(to=RECEIVER)
        key = office.sealing.keys()[0].key_id
        place = office.sealing.suggest(draft.document_id, key)
        print("sealing", flush=True)  # noqa: T201
        office.sealing.seal(draft.document_id, key, SENDER.pin, place)
    print("idle", flush=True)  # noqa: T201
    pc.stop()


if __name__ == "__main__":
    main()
