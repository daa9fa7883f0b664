"""Unlock a package: its decrypted files take their places in the very object that is verified and drawn.

Nothing decrypted is written anywhere; each reading decrypts again (``container.Package.reveal``). CBC with
PKCS#7 authenticates nothing, so every failure behind the key has one code: what a padding says is nobody's
business.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gongwen_crypto import sm4
from gongwen_crypto.errors import KnownError
from gongwen_docs.ofd.container import Concealed, Package, is_safe_name
from gongwen_docs.ofd.encryption.description import (
    Layer,
    MapEntry,
    Seed,
    entry_file,
    read_layers,
    read_map,
    read_seed,
)
from gongwen_docs.ofd.encryption.keys import FileKey, Opener

_MAX_SEEDS = 64


@dataclass(frozen=True)
class Unlocked:
    """What was opened: keys with their IVs by the digest of their seed (for ``LayerKeys``), as whom, and the
    seeds that stayed locked."""

    keys: Mapping[str, bytes] = field(repr=False)
    users: tuple[str, ...] = ()
    locked: tuple[Seed, ...] = ()


@dataclass(frozen=True)
class _Key:
    file: FileKey
    seed: Seed


class _Ring:
    """Seeds that were tried, each once."""

    def __init__(self, package: Package, openers: Sequence[Opener]) -> None:
        self._package = package
        self._openers = openers
        self._tried: dict[str, _Key | None] = {}
        self.locked: list[Seed] = []
        self.problem: KnownError | None = None

    def key(self, path: str) -> _Key | None:
        """The key of a seed, None where nothing opens it. Raises KnownError("ofd.encryption.damaged")."""
        if path not in self._tried:
            if len(self._tried) >= _MAX_SEEDS:
                raise KnownError("ofd.encryption.damaged", part=path)
            self._tried[path] = self._try(read_seed(self._package, path))
        return self._tried[path]

    def _try(self, seed: Seed) -> _Key | None:
        if seed.scheme is None:
            self.problem = self.problem or KnownError("ofd.encryption.unknown_scheme", scheme=seed.stated)
        for opener in self._openers:
            try:
                found = opener.open(seed)
            except KnownError as error:
                self.problem = error
                continue
            if found is not None:
                return _Key(found, seed)
        self.locked.append(seed)
        return None

    @property
    def opened(self) -> list[_Key]:
        return [key for key in self._tried.values() if key is not None]


def unlock(package: Package, openers: Sequence[Opener]) -> Unlocked:
    """Decrypt all layers that ``openers`` open; at least one must.

    Raises ``KnownError``: ``ofd.encryption.wrong_password``, ``.not_a_recipient``, ``.unknown_scheme``,
    ``.damaged``, ``.bad_map``, and what unwrapping or ``Package.reveal`` raises.
    """
    description = entry_file(package) or ""
    layers = read_layers(package)
    ring = _Ring(package, openers)
    for layer in layers:
        if layer.seed_path not in package and ring.locked:
            continue  # it lies in a layer that stayed locked
        key = ring.key(layer.seed_path)
        if key is not None:
            _reveal(package, layer, key, description, ring)
    if not ring.opened:
        raise ring.problem or KnownError("ofd.encryption.not_a_recipient")
    keys = {key.seed.digest: key.file.key + key.file.iv for key in ring.opened}
    return Unlocked(keys, tuple(key.file.user for key in ring.opened), tuple(ring.locked))


def _reveal(package: Package, layer: Layer, key: _Key, description: str, ring: _Ring) -> None:
    if layer.id and key.seed.id and layer.id != key.seed.id:
        raise KnownError("ofd.encryption.damaged", part=layer.seed_path)
    carriers = frozenset({description, layer.seed_path, layer.map_path})
    concealed: dict[str, Concealed] = {}
    used = set(carriers)
    for entry in _entries(package, layer, key):
        seeds = {entry.seed_path} - {"", layer.seed_path}
        own = ring.key(entry.seed_path) if seeds else key
        if own is None:
            continue
        _check(package, entry, concealed, used)
        used.add(entry.encrypted_path)
        concealed[entry.path] = Concealed(entry.encrypted_path, own.file.key, own.file.iv, carriers | seeds)
    package.reveal(concealed, carriers | {path for place in concealed.values() for path in place.carriers})


def _check(package: Package, entry: MapEntry, concealed: Mapping[str, object], used: set[str]) -> None:
    """An entry leads from a file of its own to one place inside the package, and to no other's."""
    safe = is_safe_name(entry.path, package.limits)
    if not safe or entry.path in concealed or entry.path in used - {entry.encrypted_path}:
        raise KnownError("ofd.encryption.bad_map", path=entry.path)
    if entry.encrypted_path in used or entry.encrypted_path not in package.names:
        raise KnownError("ofd.encryption.bad_map", path=entry.encrypted_path)


def _entries(package: Package, layer: Layer, key: _Key) -> tuple[MapEntry, ...]:
    """The map, encrypted (as it should be) or in plain (as it may be)."""
    stored = package.read(layer.map_path) if layer.map_path in package else b""
    for candidate in (_decrypted(stored, key), stored):
        try:
            return read_map(candidate, layer.map_path, package.limits)
        except KnownError as error:
            if error.code in ("ofd.encryption.bad_map", "ofd.xml.too_large"):
                raise
    raise KnownError("ofd.encryption.damaged", part=layer.map_path)


def _decrypted(data: bytes, key: _Key) -> bytes:
    try:
        return b"".join(sm4.decrypt_cbc(key.file.key, key.file.iv, (data,)))
    except KnownError:
        return b""
