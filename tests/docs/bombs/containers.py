"""ZIP files that lie: about sizes, names, places and numbers (GB/T 33190 §6; attack classes A3, A13)."""

from __future__ import annotations

import io
import struct
import unicodedata
import warnings
import zipfile
import zlib

from docs.bombs import drawn, refused
from gongwen_docs.ofd.container import pack
from ofd_builder import OfdBuilder

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
PAGE = "Doc_0/Pages/Page_0/Content.xml"


def harmless() -> dict[str, bytes]:
    return dict(OfdBuilder().page("").parts())


def with_entry(name: str, data: bytes) -> bytes:
    """A package with one more entry, written by the standard library without questions."""
    target = io.BytesIO(pack(harmless()))
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.filename = name  # as given: ZipInfo would cut it at a NUL
        archive.writestr(info, data)
    return target.getvalue()


def patched(central: bool, field: int, value: int | bytes, name: str = "OFD.xml") -> bytes:
    """A package with one field of an entry's local or central header changed."""
    data = bytearray(pack(harmless()))
    layout, mark = (_CENTRAL, b"PK\x01\x02") if central else (_LOCAL, b"PK\x03\x04")
    at = data.find(mark)
    while data[at + layout.size : at + layout.size + len(name)] != name.encode():
        at = data.find(mark, at + 1)
    values = list(layout.unpack_from(data, at))
    values[field] = value
    layout.pack_into(data, at, *values)
    return bytes(data)


def patched_end(field: int, value: int) -> bytes:
    data = bytearray(pack(harmless()))
    values = list(_END.unpack_from(data, len(data) - _END.size))
    values[field] = value
    _END.pack_into(data, len(data) - _END.size, *values)
    return bytes(data)


@refused("ofd.container.bomb")
def one_part_of_zeros() -> bytes:
    return with_entry("Doc_0/zeros", bytes(90_000_000))


@refused("ofd.container.bomb")
def many_parts_that_are_large_together() -> bytes:
    block = zlib.compressobj(9, zlib.DEFLATED, -15)
    noise = bytes(range(256)) * 128
    packed = block.compress(noise * 1200) + block.flush()
    parts = [(f"Doc_0/{n}", packed, 256 * 128 * 1200) for n in range(12)]
    return raw_zip([*((name, data, size, zlib.crc32(noise * 1200)) for name, data, size in parts)])


@refused("ofd.container.bomb")
def thirty_thousand_entries() -> bytes:
    return raw_zip([(f"{n}", b"\x03\x00", 0, 0) for n in range(30_000)])


def raw_zip(entries: list[tuple[str, bytes, int, int]], shared: int = 0) -> bytes:
    """A ZIP from (name, packed bytes, size, crc); the last ``shared`` entries lie over the first one."""
    body, central = bytearray(), bytearray()
    first = 0
    for index, (name, packed, size, crc) in enumerate(entries):
        start = first if shared and index >= len(entries) - shared else len(body)
        header = (20, 0, 8, 0, 0, crc, len(packed), size, len(name), 0)
        if start == len(body):
            body += _LOCAL.pack(b"PK\x03\x04", *header) + name.encode() + packed
        central += (
            _CENTRAL.pack(b"PK\x01\x02", 20, *header[:8], len(name), 0, 0, 0, 0, 0, start) + name.encode()
        )
    end = _END.pack(b"PK\x05\x06", 0, 0, len(entries), len(entries), len(central), len(body), 0)
    return bytes(body + central + end)


@refused("ofd.container.damaged")
def entries_over_one_another() -> bytes:
    packed = zlib.compress(bytes(1000))[2:-4]
    return raw_zip([("a", packed, 1000, zlib.crc32(bytes(1000)))] * 1 + [("b", packed, 1000, 0)], shared=1)


@refused("ofd.container.damaged", "ofd.container.hidden_entry")
def quoted_headers() -> bytes:
    """Each entry's stored data hold the next one's local header: sizes add up quadratically."""
    kernel = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = kernel.compress(bytes(1_000_000)) + kernel.flush()
    crc = zlib.crc32(bytes(1_000_000))
    body, central = bytearray(), bytearray()
    for index in range(20):
        name = f"{index:04d}".encode()
        header = (20, 0, 8, 0, 0, crc, len(packed) + (19 - index) * 34, 1_000_000, len(name), 0)
        central += _CENTRAL.pack(b"PK\x01\x02", 20, *header[:8], len(name), 0, 0, 0, 0, 0, len(body)) + name
        body += _LOCAL.pack(b"PK\x03\x04", *header) + name
    body += packed
    return bytes(body + central + _END.pack(b"PK\x05\x06", 0, 0, 20, 20, len(central), len(body), 0))


@refused("ofd.container.damaged")
def size_smaller_than_the_data() -> bytes:
    return patched(central=True, field=9, value=10)


@refused("ofd.container.damaged")
def size_larger_than_the_data() -> bytes:
    data = bytearray(patched(central=True, field=9, value=5000))
    at = data.find(b"PK\x03\x04")
    values = list(_LOCAL.unpack_from(data, at))
    values[8] = 5000
    _LOCAL.pack_into(data, at, *values)
    return bytes(data)


@refused("ofd.container.damaged")
def local_and_central_sizes_differ() -> bytes:
    return patched(central=False, field=8, value=77)


@refused("ofd.container.damaged")
def local_and_central_methods_differ() -> bytes:
    return patched(central=False, field=3, value=0)


