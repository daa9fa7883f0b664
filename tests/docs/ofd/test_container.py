"""The strict ZIP reader: what it refuses, what it tolerates, and that its limits are exact."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongwen_crypto.errors import KnownError
from gongwen_docs.limits import DEFAULT_LIMITS, Limits
from gongwen_docs.ofd.container import Package, pack
from ofd_builder import with_parts


def archive(*entries: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP file with these entries, duplicates and bad names included."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as container, pytest.MonkeyPatch.context() as patch:
        patch.setattr("warnings.warn", lambda *_args, **_kwargs: None)  # zipfile warns of duplicates
        for name, data in entries:
            container.writestr(name, data)
    return target.getvalue()


def refusal(data: bytes, limits: Limits = DEFAULT_LIMITS) -> str:
    """The code with which a package is refused, on opening or on reading all of it."""
    with pytest.raises(KnownError) as caught:
        read_all(data, limits)
    return caught.value.code


def read_all(data: bytes, limits: Limits = DEFAULT_LIMITS) -> None:
    with Package.open(data, limits) as package:
        for name in package.names:
            package.read(name)


def test_reads_what_was_packed() -> None:
    parts = {"Doc_0/a.xml": b"<a/>", "OFD.xml": b"<OFD/>", "Doc_0/画.png": bytes(200_000)}
    with Package.open(pack(parts)) as package:
        assert package.names == ("OFD.xml", "Doc_0/a.xml", "Doc_0/画.png")
        assert {name: package.read(name) for name in package.names} == parts
        assert package.digest("Doc_0/画.png", hashlib.sha256) == hashlib.sha256(bytes(200_000)).digest()
        assert package.size("Doc_0/画.png") == 200_000
        assert "Doc_0/a.xml" in package
        assert "Doc_0/b.xml" not in package


def test_reads_files(tmp_path: Path) -> None:
    file = tmp_path / "a.ofd"
    file.write_bytes(pack({"OFD.xml": b"1"}))
    with Package.open(file) as package:
        assert package.read("OFD.xml") == b"1"


def test_missing_file_and_missing_part(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match=r"ofd\.container\.unreadable"):
        Package.open(tmp_path / "none.ofd")
    with Package.open(pack({"OFD.xml": b"1"})) as package, pytest.raises(KnownError, match="missing_part"):
        package.read("other.xml")


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([("a.xml", b"1"), ("a.xml", b"2")], "ofd.container.duplicate_name"),
        ([("Doc/a.xml", b"1"), ("doc/A.xml", b"2")], "ofd.container.duplicate_name"),
        ([("../a.xml", b"1")], "ofd.container.unsafe_name"),
        ([("Doc/../../a.xml", b"1")], "ofd.container.unsafe_name"),
        ([("/a.xml", b"1")], "ofd.container.unsafe_name"),
        ([("C:/a.xml", b"1")], "ofd.container.unsafe_name"),
        ([("Doc\\a.xml", b"1")], "ofd.container.unsafe_name"),
        ([("Doc//a.xml", b"1")], "ofd.container.unsafe_name"),
        ([("Doc/./a.xml", b"1")], "ofd.container.unsafe_name"),
        ([("a\x01.xml", b"1")], "ofd.container.unsafe_name"),
    ],
)
def test_refused_names(entries: list[tuple[str, bytes]], code: str) -> None:
    assert refusal(archive(*entries)) == code


def test_folders_that_differ_in_case_are_legitimate() -> None:
    with Package.open(archive(("Doc_0/a.xml", b"1"), ("doc_0/b.xml", b"2"))) as package:
        assert package.read("Doc_0/a.xml") == b"1"
        assert package.find("DOC_0/B.xml") == "doc_0/b.xml"


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", bytes(100_000)])
def test_not_a_zip(data: bytes) -> None:
    assert refusal(data) == "ofd.container.not_zip"


def test_a_package_without_its_end_is_damaged() -> None:
    whole = archive(("OFD.xml", bytes(range(256))))
    assert refusal(whole[: len(whole) // 2]) == "ofd.container.damaged"


def test_encrypted_entries_are_refused() -> None:
    data = bytearray(archive(("OFD.xml", b"1")))
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + at] |= 1
    assert refusal(bytes(data)) == "ofd.container.encrypted"


def test_unknown_compression_is_refused() -> None:
    assert refusal(archive(("OFD.xml", b"1" * 99), method=zipfile.ZIP_BZIP2)) == "ofd.container.unsupported"


@pytest.mark.parametrize(("offset", "size"), [(8, 2), (14, 4), (18, 4), (22, 4), (30, 1)])
def test_a_local_header_that_contradicts_the_directory_is_refused(offset: int, size: int) -> None:
    """Method, CRC, both sizes and the name must be the same in both headers (attack class A3)."""
    data = bytearray(archive(("OFD.xml", b"content")))
    data[offset : offset + size] = bytes(byte ^ 1 for byte in data[offset : offset + size])
    assert refusal(bytes(data)) == "ofd.container.damaged"


def test_an_entry_outside_the_directory_is_refused() -> None:
    """Local headers that the directory does not list: before, between and after the listed entries."""
    visible, hidden = archive(("OFD.xml", b"1")), archive(("Doc_0/hidden.xml", b"2"))
    hidden = hidden[: hidden.index(b"PK\x01\x02")]
    assert refusal(hidden + visible) == "ofd.container.hidden_entry"
    directory = visible.index(b"PK\x01\x02")
    end = bytearray(visible[directory:])
    struct.pack_into("<L", end, len(end) - 6, directory + len(hidden))
    assert refusal(visible[:directory] + hidden + bytes(end)) == "ofd.container.hidden_entry"


def test_entries_that_share_bytes_are_refused() -> None:
    data = bytearray(archive(("a", b"same"), ("b", b"same"), method=zipfile.ZIP_STORED))
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1)
    struct.pack_into("<L", data, second + 42, 0)
    data[second + 46 : second + 47] = b"a"
    assert refusal(bytes(data)) in ("ofd.container.duplicate_name", "ofd.container.damaged")


def test_bytes_before_the_archive_are_tolerated() -> None:
    with Package.open(b"\xef\xbb\xbf mail gateway banner\r\n" + pack({"OFD.xml": b"1"})) as package:
        assert package.read("OFD.xml") == b"1"


def test_data_descriptors_are_tolerated() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: object) -> int:
            raise io.UnsupportedOperation

    target = Pipe()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr("OFD.xml", b"described later")
    with Package.open(target.getvalue()) as package:
        assert package.read("OFD.xml") == b"described later"


def test_zip64_fields_of_small_files_are_tolerated() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as container, container.open("OFD.xml", "w", force_zip64=True) as part:
        part.write(b"wide")
    with Package.open(target.getvalue()) as package:
        assert package.read("OFD.xml") == b"wide"


def wide_end(data: bytes, saturated: bool = False, prefix: bytes = b"", **lies: int) -> bytes:
    """A package with 64-bit end records, as writers add that always use them."""
    body, end = data[:-22], list(struct.unpack("<4s4H2LH", data[-22:]))
    count, size, offset = end[4], end[5], end[6]
    said = {
        "rest": 44,
        "disk": 0,
        "count": count,
        "size": size,
        "offset": offset,
        "at": len(body),
        "disks": 1,
    }
    said |= lies
    record = struct.pack(
        *("<4sQ2H2L4Q", b"PK\6\6", said["rest"], 45, 45, said["disk"], 0, said["count"], said["count"]),
        *(said["size"], said["offset"]),
    )
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, said["at"], said["disks"])
    if saturated:
        end[3:7] = [0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF]
    return prefix + body + record + locator + struct.pack("<4s4H2LH", *end)


@pytest.mark.parametrize("saturated", [False, True])
def test_zip64_end_records_that_agree_are_tolerated(saturated: bool) -> None:
    data = wide_end(archive(("OFD.xml", b"entry"), ("a.xml", b"a")), saturated)
    with zipfile.ZipFile(io.BytesIO(data)) as other, Package.open(data) as package:
        assert list(package.names) == other.namelist()
        assert package.read("a.xml") == b"a"


@pytest.mark.parametrize("saturated", [False, True])
@pytest.mark.parametrize(
    "lie",
    [
        {"count": 1},
        {"size": 46},
        {"offset": 0},
        {"offset": 1 << 40},
        {"at": 0},
        {"at": 1 << 40},
        {"rest": 45},
        {"disk": 1},
        {"disks": 2},
    ],
    ids=str,
)
def test_zip64_end_records_that_lie_are_refused(lie: dict[str, int], saturated: bool) -> None:
    data = archive(("OFD.xml", b"entry"), ("a.xml", b"a"))
    assert refusal(wide_end(data, saturated, **lie)) in (
        "ofd.container.hidden_entry",
        "ofd.container.damaged",
    )


def test_zip64_end_records_tolerate_no_prefix() -> None:
    """The locator's place counts from the file's beginning: another record could wait there."""
    data = archive(("OFD.xml", b"entry"))
    assert refusal(wide_end(data, prefix=bytes(100))) == "ofd.container.hidden_entry"


def test_a_changed_byte_is_noticed() -> None:
    data = bytearray(archive(("OFD.xml", b"content of the file"), method=zipfile.ZIP_STORED))
    data[data.index(b"content")] ^= 1
    assert refusal(bytes(data)) == "ofd.container.damaged"


def test_more_data_than_declared_is_damage() -> None:
    """The stream is cut at the declared size instead of being trusted; one flipped bit can do this, too."""
    packed = archive(("OFD.xml", bytes(1_000_000)))
    data = bytearray(packed)
    crc = zlib.crc32(bytes(10))
    struct.pack_into("<L", data, 14, crc)
    struct.pack_into("<L", data, 22, 10)
    central = data.index(b"PK\x01\x02")
    struct.pack_into("<L", data, central + 16, crc)
    struct.pack_into("<L", data, central + 24, 10)
    assert refusal(bytes(data)) == "ofd.container.damaged"


@pytest.mark.parametrize(
    ("name", "at_limit", "code"),
    [
        ("entries", 3, "ofd.container.bomb"),
        ("part_bytes", 1000, "ofd.container.bomb"),
        ("total_bytes", 3000, "ofd.container.bomb"),
        ("name_bytes", 7, "ofd.container.unsafe_name"),
    ],
)
def test_limits_are_exact(name: str, at_limit: int, code: str) -> None:
    data = archive(("OFD.xml", bytes(1000)), ("b", bytes(1000)), ("c", bytes(1000)))
    Package.open(data, replace(DEFAULT_LIMITS, **{name: at_limit})).close()
    assert refusal(data, replace(DEFAULT_LIMITS, **{name: at_limit - 1})) == code


def test_package_size_limit_is_exact() -> None:
    data = archive(("OFD.xml", b"1"))
    Package.open(data, replace(DEFAULT_LIMITS, package_bytes=len(data))).close()
    assert refusal(data, replace(DEFAULT_LIMITS, package_bytes=len(data) - 1)) == "ofd.container.too_large"


def test_ratio_limit_spares_small_files() -> None:
    data = archive(("OFD.xml", bytes(100_000)))
    Package.open(data, replace(DEFAULT_LIMITS, ratio=10, ratio_floor_bytes=100_000)).close()
    assert refusal(data, replace(DEFAULT_LIMITS, ratio=10, ratio_floor_bytes=99_999)) == "ofd.container.bomb"


@pytest.mark.parametrize(
    ("base", "location", "expected"),
    [
        ("OFD.xml", "Doc_0/Document.xml", "Doc_0/Document.xml"),
        ("OFD.xml", "/Doc_0/Document.xml", "Doc_0/Document.xml"),
        ("OFD.xml", " ./Doc_0\\Document.xml\n", "Doc_0/Document.xml"),
        ("Doc_0/Document.xml", "Pages/P.xml", "Doc_0/Pages/P.xml"),
        ("Doc_0/Document.xml", "/Pages/P.xml", "Doc_0/Pages/P.xml"),
        ("Doc_0/Document.xml", "Doc_0/Pages/P.xml", "Doc_0/Pages/P.xml"),
        ("Doc_0/Document.xml", "pages/p.XML", "Doc_0/Pages/P.xml"),
        ("Doc_0/Pages/P.xml", "../Document.xml", "Doc_0/Document.xml"),
        ("Doc_0/Pages/P.xml", "../../../../OFD.xml", "OFD.xml"),
        ("Doc_0/Pages/P.xml", "none.xml", "Doc_0/Pages/none.xml"),
    ],
)
def test_locations(base: str, location: str, expected: str) -> None:
    parts = dict.fromkeys(("OFD.xml", "Doc_0/Document.xml", "Doc_0/Pages/P.xml"), b"")
    with Package.open(pack(parts)) as package:
        assert package.resolve(base, location) == expected


def test_rewriting_adds_and_replaces() -> None:
    data = with_parts(pack({"OFD.xml": b"old", "a": b"kept"}), {"OFD.xml": b"new", "b": b"added"})
    with Package.open(data) as package:
        assert {name: package.read(name) for name in package.names} == {
            "OFD.xml": b"new",
            "a": b"kept",
            "b": b"added",
        }


@given(st.binary(max_size=300), st.integers(0, 10_000), st.integers(0, 255))
def test_damage_never_raises_anything_else(tail: bytes, place: int, value: int) -> None:
    data = bytearray(archive(("OFD.xml", b"<OFD/>"), ("Doc_0/a.xml", b"x" * 500)))
    data[place % len(data)] = value
    with suppress(KnownError):
        read_all(bytes(data) + tail)
