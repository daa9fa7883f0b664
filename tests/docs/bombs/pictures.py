"""Pictures that claim or unpack to more than any sheet has (attack class A13: image decoder bombs)."""

from __future__ import annotations

import struct
import zlib

from docs.bombs import drawn, reported
from ofd_builder import OfdBuilder, with_parts

BROKEN = ("draw.picture_damaged", "draw.object_damaged", "draw.picture_too_large")


def page_with(data: bytes, name: str) -> bytes:
    """A page that shows this picture."""
    media = f'<ofd:MultiMedia ID="70" Type="Image"><ofd:MediaFile>{name}</ofd:MediaFile></ofd:MultiMedia>'
    image = '<ofd:ImageObject ID="6" ResourceID="70" Boundary="0 0 100 100" CTM="100 0 0 100 0 0"/>'
    resources = f"<ofd:MultiMedias>{media}</ofd:MultiMedias>"
    return OfdBuilder(resources=resources, files={f"Doc_0/Res/{name}": data}).page(image).build()


def png(width: int, height: int, depth: int, color: int, data: bytes) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(data, 9))
        + chunk(b"IEND", b"")
    )


@reported(*BROKEN)
def png_of_sixty_thousand_squared() -> bytes:
    return page_with(png(60_000, 60_000, 8, 2, bytes(1000)), "p.png")


@reported(*BROKEN)
def png_of_the_largest_numbers() -> bytes:
    return page_with(png(0x7FFFFFFF, 0x7FFFFFFF, 16, 6, bytes(1000)), "p.png")


@drawn
def png_of_one_colour_at_the_limit() -> bytes:
    """Some eight thousand squared in one bit a pixel: 10 MB that unpack from a few kB."""
    return page_with(png(8400, 8400, 1, 0, (b"\0" + bytes(1050)) * 8400), "p.png")


@reported(*BROKEN)
def png_with_transparency_at_the_limit() -> bytes:
    """Four bytes a pixel, and the file has less than a megabyte: the decoder needs 280 MB."""
    return page_with(png(8400, 8400, 8, 6, (b"\0" + bytes(4 * 8400)) * 1200), "p.png")


@reported(*BROKEN)
def gif_of_the_largest_numbers() -> bytes:
    descriptor = struct.pack("<BHHHHB", 0x2C, 0, 0, 65535, 65535, 0)
    header = b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0x80, 0, 0) + bytes(6)
    return page_with(header + descriptor + b"\x02\x02\x4c\x01\x00\x3b", "p.gif")


@reported(*BROKEN)
def bmp_of_the_largest_numbers() -> bytes:
    info = struct.pack("<IiiHHIIiiII", 40, 60_000, 60_000, 1, 24, 0, 0, 0, 0, 0, 0)
    return page_with(b"BM" + struct.pack("<IHHI", 58, 0, 0, 54) + info + bytes(4), "p.bmp")


@drawn
def bmp_run_length_without_end() -> bytes:
    info = struct.pack("<IiiHHIIiiII", 40, 5000, 5000, 1, 8, 1, 0, 0, 0, 256, 0)
    return page_with(
        b"BM" + struct.pack("<IHHI", 0, 0, 0, 54 + 1024) + info + bytes(1024) + b"\0\2\1\1" * 200_000, "p.bmp"
    )


def tiff(width: int, height: int, compression: int, data: bytes, bits: int = 8) -> bytes:
    entries = ((256, 4, width), (257, 4, height), (258, 3, bits), (259, 3, compression), (262, 3, 1))
    entries += ((273, 4, 8), (277, 3, 1), (278, 4, height), (279, 4, len(data)))
    directory = struct.pack("<H", len(entries)) + b"".join(
        struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries
    )
    return b"II*\0" + struct.pack("<I", 8 + len(data)) + data + directory + bytes(4)


@reported(*BROKEN)
def tiff_of_the_largest_numbers() -> bytes:
    return page_with(tiff(0xFFFFFFFF, 0xFFFFFFFF, 1, bytes(16)), "p.tif")


