"""The check of a seal file (.esl) on its own, before it lies in a key or on a page."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_crypto.paths import TrustStore
from gongwen_docs.seals.check import check_seal
from gongwen_docs.seals.findings import Status, Step
from gongwen_docs.seals.model import Kind, Seal
from gongwen_docs.seals.parse import parse_seal
from gongwen_docs.seals.timestamp import check_time_stamp


def check_seal_file(
    data: bytes, trust: TrustStore, at: datetime, signer: Certificate | None = None
) -> tuple[Step, ...]:
    """Judge a seal file (.esl) as of ``at``, in the order of GM/T 0031-2014 6.1.2: its format first, then
    what :func:`check_seal` looks at, then the token of
    the seal (generation 5) and whether ``signer`` may seal with it. Never raises for bad input."""
    try:
        seal = parse_seal(data)
    except KnownError as error:
        return (Step("format", Status.FAIL, error.code),)
    old = seal.generation is Kind.SES_V1
    read = Step("format", Status.WARN, "seal.format.older_generation") if old else Step("format", Status.OK)
    steps = [read, *check_seal(seal, trust, at, signer)]
    if seal.time_stamp is not None:
        step, _ = check_time_stamp(seal.time_stamp, seal.signature, trust)
        steps.append(replace(step, step="seal_time_stamp"))
    if signer is not None:
        steps.append(_check_listed(seal, signer))
    return tuple(steps)


def _check_listed(seal: Seal, signer: Certificate) -> Step:
    """Whether the holder of ``signer`` may seal with it."""
    facts = {"signer": signer.subject, "seal": seal.name}
    if seal.lists(signer.der):
        return Step("signer_listed", Status.OK, facts=facts)
    return Step("signer_listed", Status.FAIL, "seal.signer.not_listed", facts)