@refused("ofd.container.damaged")
def local_and_central_names_differ() -> bytes:
    data = pack(harmless())
    return data.replace(b"OFD.xml", b"OFE.xml", 1)


@refused("ofd.container.damaged")
def checksum_of_something_else() -> bytes:
    return patched(central=True, field=7, value=1)


@refused("ofd.container.encrypted")
def encrypted_flag() -> bytes:
    return patched(central=True, field=3, value=1)


@refused("ofd.container.encrypted", "ofd.container.damaged")
def encrypted_flag_in_one_header_only() -> bytes:
    return patched(central=False, field=2, value=1)


@refused("ofd.container.unsupported")
def compression_method_unknown() -> bytes:
    return patched(central=True, field=4, value=99)


@refused("ofd.container.damaged", "ofd.container.bomb")
def wide_size_without_its_field() -> bytes:
    return patched(central=True, field=9, value=0xFFFFFFFF)


@refused("ofd.container.bomb")
def wide_size_of_an_exabyte() -> bytes:
    name, extra = b"Doc_0/huge", struct.pack("<2HQ", 1, 8, 1 << 60)
    local = _LOCAL.pack(b"PK\x03\x04", 45, 0, 8, 0, 0, 0, 2, 0xFFFFFFFF, len(name), len(extra)) + name + extra
    central = _CENTRAL.pack(
        *(b"PK\x01\x02", 45, 45, 0, 8, 0, 0, 0, 2, 0xFFFFFFFF, len(name), len(extra), 0, 0, 0, 0, 0)
    )
    body = local + b"\x03\x00"
    directory = central + name + extra
    return body + directory + _END.pack(b"PK\x05\x06", 0, 0, 1, 1, len(directory), len(body), 0)


@refused("ofd.container.hidden_entry")
def wide_end_that_contradicts() -> bytes:
    data = pack(harmless())
    body, end = data[: -_END.size], data[-_END.size :]
    wide = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, 46, 0)
    return body + wide + struct.pack("<4sLQL", b"PK\x06\x07", 0, len(body), 1) + end


@refused("ofd.container.damaged")
def more_entries_promised_than_there() -> bytes:
    data = bytearray(patched_end(4, 5000))
    struct.pack_into("<H", data, len(data) - _END.size + 8, 5000)
    return bytes(data)


@refused("ofd.container.damaged")
def directory_before_the_file() -> bytes:
    return patched_end(6, 0x7FFFFFFF)


@refused("ofd.container.damaged", "ofd.container.not_zip")
def parts_on_other_disks() -> bytes:
    return patched_end(1, 1)


@refused("ofd.container.hidden_entry")
def second_directory_in_the_comment() -> bytes:
    data = pack({"OFD.xml": b"<other/>"})
    first = bytearray(pack(harmless()))
    struct.pack_into("<H", first, len(first) - 2, len(data))
    return bytes(first) + data


@refused("ofd.container.hidden_entry", "ofd.container.damaged")
def second_package_behind_the_first() -> bytes:
    return pack(harmless()) + pack(harmless())


@refused("ofd.container.hidden_entry", "ofd.container.damaged")
def entry_outside_the_directory() -> bytes:
    entry = _LOCAL.pack(b"PK\x03\x04", 20, 0, 0, 0, 0, 0, 0, 0, 7, 0) + b"OFD.xml"
    return entry + pack(harmless())


@refused("ofd.container.unsafe_name")
def endless_name() -> bytes:
    return with_entry("Doc_0/" + "a" * 60_000, b"")


@refused("ofd.container.unsafe_name")
def climbing_name() -> bytes:
    return with_entry("../../etc/cron.d/x", b"")


@refused("ofd.container.unsafe_name")
def absolute_name() -> bytes:
    return with_entry("/etc/cron.d/x", b"")


@refused("ofd.container.unsafe_name")
def name_on_a_drive() -> bytes:
    return with_entry("C:/Windows/x", b"")


@refused("ofd.container.unsafe_name")
def name_with_a_zero() -> bytes:
    return with_entry("Doc_0/a", b"").replace(b"Doc_0/a", b"Doc\x000/a")


@refused("ofd.container.duplicate_name")
def the_same_name_twice() -> bytes:
    return with_entry(PAGE, b"<x/>")


@refused("ofd.container.duplicate_name")
def names_that_differ_in_case() -> bytes:
    return with_entry(PAGE.upper(), b"<x/>")


@refused("ofd.container.duplicate_name")
def names_that_look_the_same() -> bytes:
    parts = harmless() | {"Doc_0/\u00e9.xml": b"", unicodedata.normalize("NFD", "Doc_0/\u00e9.xml"): b""}
    return pack(parts)


@refused("ofd.container.damaged", "ofd.container.not_zip")
def cut_in_the_middle() -> bytes:
    data = pack(harmless())
    return data[: len(data) // 2]


@drawn
def packages_within_packages() -> bytes:
    """What lies in an attachment is never unpacked."""
    inner = pack({"zeros": bytes(30_000_000)})
    for _ in range(6):
        inner = pack({f"{n}.zip": inner for n in range(4)})
    return pack(harmless() | {"Doc_0/Attachs/inner.zip": inner})


@refused("ofd.container.unsafe_name")
def link_to_a_system_file() -> bytes:
    """A symbolic link, though nothing is ever extracted."""
    target = io.BytesIO(pack(harmless()))
    with zipfile.ZipFile(target, "a") as archive:
        info = zipfile.ZipInfo("Doc_0/link")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return target.getvalue()