@reported(*BROKEN)
def tiff_of_sixty_thousand_squared() -> bytes:
    return page_with(tiff(60_000, 60_000, 1, bytes(16)), "p.tif")


@drawn
def tiff_of_zeros_at_the_limit() -> bytes:
    return page_with(tiff(8400, 8400, 8, zlib.compress(bytes(8400 * 8400), 9)), "p.tif")


@drawn
def tiff_whose_directory_is_its_own_next() -> bytes:
    data = bytearray(tiff(100, 100, 1, bytes(10_000)))
    data[-4:] = data[4:8]
    return page_with(bytes(data), "p.tif")


def jpeg_header(width: int, height: int) -> bytes:
    frame = struct.pack(">BHHB", 8, height, width, 3) + b"\1\x22\0\2\x11\0\3\x11\0"
    return b"\xff\xd8\xff\xc2" + struct.pack(">H", len(frame) + 2) + frame


@reported(*BROKEN)
def jpeg_of_the_largest_numbers() -> bytes:
    return page_with(jpeg_header(65_500, 65_500) + b"\xff\xd9", "p.jpg")


@reported(*BROKEN)
def jpeg_of_ten_thousand_scans() -> bytes:
    """A progressive picture whose scans each go over the whole of it."""
    table = b"\xff\xdb\0\x43\0" + b"\1" * 64
    codes = b"\xff\xc4" + struct.pack(">H", 19 + 1) + b"\0" + b"\1" + bytes(15) + b"\0"
    scan = b"\xff\xda\0\x08\1\1\0\1\1\x10\0"
    return page_with(jpeg_header(2000, 2000) + table + codes + scan * 10_000 + b"\xff\xd9", "p.jpg")


def jpeg_2000(width: int, height: int, tile: int) -> bytes:
    size = struct.pack(">HIIIIIIIIH", 0, width, height, 0, 0, tile, tile, 0, 0, 3) + b"\7\1\1" * 3
    codestream = b"\xff\x4f\xff\x51" + struct.pack(">H", len(size) + 2) + size
    return codestream + b"\xff\x52\0\x0c\0\0\0\1\1\5\4\4\0\1\xff\x5c\0\x13\x40" + bytes(16) + b"\xff\xd9"


@reported(*BROKEN)
def jpeg_2000_of_sixty_thousand_squared() -> bytes:
    return page_with(jpeg_2000(60_000, 60_000, 60_000), "p.jp2")


@reported(*BROKEN)
def jpeg_2000_of_a_million_tiles() -> bytes:
    return page_with(jpeg_2000(8000, 8000, 1), "p.jp2")


def jbig2(width: int, height: int, region: int) -> bytes:
    page = struct.pack(">IIIIBH", width, height, 0, 0, 0, 0)
    generic = struct.pack(">IIIIB", region, region, 0, 0, 0) + b"\0" + bytes(8) + bytes(16)
    segments = b"".join(
        struct.pack(">IBBBI", number, kind, 0, 1, len(data)) + data
        for number, (kind, data) in enumerate(((48, page), (38, generic)))
    )
    return b"\x97JB2\r\n\x1a\n\1\0\0\0\1" + segments


@reported(*BROKEN)
def jbig2_of_the_largest_numbers() -> bytes:
    return page_with(jbig2(0xFFFFFFFF, 0xFFFFFFFF, 65_535), "p.jb2")


@reported(*BROKEN)
def jbig2_region_larger_than_its_page() -> bytes:
    return page_with(jbig2(100, 100, 60_000), "p.jb2")


@drawn
def one_picture_ten_thousand_times() -> bytes:
    single = page_with(png(2000, 2000, 8, 2, (b"\0" + bytes(6000)) * 2000), "p.png")
    image = b'<ofd:ImageObject ID="6" ResourceID="70" Boundary="0 0 1 1" CTM="1 0 0 1 0 0"/>'
    content = (
        b'<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Content><ofd:Layer ID="2">'
        + image * 10_000
        + b"</ofd:Layer></ofd:Content></ofd:Page>"
    )
    return with_parts(single, {"Doc_0/Pages/Page_0/Content.xml": content})
