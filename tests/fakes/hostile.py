"""A hostile exchange: it has the real key, keeps a log, and rewrites what it once stated."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from gongwen_crypto.signer import Signer
from gongwen_protocol.checkpoints import Checkpoint, SignedCheckpoint
from gongwen_protocol.signatures import seal_of
from gongwen_server.log.tree import GrowingTree, prove_consistency

ORIGIN = "测试电子公文交换中心"


@dataclass
class HostileLog:
    """A log over ``leaves`` whose keeper may build any other log and sign for it, proofs included."""

    signer: Signer
    leaves: list[bytes] = field(default_factory=list)

    def offer(self, seen: int) -> tuple[SignedCheckpoint, tuple[str, ...]]:
        """Checkpoint and the best proof of growth that these leaves give to one who saw ``seen`` leaves."""
        nodes: dict[int, bytes] = {}

        def read(numbers: Iterable[int]) -> dict[int, bytes]:
            return {number: nodes[number] for number in numbers}

        tree = GrowingTree(0, read)
        for leaf in self.leaves:
            tree.append(leaf)
        nodes.update(tree.fresh)
        checkpoint = Checkpoint(
            origin=ORIGIN, size=tree.size, root=tree.root().hex(), at=datetime(2026, 11, 23, tzinfo=UTC)
        )
        proof = prove_consistency(seen, tree.size, read) if 0 < seen <= tree.size else []
        signed = SignedCheckpoint(checkpoint=checkpoint, seal=seal_of(checkpoint, self.signer))
        return signed, tuple(step.hex() for step in proof)


def rewrite(leaves: list[bytes], chance: random.Random) -> list[bytes]:
    """Another history: statements changed, removed, inserted, swapped or cut off, and life goes on."""
    new = list(leaves)
    place = chance.randrange(len(new))
    kind = chance.randrange(6)
    if kind == 0:
        byte = chance.randrange(len(new[place]))
        new[place] = new[place][:byte] + bytes([new[place][byte] ^ 1]) + new[place][byte + 1 :]
    elif kind == 1:
        del new[place]
    elif kind == 2:
        new.insert(place, b"stated later, dated earlier")
    elif kind == 3 and len(new) > 1:
        other = (place + 1) % len(new)
        new[place], new[other] = new[other], new[place]
    elif kind == 4:
        del new[place:]
    else:
        new[place] = b"nothing of the kind was ever sent"
    return new + [b"later %d" % number for number in range(chance.randrange(8) if kind != 1 else 8)]
