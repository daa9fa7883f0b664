"""The ZIP container of an OFD package, read strictly (GB/T 33190 §6; checks of GM/T attack class A3, A13).

A verifier and a renderer that disagree about what a ZIP file contains can be played against each other. So
there is one reader, it looks at the central directory *and* at every local header, and a package on which two
honest readers could disagree is refused as a whole: duplicate or case-colliding file names, absolute or
climbing paths, entries that overlap, entries outside the central directory, headers that contradict each
other. Tolerated, because real files do it: bytes before the first entry, data descriptors, directory entries.
"""

from __future__ import annotations

import io
import posixpath
import shutil
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol

from gongwen_crypto.errors import KnownError
from gongwen_docs.limits import DEFAULT_LIMITS, Limits
from gongwen_docs.ofd.strictness import (
    check_end,
    check_extra,
    check_gap,
    check_kind,
    check_tree,
    is_safe_segment,
)

_END = struct.Struct("<4s4H2LH")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_END_SIGNATURE, _CENTRAL_SIGNATURE, _LOCAL_SIGNATURE = b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04"
_STORED, _DEFLATED = 0, 8
_FLAG_ENCRYPTED, _FLAG_DESCRIPTOR, _FLAG_STRONG, _FLAG_MASKED = 0x0001, 0x0008, 0x0040, 0x2000
_FLAG_UTF8 = 0x0800
_CHUNK = 64 * 1024
_SATURATED, _ZIP64_FIELD = 0xFFFFFFFF, 1


class Hasher(Protocol):
    """What ``hashlib`` objects and our SM3 have in common."""

    def update(self, data: bytes, /) -> object: ...

    def digest(self) -> bytes: ...


@dataclass(frozen=True)
class _Entry:
    """One file as both headers describe it. ``data`` is the offset of its compressed bytes."""

    name: str
    method: int
    crc: int
    packed: int
    size: int
    start: int
    data: int


@dataclass(frozen=True)
class _Decrypted:
    """A file that lies encrypted in another one (GM/T 0099). It is decrypted each time it is read."""

    name: str
    source: _Entry | _Decrypted
    key: bytes
    iv: bytes
    crc: int = 0
    size: int = 0


@dataclass(frozen=True)
class Concealed:
    """Where a file lies encrypted: the file of its ciphertext, SM4 key and IV (CBC, PKCS#7); and the files
    that say so."""

    path: str
    key: bytes
    iv: bytes
    carriers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PackedPart:
    """A file in its packed form: ZIP method, CRC-32 and size of the plain bytes, the packed bytes."""

    method: int
    crc: int
    packed: int
    size: int
    chunks: Iterator[bytes]


