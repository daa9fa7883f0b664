"""What a document may cost us at most, before any of its bytes is believed.

One dataclass, so that every limit has a reason and a place, and a test can try each at the limit and one
beyond it (S1 of the reliability bars; clause A13 of the attack catalogue: bombs).
"""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Upper bounds for one document. Sizes are bytes, counts are pieces."""

    package_bytes: int = 100 * MIB
    """Size of the file itself: the exchange takes documents up to 100 MB."""

    entries: int = 20_000
    """Files in one package. A thousand pages with resources of their own need about 5,000 (GB/T 33190 §6)."""

    name_bytes: int = 512
    """Length of one package path; the longest seen in real files has 90 bytes."""

    part_bytes: int = 100 * MIB
    """One uncompressed file. A 600 dpi colour A4 page as BMP has 100 MB."""

    total_bytes: int = 400 * MIB
    """All uncompressed files together: keeps a worker that reads everything below 512 MB (S1)."""

    ratio: int = 200
    """Compression ratio above which a file counts as a bomb once it is larger than ``ratio_floor_bytes``."""

    ratio_floor_bytes: int = 32 * MIB
    """Below this size every ratio passes: blank scans really do compress a thousandfold."""

    xml_bytes: int = 32 * MIB
    """One XML file. The largest page description seen in real files has 4 MB."""

    xml_marks: int = 2_000_000
    """Brackets and equals signs of one XML file: each element or attribute costs the parser some 200 bytes,
    however short it is. A page description of 4 MB has some 300,000."""

    xml_depth: int = 100
    """Nesting of elements. Page blocks may nest without bound (§7.7); real files stay below 15."""

    pages: int = 20_000
    """Pages of one document."""

    page_objects: int = 80_000
    """Graphic units painted on one page, composites and pattern cells included: some seconds of drawing.
    The fullest page of the real files at hand has 144, maps have some 50,000."""

    path_bytes: int = MIB
    """Text of one path: 100,000 steps. The longest of the real files at hand has 3.4 kB (§9.1)."""

    repeated_objects: int = 20_000
    """Graphic units painted from inside composites and pattern cells: what one line of a file can multiply
    (§13). Units that the page itself lists are bounded by ``xml_bytes``."""

    seal_objects: int = 20_000
    """Graphic units of a seal that is an OFD document itself; real ones have some hundred."""

    nesting: int = 16
    """Composite objects, pattern cells and seal documents inside one another (§13)."""

    image_pixels: int = 72_000_000
    """Pixels of one decoded picture: A3 at 600 dpi has 70 million. Decoders allocate four bytes for each, and
    a worker shall stay below 512 MB (S1)."""

    image_bytes: int = 288 * MIB
    """Memory that decoding one picture may take, below the 512 MB of a worker (S1)."""

    svg_bytes: int = 4 * MIB
    """One SVG picture. Seals drawn as vectors have 5 to 300 kB."""

    svg_elements: int = 20_000
    """Elements of an SVG picture with every ``use`` written out."""

    render_pixels: int = 40_000_000
    """Pixels of one rendered picture: A4 at 600 dpi has 35 million. Paper gets vectors, not pixels."""

    glyphs_per_text: int = 100_000
    """Glyphs of one text object."""


DEFAULT_LIMITS = Limits()
