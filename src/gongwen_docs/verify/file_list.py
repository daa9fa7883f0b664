"""Is every file of the package on the signed list, and nothing else? (GM/T 0099-2020 7.4.6)

The list names files; it says nothing about their content. So it adds a check and never stands for a seal: a
document with a good list and no seal is 未签章.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from gongwen_crypto import algorithms
from gongwen_crypto.algorithms import Strength
from gongwen_crypto.certificates import Certificate, verify_signature
from gongwen_crypto.errors import KnownError
from gongwen_docs.ofd.container import Package
from gongwen_docs.ofd.document import OfdDocument
from gongwen_docs.ofd.encryption.description import ENCRYPTIONS
from gongwen_docs.ofd.file_list import FileList, read_file_list
from gongwen_docs.seals.check import check_certificate
from gongwen_docs.seals.cms import covers, parse_cms
from gongwen_docs.seals.findings import Status, Step
from gongwen_docs.seals.model import SignedValue
from gongwen_docs.seals.times import readable
from gongwen_docs.seals.timestamp import check_time_stamp
from gongwen_docs.verify.parts import PartNames
from gongwen_docs.verify.signature import Circumstances
from gongwen_docs.verify.timing import Moments, check_time

_STEP = "file_list"
_MOST_NAMED = 20


@dataclass(frozen=True)
class ListResult:
    """Steps, and the list's own files where it holds: nobody else needs to protect these."""

    steps: tuple[Step, ...] = ()
    own: frozenset[str] = frozenset()


def check_file_list(
    document: OfdDocument, later: Collection[str], names: PartNames, circumstances: Circumstances
) -> ListResult:
    """Judge the list of ``document``. ``later`` are files of seals that hold by themselves and may have been
    put on after the list was made. Never raises for bad input."""
    package = document.package
    try:
        listed = read_file_list(package)
        if listed is None:
            return ListResult()
        text = package.read(listed.path)
        value = parse_cms(package.read(listed.signed_value_path))
        certificate, *others = map(Certificate.load, (value.certificate, *value.other_certificates))
    except (KnownError, ValueError, IndexError):
        return ListResult((Step(_STEP, Status.FAIL, "seal.file_list.unreadable"),))
    signature = _check_value(value, certificate, text)
    steps = [signature, *_check_signer(value, certificate, others, circumstances)]
    steps += _check_files(package, listed, later, names)
    holds = signature.status is Status.OK
    return ListResult(
        tuple(steps), frozenset({listed.path, listed.signed_value_path}) if holds else frozenset()
    )


def _check_value(value: SignedValue, certificate: Certificate, text: bytes) -> Step:
    facts = {"signer": certificate.subject, "time": readable(value.time)}
    digest = algorithms.digest_of_signature(value.algorithm)
    if digest is None or digest.strength is not Strength.GOOD:
        return Step(_STEP, Status.UNKNOWN, "seal.file_list.unsupported", {"algorithm": value.algorithm})
    message = text if value.signed_part is None else value.signed_part
    good = verify_signature(certificate.public_key, value.algorithm, message, value.signature)
    if not good or not covers(value, text):
        return Step(_STEP, Status.FAIL, "seal.file_list.tampered", facts)
    return Step(_STEP, Status.OK, facts=facts)


def _check_signer(
    value: SignedValue, certificate: Certificate, others: list[Certificate], known: Circumstances
) -> Iterator[Step]:
    """Who signed the list, and when. A list need not say when: then the certificate is judged as of now."""
    stamped = None
    if value.time_stamp is not None:
        step, stamped = check_time_stamp(value.time_stamp, value.signature, known.trust)
        yield step
    moments = Moments(value.time, stamped, known.witnessed_at, known.now)
    step, path = check_certificate(_STEP, "signer", certificate, known.trust, moments.signing, others)
    yield step
    if value.time is not None or stamped is not None:
        yield check_time(moments, [path], None)


def _check_files(
    package: Package, listed: FileList, later: Collection[str], names: PartNames
) -> Iterator[Step]:
    """The list speaks of the files as they lay there when it was made: before or after encryption."""
    files = set(listed.files)
    after_encryption = ENCRYPTIONS in files and listed.path not in package.decrypted
    present = set(package.stored_names if after_encryption else package.names)
    allowed = {listed.path, listed.signed_value_path, *later}
    doubled = sorted(path for path, times in Counter(listed.files).items() if times > 1)
    for code, paths in (
        ("seal.file_list.smuggled", sorted(present - files - allowed)),
        ("seal.file_list.missing", sorted(files - present - allowed)),
        ("seal.file_list.doubled", doubled),
    ):
        for path in paths[:_MOST_NAMED]:
            yield Step(_STEP, Status.FAIL, code, names.facts(path))