class Package:
    """An opened OFD package: names and bytes of its files, nothing interpreted.

    Open it with :meth:`open` and use it as a context manager. Paths are relative to the package root
    without a leading slash. All methods raise ``KnownError`` with a code below ``ofd.container``.
    """

    def __init__(self, stream: BinaryIO, entries: Mapping[str, _Entry], limits: Limits) -> None:
        self._stream = stream
        self._entries: dict[str, _Entry | _Decrypted] = dict(entries)
        self._folded = {_fold(name): name for name in entries}
        self._shell: dict[str, _Entry | _Decrypted] = {}
        self._stored: dict[str, _Entry | _Decrypted] = {}
        self._carriers: dict[str, frozenset[str]] = {}
        self.limits = limits
        self.names: tuple[str, ...] = tuple(entries)
        self.stored_names: tuple[str, ...] = tuple(entries)
        """The files as they lie in the container, whatever was decrypted since."""
        self.replaced: tuple[str, ...] = ()
        """Files that also lie in the container unencrypted, with other content than their decrypted form."""
        self.bytes_read = 0
        """Bytes that :meth:`read` has handed out."""
        self.prefix: int = min((entry.start for entry in entries.values()), default=0)
        """Bytes before the first file that belong to none: harmless here, another file type elsewhere."""

    @classmethod
    def open(cls, source: Path | bytes, limits: Limits = DEFAULT_LIMITS) -> Package:
        """Open a package from a file or from memory and check its whole structure.

        Raises ``KnownError``: ``ofd.container.not_zip``, ``.damaged``, ``.too_large``, ``.bomb``,
        ``.encrypted``, ``.duplicate_name``, ``.unsafe_name``, ``.unreadable``.
        """
        stream: BinaryIO
        if isinstance(source, bytes):
            stream = io.BytesIO(source)
        else:
            try:
                stream = source.open("rb")
            except OSError as error:
                raise KnownError("ofd.container.unreadable", file=source.name) from error
        try:
            return cls(stream, _read_directory(stream, limits), limits)
        except BaseException:
            stream.close()
            raise

    def __enter__(self) -> Package:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._stream.close()

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def reveal(self, concealed: Mapping[str, Concealed], shell: Collection[str]) -> None:
        """Let decrypted files take their places; ``shell`` and the files of the ciphertexts leave the package
        but for their digests: no document may draw on them. Nothing is revealed on error.

        Raises ``KnownError``: ``ofd.encryption.damaged`` for what cannot be decrypted,
        ``ofd.container.duplicate_name`` and ``.bomb`` for a package that could not have been written so.
        """
        revealed = {name: self._decrypted(name, place) for name, place in concealed.items()}
        hidden = {*shell, *(place.path for place in concealed.values())} & set(self._entries)
        entries = {name: entry for name, entry in self._entries.items() if name not in hidden}
        replaced = [name for name in revealed if name in entries]
        entries |= revealed
        folded = {_fold(name): name for name in entries}
        if len(folded) != len(entries):
            raise KnownError("ofd.container.duplicate_name", part=next(iter(concealed)))
        check_tree(folded)
        total = sum(entry.size for entry in entries.values())
        if len(entries) > self.limits.entries or total > self.limits.total_bytes:
            raise KnownError("ofd.container.bomb", part="")
        self._shell |= {name: self._entries[name] for name in hidden - set(revealed)}
        self._stored |= {name: self._entries[name] for name in revealed if name in self._entries}
        self._carriers |= {name: place.carriers | {place.path} for name, place in concealed.items()}
        self._entries, self._folded, self.names = entries, folded, tuple(entries)
        self.replaced += tuple(replaced)

    @property
    def shell(self) -> frozenset[str]:
        """Files that only carry or describe encrypted ones which were decrypted."""
        return frozenset(self._shell)

    @property
    def decrypted(self) -> tuple[str, ...]:
        """Files that were revealed, those of outer layers first."""
        return tuple(self._carriers)

    def carriers(self, name: str) -> frozenset[str]:
        """The stored files from which a decrypted file is made; empty for all others."""
        return self._carriers.get(name, frozenset())

    def _decrypted(self, name: str, place: Concealed) -> _Decrypted:
        size = crc = 0
        part = _Decrypted(name, self._entry(place.path), place.key, place.iv)
        for chunk in self._stream_decrypted(part):
            size, crc = size + len(chunk), zlib.crc32(chunk, crc)
        return _Decrypted(name, part.source, place.key, place.iv, crc, size)

    def _stream_decrypted(self, entry: _Decrypted) -> Iterator[bytes]:
        from gongwen_crypto import sm4  # few documents are encrypted: the others start faster

        try:
            yield from sm4.decrypt_cbc(entry.key, entry.iv, self._stream_entry(entry.source))
        except (
            KnownError
        ) as error:  # whatever is wrong with it: there is nothing to learn from the difference
            raise KnownError("ofd.encryption.damaged", part=entry.name) from error

    def size(self, name: str) -> int:
        """Uncompressed size in bytes."""
        return self._entry(name).size

    def read(self, name: str) -> bytes:
        """All bytes of one file, checked against the CRC."""
        data = b"".join(self._stream_entry(self._entry(name)))
        self.bytes_read += len(data)
        return data

    def digest(self, name: str, new_hasher: Callable[[], Hasher]) -> bytes:
        """Digest of one file, computed while streaming: memory use does not grow with the file."""
        hasher = new_hasher()
        for chunk in self._stream_entry(self._entry(name)):
            hasher.update(chunk)
        return hasher.digest()

    def stored_digest(self, name: str, new_hasher: Callable[[], Hasher]) -> bytes | None:
        """Digest of a stored file whose place a decrypted one has taken, or of one of the shell; None for
        all others."""
        entry = self._stored.get(name) or self._shell.get(name)
        if entry is None:
            return None
        hasher = new_hasher()
        for chunk in self._stream_entry(entry):
            hasher.update(chunk)
        return hasher.digest()

    def file_digest(self, new_hasher: Callable[[], Hasher]) -> bytes:
        """Digest of the package itself, whatever it holds."""
        hasher = new_hasher()
        position = 0
        while True:
            self._stream.seek(position)
            chunk = self._stream.read(_CHUNK * 4)
            if not chunk:
                return hasher.digest()
            hasher.update(chunk)
            position += len(chunk)

    def packed(self, name: str) -> PackedPart:
        """One file as it lies in the package, for copying without inflating it."""
        entry = self._entry(name)
        if isinstance(entry, _Decrypted):
            return PackedPart(_STORED, entry.crc, entry.size, entry.size, self._stream_decrypted(entry))
        return PackedPart(entry.method, entry.crc, entry.packed, entry.size, self._packed_chunks(entry))

    def find(self, name: str) -> str | None:
        """The file of this name, or the only one that differs from it in case alone, or None.

        Real producers write ``Doc_0`` and refer to ``doc_0``. Folded names are unique in an accepted package,
        so that this leniency stays unambiguous.
        """
        return name if name in self._entries else self._folded.get(_fold(name))

    def resolve(self, base_file: str, loc: str) -> str:
        """Package path that ``loc`` (ST_Loc, §7.2) means in the file ``base_file``.

        The first reading that names an existing file wins: as written (a leading slash is the package root,
        anything else starts at the folder of ``base_file``), then against the document's folder, then against
        the root. Without an existing file the normalised literal reading is returned. Never climbs above
        the root.
        """
        loc = loc.strip().replace("\\", "/")
        relative = loc.lstrip("/")
        document_folder = base_file.split("/", 1)[0] if "/" in base_file else ""
        literal = _normalise("" if loc.startswith("/") else posixpath.dirname(base_file), relative)
        for candidate in (literal, _normalise(document_folder, relative), _normalise("", relative)):
            found = self.find(candidate)
            if found is not None:
                return found
        return literal

    def _packed_chunks(self, entry: _Entry) -> Iterator[bytes]:
        position, left = entry.data, entry.packed
        while left:
            self._stream.seek(position)
            chunk = self._stream.read(min(_CHUNK, left))
            if not chunk:
                raise KnownError("ofd.container.damaged", part=entry.name)
            position, left = position + len(chunk), left - len(chunk)
            yield chunk

    def _entry(self, name: str) -> _Entry | _Decrypted:
        found = self._entries.get(name)
        if found is None:
            raise KnownError("ofd.container.missing_part", part=name)
        return found

    def _stream_entry(self, entry: _Entry | _Decrypted) -> Iterator[bytes]:
        """Yield the uncompressed bytes; stops one byte past the declared size instead of trusting it."""
        if isinstance(entry, _Decrypted):
            yield from self._stream_decrypted(entry)
            return
        inflater = zlib.decompressobj(-zlib.MAX_WBITS) if entry.method == _DEFLATED else None
        position, left, total, crc = entry.data, entry.packed, 0, 0
        try:
            while left or (inflater is not None and inflater.unconsumed_tail):
                if inflater is not None and inflater.unconsumed_tail:
                    packed = inflater.unconsumed_tail
                else:
                    self._stream.seek(position)
                    packed = self._stream.read(min(_CHUNK, left))
                    if not packed:
                        raise KnownError("ofd.container.damaged", part=entry.name)
                    position, left = position + len(packed), left - len(packed)
                chunk = packed if inflater is None else inflater.decompress(packed, _CHUNK * 4)
                total += len(chunk)
                if total > entry.size:
                    raise KnownError("ofd.container.damaged", part=entry.name)
                crc = zlib.crc32(chunk, crc)
                yield chunk
        except zlib.error as error:
            raise KnownError("ofd.container.damaged", part=entry.name) from error
        if total != entry.size or crc != entry.crc or (inflater is not None and not _is_exact(inflater)):
            raise KnownError("ofd.container.damaged", part=entry.name)


