"""The Merkle tree of RFC 6962 section 2.1, over any hash: roots and proofs, made and verified. Pure.

The exchange's log uses SM3; with SHA-256 the same code passes the public vectors of Certificate Transparency.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from gongwen_crypto import sm3

Hash = Callable[[bytes], bytes]
Node = Callable[[int, int], bytes]
"""(level, position) → hash of the complete subtree over leaves [position·2^level, (position+1)·2^level)."""


def sm3_hash(data: bytes) -> bytes:
    """The hash of the exchange's own log."""
    return sm3.digest(data)


def sha256_hash(data: bytes) -> bytes:
    """The hash of Certificate Transparency."""
    return hashlib.sha256(data).digest()


def leaf_hash(data: bytes, hash_: Hash = sm3_hash) -> bytes:
    """Hash of a leaf; the prefix keeps a leaf from passing for a node."""
    return hash_(b"\x00" + data)


def node_hash(left: bytes, right: bytes, hash_: Hash = sm3_hash) -> bytes:
    """Hash of an inner node."""
    return hash_(b"\x01" + left + right)


def grow(size: int, leaf: bytes, node: Node, hash_: Hash = sm3_hash) -> list[tuple[int, int, bytes]]:
    """Nodes (level, position, hash) that leaf number ``size`` completes, its own first."""
    fresh = [(0, size, leaf)]
    position, level, value = size, 0, leaf
    while position % 2:
        value = node_hash(node(level, position - 1), value, hash_)
        level, position = level + 1, position // 2
        fresh.append((level, position, value))
    return fresh


def root(size: int, node: Node, hash_: Hash = sm3_hash) -> bytes:
    """Root of the tree over the first ``size`` leaves."""
    return hash_(b"") if size == 0 else _range_hash(0, size, node, hash_)


def inclusion_proof(index: int, size: int, node: Node, hash_: Hash = sm3_hash) -> list[bytes]:
    """Audit path of leaf ``index`` in the tree of ``size`` leaves (RFC 6962 section 2.1.1)."""
    if not 0 <= index < size:
        raise ValueError("no such leaf")
    begin, end, path = 0, size, []
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append(_range_hash(middle, end, node, hash_))
            end = middle
        else:
            path.append(_range_hash(begin, middle, node, hash_))
            begin = middle
    return path[::-1]


def consistency_proof(old: int, new: int, node: Node, hash_: Hash = sm3_hash) -> list[bytes]:
    """Proof that the tree of ``old`` leaves is the beginning of that of ``new`` (section 2.1.2)."""
    if not 0 <= old <= new:
        raise ValueError("no such trees")
    if old in (0, new):
        return []
    begin, end, whole, path = 0, new, True, []
    while old != end:
        middle = begin + _split(end - begin)
        if old <= middle:
            path.append(_range_hash(middle, end, node, hash_))
            end = middle
        else:
            path.append(_range_hash(begin, middle, node, hash_))
            begin, whole = middle, False
    if not whole:
        path.append(_range_hash(begin, end, node, hash_))
    return path[::-1]


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root_: bytes, hash_: Hash = sm3_hash
) -> bool:
    """Whether ``leaf`` (a leaf hash) is number ``index`` of the tree with this root. Never raises."""
    if not 0 <= index < size:
        return False
    here, last, value = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if here % 2 or here == last:
            value = node_hash(step, value, hash_)
            while here and not here % 2:
                here, last = here // 2, last // 2
        else:
            value = node_hash(value, step, hash_)
        here, last = here // 2, last // 2
    return last == 0 and value == root_


def verify_consistency(
    old: int,
    new: int,
    old_root: bytes,
    new_root: bytes,
    proof: Sequence[bytes],
    hash_: Hash = sm3_hash,
) -> bool:
    """Whether the tree of ``new`` leaves only added to that of ``old`` (RFC 9162 section 2.1.4.2). Never
    raises."""
    if not 0 <= old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == hash_(b"")
    steps = list(proof)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        return False
    here, last = old - 1, new - 1
    while here % 2:
        here, last = here // 2, last // 2
    old_value = new_value = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if here % 2 or here == last:
            old_value = node_hash(step, old_value, hash_)
            new_value = node_hash(step, new_value, hash_)
            while here and not here % 2:
                here, last = here // 2, last // 2
        else:
            new_value = node_hash(new_value, step, hash_)
        here, last = here // 2, last // 2
    return last == 0 and old_value == old_root and new_value == new_root


def _split(count: int) -> int:
    """The largest power of two below ``count``."""
    return 1 << (count - 1).bit_length() - 1


def _range_hash(begin: int, end: int, node: Node, hash_: Hash) -> bytes:
    """Hash over leaves [begin, end); ``begin`` is where a complete subtree of that size begins."""
    count = end - begin
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return node(level, begin >> level)
    middle = begin + _split(count)
    return node_hash(_range_hash(begin, middle, node, hash_), _range_hash(middle, end, node, hash_), hash_)
