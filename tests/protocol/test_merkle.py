"""The Merkle tree: public vectors of Certificate Transparency, small trees against the definition."""

from __future__ import annotations

import pytest

from gongwen_protocol.merkle import (
    Hash,
    consistency_proof,
    grow,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    sha256_hash,
    sm3_hash,
    verify_consistency,
    verify_inclusion,
)

# The eight leaves and the roots of the reference implementation's tests (RFC 6962, SHA-256).
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PATHS = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
GROWTH = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


class Nodes:
    """A tree in memory."""

    def __init__(self, leaves: list[bytes], hash_: Hash) -> None:
        self._nodes: dict[tuple[int, int], bytes] = {}
        for size, leaf in enumerate(leaves):
            for level, position, value in grow(size, leaf_hash(leaf, hash_), self.get, hash_):
                assert (level, position) not in self._nodes, "a node never changes"
                self._nodes[level, position] = value

    def get(self, level: int, position: int) -> bytes:
        return self._nodes[level, position]


def by_definition(leaves: list[bytes], hash_: Hash) -> bytes:
    """RFC 6962 section 2.1, word for word."""
    if not leaves:
        return hash_(b"")
    if len(leaves) == 1:
        return leaf_hash(leaves[0], hash_)
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(by_definition(leaves[:split], hash_), by_definition(leaves[split:], hash_), hash_)


def test_the_public_roots() -> None:
    nodes = Nodes(LEAVES, sha256_hash)
    assert [root(size, nodes.get, sha256_hash).hex() for size in range(9)] == ROOTS


@pytest.mark.parametrize(("place", "path"), PATHS.items())
def test_the_public_paths(place: tuple[int, int], path: list[str]) -> None:
    nodes = Nodes(LEAVES, sha256_hash)
    proof = inclusion_proof(*place, nodes.get, sha256_hash)
    assert [step.hex() for step in proof] == path
    leaf = leaf_hash(LEAVES[place[0]], sha256_hash)
    assert verify_inclusion(leaf, *place, proof, bytes.fromhex(ROOTS[place[1]]), sha256_hash)


@pytest.mark.parametrize(("sizes", "path"), GROWTH.items())
def test_the_public_proofs_of_growth(sizes: tuple[int, int], path: list[str]) -> None:
    nodes = Nodes(LEAVES, sha256_hash)
    proof = consistency_proof(*sizes, nodes.get, sha256_hash)
    assert [step.hex() for step in proof] == path
    roots = bytes.fromhex(ROOTS[sizes[0]]), bytes.fromhex(ROOTS[sizes[1]])
    assert verify_consistency(*sizes, *roots, proof, sha256_hash)


def test_all_small_trees_are_what_the_definition_says() -> None:
    leaves = [bytes([number]) * number for number in range(40)]
    nodes = Nodes(leaves, sm3_hash)
    roots = [root(size, nodes.get) for size in range(len(leaves) + 1)]
    for size in range(len(leaves) + 1):
        assert roots[size] == by_definition(leaves[:size], sm3_hash)
        for index in range(size):
            proof = inclusion_proof(index, size, nodes.get)
            assert verify_inclusion(leaf_hash(leaves[index]), index, size, proof, roots[size])
            assert not verify_inclusion(leaf_hash(b"other"), index, size, proof, roots[size])
            assert not verify_inclusion(
                leaf_hash(leaves[index]), (index + 1) % size, size, proof, roots[size]
            ) or (size == 1)
        for old in range(size + 1):
            proof = consistency_proof(old, size, nodes.get)
            assert verify_consistency(old, size, roots[old], roots[size], proof)
            assert not verify_consistency(old, size, sm3_hash(b"x"), roots[size], proof)
            if old:
                assert not verify_consistency(old, size, roots[old], sm3_hash(b"x"), proof)
            assert not verify_consistency(old, size, roots[old], roots[size], [*proof, roots[size]])
            if proof:
                assert not verify_consistency(old, size, roots[old], roots[size], proof[:-1])


def test_nonsense_proves_nothing() -> None:
    assert not verify_inclusion(b"", -1, 5, [], b"")
    assert not verify_inclusion(b"", 5, 5, [], b"")
    assert not verify_consistency(5, 4, b"", b"", [])
    assert not verify_consistency(3, 7, b"", b"", [])
    with pytest.raises(ValueError, match="no such"):
        inclusion_proof(3, 3, lambda _level, _position: b"")
    with pytest.raises(ValueError, match="no such"):
        consistency_proof(4, 3, lambda _level, _position: b"")
