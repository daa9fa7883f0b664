"""What an encrypted package can do to its reader: each is refused with a code, none shows other content."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from docs.encryption.ciphers import OPENER, encrypted, stored
from docs.office import document_parts
from gongwen_crypto import sm4
from gongwen_crypto.errors import KnownError
from gongwen_docs.limits import Limits
from gongwen_docs.ofd.container import Package, pack
from gongwen_docs.ofd.document import OfdDocument
from gongwen_docs.ofd.encryption.description import MAX_LAYERS

Parts = dict[str, bytes]


def refusal(parts: Parts | bytes, limits: Limits | None = None) -> str:
    data = parts if isinstance(parts, bytes) else pack(parts)
    with pytest.raises(KnownError) as caught:
        OfdDocument.open(data, limits or Limits(), openers=[OPENER])
    return caught.value.code


def mapped(change: Callable[[str], str]) -> Parts:
    """A package whose map, kept in plain, was changed."""
    parts = stored(encrypted(hide_map=False))
    parts["entriesmap.dat"] = change(parts["entriesmap.dat"].decode()).encode()
    return parts


DOCUMENT = '<ofd:EncryptEntry Path="/Doc_0/Document.xml" EPath="/Doc_0/document.dat"/>'


def entry(path: str, place: str) -> Callable[[str], str]:
    """The map with another entry in the place of Document.xml's."""
    return lambda text: text.replace(DOCUMENT, f'<ofd:EncryptEntry Path="{path}" EPath="{place}"/>')


@pytest.mark.parametrize(
    "change",
    [
        entry("/../outside.xml", "/Doc_0/document.dat"),
        entry("/Doc_0/../../outside.xml", "/Doc_0/document.dat"),
        entry("/Doc_0\\Document.xml", "/Doc_0/document.dat"),
        entry("C:/Document.xml", "/Doc_0/document.dat"),
        entry("", "/Doc_0/document.dat"),
        entry("/Doc_0/Document.xml", ""),
        entry("/Doc_0/Document.xml", "/../document.dat"),
        entry("/Doc_0/Document.xml", "/nothing.dat"),
        entry("/Doc_0/Document.xml", "/entriesmap.dat"),
        entry("/Doc_0/Document.xml", "/decryptseed.dat"),
        entry("/Doc_0/Document.xml", "/Encryptions.xml"),
        entry("/Encryptions.xml", "/Doc_0/document.dat"),
        entry("/entriesmap.dat", "/Doc_0/document.dat"),
        lambda text: text.replace(DOCUMENT, DOCUMENT * 2),
        lambda text: text.replace(DOCUMENT, DOCUMENT + DOCUMENT.replace("Document.xml", "Other.xml")),
    ],
)
def test_a_map_leads_from_own_files_into_the_package(change: Callable[[str], str]) -> None:
    assert refusal(mapped(change)) == "ofd.encryption.bad_map"


def test_names_that_differ_in_case_alone_are_refused() -> None:
    changed = entry("/ofd.XML", "/Doc_0/document.dat")
    assert refusal(mapped(changed)) == "ofd.container.duplicate_name"


def test_a_file_in_the_place_of_a_folder_is_refused() -> None:
    assert refusal(mapped(entry("/Doc_0", "/Doc_0/document.dat"))) == "ofd.container.duplicate_name"


def test_a_million_entries_are_refused() -> None:
    many = "".join(f'<e:EncryptEntry Path="/{n}" EPath="/x"/>' for n in range(1_000_000))
    swollen = mapped(lambda _text: f'<e:EncryptEntries xmlns:e="x" ID="1">{many}</e:EncryptEntries>')
    assert refusal(swollen) in ("ofd.encryption.bad_map", "ofd.xml.too_large")


def test_more_entries_than_a_package_may_have_are_refused() -> None:
    assert refusal(encrypted(), Limits(entries=len(document_parts()))) == "ofd.container.bomb"
    few = Limits(entries=20)
    many = "".join(f'<EncryptEntry Path="/{n}" EPath="/x"/>' for n in range(21))
    assert refusal(mapped(lambda _text: f"<EncryptEntries>{many}</EncryptEntries>"), few) == (
        "ofd.encryption.bad_map"
    )


def damaged() -> list[Parts]:
    """Ways to spoil a ciphertext or what leads to it."""
    good, other = stored(encrypted()), stored(encrypted())
    text = good["decryptseed.dat"].decode()
    start = text.index("<ofd:IVValue>") + len("<ofd:IVValue>")
    iv = text[start : text.index("</ofd:IVValue>")]

    def with_iv(data: bytes) -> Parts:
        changed = text.replace(iv, base64.b64encode(data).decode())
        return {**good, "decryptseed.dat": changed.encode()}

    cipher = good["Doc_0/document.dat"]
    flipped = cipher[:-17] + bytes((cipher[-17] ^ 1,)) + cipher[-16:]
    return [
        {**good, "Doc_0/document.dat": document_parts()["Doc_0/Document.xml"]},  # plain in its place
        {**good, "Doc_0/document.dat": cipher[:-16]},  # cut by a block
        {**good, "Doc_0/document.dat": cipher[:-1]},
        {**good, "Doc_0/document.dat": b""},
        {**good, "Doc_0/document.dat": flipped},  # the padding does not hold
        {**good, "entriesmap.dat": other["entriesmap.dat"]},
        {**good, "entriesmap.dat": b"<other/>"},
        {**good, "decryptseed.dat": other["decryptseed.dat"]},  # the same password, another file
        {**good, "decryptseed.dat": b"\x00"},
        {**good, "decryptseed.dat": text.replace('ID="1"', 'ID="2"').encode()},
        {**good, "Encryptions.xml": b"<Encryptions><EncryptInfo/></Encryptions>"},
        with_iv(bytes(15)),
        with_iv(bytes(17)),
        {name: data for name, data in good.items() if name != "decryptseed.dat"} | {"OFD.xml": b"<OFD/>"},
    ]


