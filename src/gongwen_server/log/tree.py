"""The exchange's Merkle log while one transaction adds to it, and proofs from stored nodes.

Nodes have one number each, in-order: leaf p is 2p, the parent of two nodes lies between them. So a tree that
only grows never renumbers, and a proof is read by a handful of keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from gongwen_protocol.merkle import consistency_proof, grow, inclusion_proof, leaf_hash, root

ReadNodes = Callable[[Iterable[int]], Mapping[int, bytes]]
"""Stored hashes by node number; all that are asked for must be there."""


def node_number(level: int, position: int) -> int:
    """In-order number of the complete subtree ``position`` of 2^level leaves."""
    return (2 * position + 1) * (1 << level) - 1


class GrowingTree:
    """Appends leaves to the log of ``size`` leaves; ``fresh`` are the nodes to store."""

    def __init__(self, size: int, read: ReadNodes) -> None:
        self.size = size
        self.fresh: dict[int, bytes] = {}
        self._read = read
        self._edge: Mapping[int, bytes] | None = None

    def append(self, statement: bytes) -> int:
        """Add a leaf over ``statement``; answers its index."""
        for level, position, value in grow(self.size, leaf_hash(statement), self._node):
            self.fresh[node_number(level, position)] = value
        self.size += 1
        return self.size - 1

    def root(self) -> bytes:
        """Root over all leaves so far."""
        return root(self.size, self._node)

    def _node(self, level: int, position: int) -> bytes:
        number = node_number(level, position)
        if number in self.fresh:
            return self.fresh[number]
        if self._edge is None:
            self._edge = self._read(_edge(self.size))
        return self._edge[number]


def prove_inclusion(index: int, size: int, read: ReadNodes) -> list[bytes]:
    """Path of a leaf, with one reading of the stored nodes."""
    nodes = _Collected()
    inclusion_proof(index, size, nodes.note)
    nodes.fill(read)
    return inclusion_proof(index, size, nodes.get)


def prove_consistency(old: int, new: int, read: ReadNodes) -> list[bytes]:
    """Proof of growth, with one reading of the stored nodes."""
    nodes = _Collected()
    consistency_proof(old, new, nodes.note)
    nodes.fill(read)
    return consistency_proof(old, new, nodes.get)


def _edge(size: int) -> list[int]:
    """Complete subtrees that end at the right edge of ``size`` leaves."""
    found, position = [], 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            found.append(node_number(level, position >> level))
            position += 1 << level
    return found


class _Collected:
    """Notes first which nodes a proof needs, then answers with them."""

    def __init__(self) -> None:
        self._wanted: set[int] = set()
        self._known: Mapping[int, bytes] = {}

    def note(self, level: int, position: int) -> bytes:
        self._wanted.add(node_number(level, position))
        return b""

    def fill(self, read: ReadNodes) -> None:
        if self._wanted:
            self._known = read(self._wanted)

    def get(self, level: int, position: int) -> bytes:
        return self._known[node_number(level, position)]
