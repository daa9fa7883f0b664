"""List the files of a package and sign the list (GM/T 0099-2020 7.4.3), the last thing done to a package."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import BinaryIO

from gongwen_crypto import cms, sm3
from gongwen_crypto.signer import Signer
from gongwen_docs.ofd.container import Package
from gongwen_docs.ofd.file_list import FILE_LIST
from gongwen_docs.ofd.rewrite import rewrite
from gongwen_docs.seals.times import CHINA
from gongwen_docs.write.markup import Element

_SIGNED_VALUE = "signedvalue.dat"


def add_file_list(
    package: Package,
    target: BinaryIO,
    signer: Signer,
    at: datetime,
    stamp: Callable[[bytes], bytes] | None = None,
) -> None:
    """Write ``package`` with the signed list of its files. ``stamp`` makes a time-stamp token (DER) over the
    signature value. A list that is there already is replaced."""
    names = [name for name in package.names if name not in (FILE_LIST, _SIGNED_VALUE)]
    listed = Element("OFDEntries", {"ID": "1"})
    listed.add("CreatorName", "gongwen")
    listed.add("Version", "1.0")
    listed.add("CreationDate", at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S"))
    listed.add("SignedValueLoc", f"/{_SIGNED_VALUE}")
    files = listed.add("FileList")
    for number, name in enumerate(names, 2):
        files.add("File", f"/{name}", ID=number)
    text = listed.to_bytes()
    content = sm3.digest(text)  # the digest is the content that is signed, as GB/T 35275 is used here
    certificates = (signer.certificate_der,)
    draft = cms.draft(content, sm3.digest(content), certificates, signer.algorithm_oid, at=at)
    value = signer.sign(draft.to_sign)
    tokens = () if stamp is None else ((cms.TIME_STAMP, stamp(value)),)
    rewrite(package, target, {FILE_LIST: text, _SIGNED_VALUE: draft.complete(value, tokens)})