@pytest.mark.parametrize("number", range(14))
def test_whatever_is_damaged_has_one_code(number: int) -> None:
    parts = damaged()[number]
    assert refusal(parts) == "ofd.encryption.damaged"


def test_a_document_type_in_a_decrypted_file_is_refused() -> None:
    parts = document_parts()
    parts["Doc_0/Document.xml"] = b'<!DOCTYPE a [<!ENTITY b "c">]>' + parts["Doc_0/Document.xml"]
    assert refusal(encrypted(parts)) == "ofd.xml.doctype"


def test_a_bomb_inside_is_no_larger_than_its_ciphertext() -> None:
    parts = document_parts() | {"Doc_0/zeros.bin": bytes(4_000_000)}
    assert refusal(encrypted(parts), Limits(part_bytes=3_000_000)) == "ofd.container.bomb"


def test_numbers_in_the_description_steer_no_work() -> None:
    parts = stored(encrypted())
    seed = parts["decryptseed.dat"].replace(
        b"<ofd:ExtendParams/>",
        b'<ofd:ExtendParams><ofd:Parameter Name="Iterations">999999999999</ofd:Parameter></ofd:ExtendParams>',
    )
    assert seed != parts["decryptseed.dat"]
    with OfdDocument.open(pack({**parts, "decryptseed.dat": seed}), openers=[OPENER]) as document:
        assert len(document.pages) == 2


def test_circles_and_too_many_layers_are_refused() -> None:
    parts = stored(encrypted())
    once = parts["Encryptions.xml"].decode()
    circle = once.replace('ID="1"', 'ID="1" Relative="1"')
    assert refusal({**parts, "Encryptions.xml": circle.encode()}) == "ofd.encryption.damaged"
    info = once[once.index("<ofd:EncryptInfo") : once.index("</ofd:Encryptions>")]
    copies = "".join(info.replace('ID="1"', f'ID="{number}"') for number in range(2, MAX_LAYERS + 2))
    many = once.replace("</ofd:Encryptions>", copies + "</ofd:Encryptions>")
    assert refusal({**parts, "Encryptions.xml": many.encode()}) == "ofd.encryption.damaged"


def test_an_unknown_scheme_is_named() -> None:
    parts = stored(encrypted())
    seed = parts["decryptseed.dat"].replace(b'EncryptCaseId="1.1.1"', b'EncryptCaseId="1.1.7"')
    with pytest.raises(KnownError) as caught:
        OfdDocument.open(pack({**parts, "decryptseed.dat": seed}), openers=[OPENER])
    assert (caught.value.code, caught.value.facts) == ("ofd.encryption.unknown_scheme", {"scheme": "1.1.7"})


def test_a_scheme_left_out_is_told_from_the_users() -> None:
    parts = stored(encrypted())
    seed = parts["decryptseed.dat"].replace(b' EncryptCaseId="1.1.1"', b"")
    with OfdDocument.open(pack({**parts, "decryptseed.dat": seed}), openers=[OPENER]) as document:
        assert len(document.pages) == 2


def test_an_encrypted_file_may_stand_under_its_own_name() -> None:
    """Ciphertext in the place of the plain file: unambiguous, and simple producers do it."""
    parts = mapped(lambda text: text.replace("/Doc_0/document.dat", "/Doc_0/Document.xml"))
    parts["Doc_0/Document.xml"] = parts.pop("Doc_0/document.dat")
    with OfdDocument.open(pack(parts), openers=[OPENER]) as document:
        assert len(document.pages) == 2
        assert not document.package.replaced


def test_an_iv_left_out_means_zeros() -> None:
    parts, name = stored(encrypted(hide_map=False)), "decryptseed.dat"
    with Package.open(pack(parts)) as package:
        from gongwen_docs.ofd.encryption.description import read_seed

        seed = read_seed(package, name)
    user = seed.users[0]
    found = OPENER.open(seed)
    assert found is not None
    zero = bytes(sm4.IV_LENGTH)
    wrapped = b"".join(sm4.encrypt_cbc(OPENER.key, zero, (found.key,)))
    text = parts[name].decode()
    text = text.replace(base64.b64encode(user.wrapped_key).decode(), base64.b64encode(wrapped).decode())
    begin, end = text.index("<ofd:IVValue>"), text.index("</ofd:IVValue>") + len("</ofd:IVValue>")
    parts[name] = (text[:begin] + text[end:]).encode()
    for place, data in parts.items():
        if place not in (name, "entriesmap.dat", "Encryptions.xml"):
            plain = b"".join(sm4.decrypt_cbc(found.key, found.iv, (data,)))
            parts[place] = b"".join(sm4.encrypt_cbc(found.key, zero, (plain,)))
    with OfdDocument.open(pack(parts), openers=[OPENER]) as document:
        assert len(document.pages) == 2