def _is_exact(inflater: zlib._Decompress) -> bool:
    """Whether the packed bytes end where their stream does: a reader that streams would go on behind it."""
    return inflater.eof and not inflater.unused_data


def pack(parts: Mapping[str, bytes]) -> bytes:
    """Write a package: OFD.xml first, the others as given. Dates are fixed: equal input, equal bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts, key=lambda name: name != "OFD.xml"):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, parts[name])
    return target.getvalue()


def pack_files(target: Path, files: Mapping[str, bytes | Path]) -> None:
    """Write a package of bytes and of files, which are copied by pieces, in the order given. ``target``
    appears whole or not at all; raises OSError."""
    part = target.with_name(f"{target.name}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files.items():
                info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                info.compress_type = zipfile.ZIP_DEFLATED
                info.external_attr = 0o644 << 16
                if isinstance(data, bytes):
                    archive.writestr(info, data)
                    continue
                info.file_size = data.stat().st_size
                with data.open("rb") as source, archive.open(info, "w") as entry:
                    shutil.copyfileobj(source, entry, _CHUNK)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def is_safe_name(name: str, limits: Limits = DEFAULT_LIMITS) -> bool:
    """Whether a path that a file states could be that of a file in a package."""
    return len(name.encode()) <= limits.name_bytes and all(map(is_safe_segment, name.split("/")))


def _normalise(folder: str, relative: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, relative)).lstrip("/")


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _read_directory(stream: BinaryIO, limits: Limits) -> dict[str, _Entry]:
    stream.seek(0, io.SEEK_END)
    file_size = stream.tell()
    if file_size > limits.package_bytes:
        raise KnownError("ofd.container.too_large", limit_mb=limits.package_bytes // (1024 * 1024))
    end_at, count, central_size, central_offset = _find_end(stream, file_size)
    central_at = end_at - central_size
    prefix = central_at - central_offset
    if central_at < 0 or prefix < 0:
        raise KnownError("ofd.container.damaged", part="")
    if count > limits.entries:
        raise KnownError("ofd.container.bomb", part="")
    stream.seek(central_at)
    central = stream.read(central_size)
    entries: dict[str, _Entry] = {}
    folded: set[str] = set()
    spans: list[tuple[int, int]] = []
    total = position = 0
    for _ in range(count):
        entry, position, is_folder = _read_entry(stream, central, position, prefix, limits)
        spans.append((entry.start, entry.data + entry.packed))
        if is_folder:
            continue
        if _fold(entry.name) in folded:
            raise KnownError("ofd.container.duplicate_name", part=entry.name)
        folded.add(_fold(entry.name))
        total += entry.size
        if total > limits.total_bytes:
            raise KnownError("ofd.container.bomb", part=entry.name)
        entries[entry.name] = entry
    if position != central_size:
        raise KnownError("ofd.container.damaged", part="")
    check_tree(folded)
    _check_spans(stream, spans, prefix, central_at)
    return entries


def _find_end(stream: BinaryIO, file_size: int) -> tuple[int, int, int, int]:
    """Offset of the end record, number of entries, size and offset of the central directory."""
    tail_at = max(0, file_size - 0xFFFF - _END.size)
    stream.seek(tail_at)
    tail = stream.read()
    at = tail.rfind(_END_SIGNATURE)
    if at < 0 or len(tail) - at < _END.size:
        stream.seek(0)
        cut_off = stream.read(len(_LOCAL_SIGNATURE)) == _LOCAL_SIGNATURE
        raise KnownError("ofd.container.damaged", part="") if cut_off else KnownError("ofd.container.not_zip")
    _, disk, first_disk, here, count, size, offset, comment = _END.unpack_from(tail, at)
    if disk or first_disk or here != count or at + _END.size + comment > len(tail):
        raise KnownError("ofd.container.damaged", part="")
    check_end(tail, at, comment)
    return tail_at + at, count, size, offset


def _read_entry(
    stream: BinaryIO, central: bytes, position: int, prefix: int, limits: Limits
) -> tuple[_Entry, int, bool]:
    """One central and its local header. Returns the entry, the next position, whether it is a folder."""
    if len(central) - position < _CENTRAL.size:
        raise KnownError("ofd.container.damaged", part="")
    fields = _CENTRAL.unpack_from(central, position)
    signature, made_by, _, flags, method, _, _, crc, packed, size = fields[:10]
    name_size, extra_size, comment_size, disk, _, attributes, offset = fields[10:]
    name_at = position + _CENTRAL.size
    raw_name = central[name_at : name_at + name_size]
    following = name_at + name_size + extra_size + comment_size
    if signature != _CENTRAL_SIGNATURE or following > len(central):
        raise KnownError("ofd.container.damaged", part="")
    name = _safe_name(raw_name, bool(flags & _FLAG_UTF8), limits)
    extra = central[name_at + name_size : name_at + name_size + extra_size]
    check_kind(made_by, attributes, disk, name)
    check_extra(extra, raw_name, name)
    size, packed, offset = _widen((size, packed, offset), extra, name)
    if flags & (_FLAG_ENCRYPTED | _FLAG_STRONG | _FLAG_MASKED):
        raise KnownError("ofd.container.encrypted", part=name)
    if method not in (_STORED, _DEFLATED):
        raise KnownError("ofd.container.unsupported", part=name)
    is_folder = name.endswith("/")
    if size > limits.part_bytes or (size > limits.ratio_floor_bytes and size > limits.ratio * packed):
        raise KnownError("ofd.container.bomb", part=name)
    if (method == _STORED and size != packed) or (is_folder and size):
        raise KnownError("ofd.container.damaged", part=name)
    start = prefix + offset
    data = _check_local(stream, start, raw_name, name, (flags, method, crc, packed, size))
    return _Entry(name, method, crc, packed, size, start, data), following, is_folder


def _widen(values: tuple[int, ...], extra: bytes, name: str) -> tuple[int, ...]:
    """Replace saturated 32-bit values by those of the ZIP64 extra field: some writers always use it."""
    if _SATURATED not in values:
        return values
    position = 0
    while position + 4 <= len(extra):
        kind, size = struct.unpack_from("<2H", extra, position)
        if kind == _ZIP64_FIELD:
            wide = iter(
                struct.unpack_from(f"<{size // 8}Q", extra[position + 4 : position + 4 + size].ljust(size))
            )
            return tuple(next(wide, _SATURATED) if value == _SATURATED else value for value in values)
        position += 4 + size
    raise KnownError("ofd.container.damaged", part=name)


def _check_local(
    stream: BinaryIO, start: int, raw_name: bytes, name: str, central: tuple[int, int, int, int, int]
) -> int:
    """The local header must say what the central one says. Returns the offset of the data."""
    stream.seek(start)
    header = stream.read(_LOCAL.size)
    if len(header) < _LOCAL.size:
        raise KnownError("ofd.container.damaged", part=name)
    signature, _, flags, method, _, _, crc, packed, size, name_size, extra_size = _LOCAL.unpack(header)
    found_name, extra = stream.read(name_size), stream.read(extra_size)
    check_extra(extra, raw_name, name)
    size, packed = _widen((size, packed), extra, name)
    descriptor = flags & _FLAG_DESCRIPTOR
    same_sizes = (crc, packed, size) == central[2:] or (descriptor and not any((crc, packed, size)))
    same_shape = method == central[1] and not (flags ^ central[0]) & (_FLAG_ENCRYPTED | _FLAG_DESCRIPTOR)
    if descriptor and method == _STORED and central[4]:  # where it ends, only its own bytes would tell
        raise KnownError("ofd.container.unsupported", part=name)
    if signature != _LOCAL_SIGNATURE or found_name != raw_name or not (same_shape and same_sizes):
        raise KnownError("ofd.container.damaged", part=name)
    return start + _LOCAL.size + int(name_size) + int(extra_size)


def _check_spans(stream: BinaryIO, spans: list[tuple[int, int]], prefix: int, central_at: int) -> None:
    """No two entries share bytes, and no entry hides between them, before them or after them."""
    previous_end = 0
    for start, end in [*sorted(spans), (central_at, central_at)]:
        if start < previous_end or (start < prefix):
            raise KnownError("ofd.container.damaged", part="")
        stream.seek(previous_end)
        check_gap(stream.read(start - previous_end))
        previous_end = end


def _safe_name(raw: bytes, is_utf8: bool, limits: Limits) -> str:
    """Decode a name (UTF-8, else GB 18030) and refuse what could leave the package or be read in two ways."""
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        if is_utf8:
            raise KnownError("ofd.container.unsafe_name", part=repr(raw)) from None
        try:
            name = raw.decode("gb18030")
        except UnicodeDecodeError:
            raise KnownError("ofd.container.unsafe_name", part=repr(raw)) from None
    segments = name.removesuffix("/").split("/")
    if not name or len(raw) > limits.name_bytes or not all(is_safe_segment(segment) for segment in segments):
        raise KnownError("ofd.container.unsafe_name", part=name)
    return name
