"""XML that swells, digs, lies about its encoding or reaches outside (attack class A13)."""

from __future__ import annotations

import random

from docs.bombs import drawn, page_refused, refused
from docs.bombs.containers import PAGE, harmless
from gongwen_docs.ofd.container import pack
from ofd_builder import NAMESPACE

_OPEN = f'<ofd:Page xmlns:ofd="{NAMESPACE}">'
_DOCTYPE = ("ofd.xml.doctype",)


def entity(number: int) -> str:
    return f"&l{number};"


def page(content: str | bytes) -> bytes:
    """A package whose only page has this file."""
    return pack(harmless() | {PAGE: content if isinstance(content, bytes) else content.encode()})


@page_refused(*_DOCTYPE)
def billion_laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{10 * entity(n - 1)}">' for n in range(1, 10))
    return page(f'<!DOCTYPE x [<!ENTITY l0 "ha">{entities}]><x>&l9;</x>')


@page_refused(*_DOCTYPE)
def quadratic_entity() -> bytes:
    return page(f'<!DOCTYPE x [<!ENTITY a "{100_000 * "a"}">]><x>{50_000 * "&a;"}</x>')


@page_refused(*_DOCTYPE)
def entity_from_a_file() -> bytes:
    return page('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>')


@page_refused(*_DOCTYPE)
def entity_from_the_network() -> bytes:
    return page('<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x/>')


@page_refused(*_DOCTYPE)
def parameter_entity() -> bytes:
    return page('<!DOCTYPE x [<!ENTITY % a SYSTEM "file:///dev/zero">%a;]><x/>')


@page_refused(*_DOCTYPE, "ofd.xml.damaged")
def declaration_in_utf_16() -> bytes:
    return page(
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'.encode("utf-16")
    )


@refused(*_DOCTYPE)
def declaration_in_the_entry() -> bytes:
    return pack(harmless() | {"OFD.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'})


@page_refused("ofd.xml.too_deep")
def nesting_beyond_the_limit() -> bytes:
    return page(_OPEN + "<ofd:PageBlock>" * 150 + "</ofd:PageBlock>" * 150 + "</ofd:Page>")


@page_refused("ofd.xml.damaged", "ofd.xml.too_deep")
def nesting_of_a_hundred_thousand() -> bytes:
    return page("<a>" * 100_000 + "</a>" * 100_000)


@page_refused("ofd.xml.too_large")
def a_million_attributes() -> bytes:
    attributes = " ".join(f'a{n}=""' for n in range(2_100_000))
    return page(f"{_OPEN[:-1]} {attributes}/>")


@page_refused("ofd.xml.too_large")
def two_million_children() -> bytes:
    return page(f"{_OPEN}{'<a/>' * 2_100_000}</ofd:Page>")


@page_refused("ofd.xml.too_large")
def more_bytes_than_allowed() -> bytes:
    noise = random.Random(1).randbytes(17 << 20).hex()
    return page(f"{_OPEN}{noise}</ofd:Page>")


@page_refused("ofd.xml.damaged")
def endless_text() -> bytes:
    return page(f"{_OPEN}{'a' * (20 << 20)}</ofd:Page>")


@page_refused("ofd.xml.damaged")
def endless_attribute() -> bytes:
    return page(f'{_OPEN[:-1]} a="{"a" * (20 << 20)}"/>')


@page_refused("ofd.xml.damaged")
def encoding_that_nobody_knows() -> bytes:
    return page('<?xml version="1.0" encoding="x-klingon"?><x/>')


@page_refused("ofd.xml.damaged")
def encoding_that_is_not_true() -> bytes:
    return page(b'<?xml version="1.0" encoding="UTF-8"?><x>\xff\xfe\xb9\xab</x>')


@page_refused("ofd.xml.damaged")
def cut_off_markup() -> bytes:
    return page(_OPEN + "<ofd:Content>")


@page_refused("ofd.xml.damaged")
def nothing_at_all() -> bytes:
    return page(b"")


@drawn
def include_of_a_system_file() -> bytes:
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd" parse="text"/>'
    return page(f"{_OPEN}{include}</ofd:Page>")


@drawn
def style_sheet_to_run() -> bytes:
    return page(f'<?xml-stylesheet type="text/xsl" href="file:///etc/passwd"?>{_OPEN}</ofd:Page>')


@drawn
def a_hundred_thousand_name_spaces() -> bytes:
    spaces = "".join(f'<a{n}:b xmlns:a{n}="urn:{n}"/>' for n in range(100_000))
    return page(f"{_OPEN}{spaces}</ofd:Page>")
