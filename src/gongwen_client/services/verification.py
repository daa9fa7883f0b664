"""The four checks of Ordos art. 10: body and attachments complete, seal valid, layout valid."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from gongwen_client.domain.rows import IncomingFiles
from gongwen_client.exchange.files import digest_file
from gongwen_client.render import RenderPool
from gongwen_client.store.documents import StoredDocument
from gongwen_crypto.errors import GongwenError
from gongwen_docs import inspect
from gongwen_docs.verify import Expectation, ExpectedSeal
from gongwen_protocol.messages import CheckResult, Finding, SealFact
from gongwen_protocol.sentences import Sentence, sentence

_SEAL = {
    "valid": Finding.OK,
    "warning": Finding.WARNING,
    "unknown": Finding.UNKNOWN,
    "invalid": Finding.FAILED,
    "unsigned": Finding.WARNING,
}
ENCRYPTED = "ofd.document.encrypted"
"""The file was encrypted after GM/T 0099 and has not been opened here."""
_PATIENCE = 3.0
"""Seconds that a received document's verdict waits for its layout; the rest of a long one is judged later."""
_ORDER = ("fail", "unknown", "warn")


@dataclass(frozen=True)
class Notice:
    """One thing that was noticed. ``status`` is that of its step; ``page`` counts from 0 and ``box`` is
    (x, y, width, height) in mm, both None for what has no place on the paper. ``signature`` counts from 0;
    None: it concerns the document."""

    status: str
    said: Sentence
    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    signature: int | None = None


@dataclass(frozen=True)
class Verification:
    """``report`` is gongwen_docs.verify Report.to_json(); ``checks`` the four checks of Ordos art. 10;
    ``notices`` are worst first. ``bundle`` is the answer about the evidence bundle that held the document.
    ``layout_pending``: the layout is unknown only because it was not judged to the end yet, which
    :func:`judge_layout` does."""

    report: dict[str, object]
    checks: CheckResult
    notices: tuple[Notice, ...]
    checked_at: datetime | None = None
    bundle: dict[str, object] | None = None
    layout_pending: bool = False

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """What was noticed, worst first, each once."""
        return tuple(dict.fromkeys(notice.said for notice in self.notices))


def judge(
    render: RenderPool,
    files: IncomingFiles,
    document: StoredDocument,
    *,
    trust_dir: Path,
    now: datetime,
    witnessed_at: datetime | None,
) -> Verification:
    """Verify downloaded files, whose digests were just compared with the exchange's metadata. The layout of
    very long documents is left pending."""
    report = render.verify(
        files.body.path,
        trust_dir=trust_dir,
        now=now,
        witnessed_at=witnessed_at,
        expected=_expectation(document),
    )
    layout, layout_notices, pending = _layout(render, files.body.path, _PATIENCE)
    checks = CheckResult(
        body=_body_finding(report),
        # Every attachment that the metadata name is here with its digest, or there would be no files.
        attachments=Finding.OK,
        seal=_SEAL[str(report["verdict"])],
        layout=layout,
        body_digest=files.body.digest,
    )
    notices = (*notices_of(report), *layout_notices)
    return Verification(report, checks, notices, now, layout_pending=pending)


def _expectation(document: StoredDocument) -> Expectation:
    """What the exchange's record says of the body: a seal taken away shows against it only."""
    return Expectation(expected_seals(document.seals), document.body.digest)


def expected_seals(facts: Iterable[SealFact]) -> tuple[ExpectedSeal, ...]:
    """Seals of the exchange's record as the verifier wants them."""
    return tuple(
        ExpectedSeal(fact.seal_name, fact.seal_id, fact.signature_id, fact.stamped_at) for fact in facts
    )


def judge_file(render: RenderPool, path: Path, *, trust_dir: Path | None, now: datetime) -> Verification:
    """Verify a file that did not come through the exchange: no promised seals, no attachments beside it, no
    witness of the time. Its layout is left pending."""
    report = render.verify(path, trust_dir=trust_dir, now=now)
    checks = checks_of(report, digest_file(path))
    return Verification(report, checks, notices_of(report), now, layout_pending=bool(report["opened"]))


def checks_of(report: Mapping[str, object], body_digest: str) -> CheckResult:
    """The four checks as far as the report on a lone file answers them."""
    body = _body_finding(report)
    return CheckResult(
        body=body,
        # Only those inside the file are known; they are among its parts.
        attachments=Finding.OK if body is Finding.OK else Finding.UNKNOWN,
        seal=_SEAL[str(report["verdict"])],
        layout=Finding.UNKNOWN,
        body_digest=body_digest,
    )


def _body_finding(report: Mapping[str, object]) -> Finding:
    """A body that is encrypted and was not opened yet is not faulty: nobody knows."""
    if not report["opened"]:
        return Finding.UNKNOWN if report["verdict"] == "unknown" else Finding.FAILED
    return Finding.FAILED if report["changed"] else Finding.OK


def judge_layout(render: RenderPool, path: Path, verification: Verification) -> Verification:
    """The same verification with the layout judged; looks at every page, which of a thousand takes many
    seconds. Others may draw in between."""
    layout, notices, _ = _layout(render, path, math.inf)
    checks = verification.checks.model_copy(update={"layout": layout})
    return replace(
        verification, checks=checks, notices=(*verification.notices, *notices), layout_pending=False
    )


def _layout(render: RenderPool, body: Path, patience: float) -> tuple[Finding, tuple[Notice, ...], bool]:
    """The finding, what was noticed, and whether patience (seconds) ended before the document did."""
    enough = time.monotonic() + patience
    noticed: list[Notice] = []
    try:
        render.check_parts(body)
        page: int | None = 0
        while page is not None:
            if time.monotonic() > enough:
                return Finding.UNKNOWN, (), True
            part = render.layout(body, page)
            noticed += map(_layout_notice, part.findings)
            page = part.next_page
    except GongwenError as error:
        if error.code == ENCRYPTED:
            return Finding.UNKNOWN, (), False
        return Finding.FAILED, (Notice("fail", sentence(error)),), False
    return (Finding.WARNING if noticed else Finding.OK), tuple(dict.fromkeys(noticed)), False


def _layout_notice(found: inspect.Finding) -> Notice:
    region = found.region
    box = None
    if region is not None:
        box = (region.left, region.top, region.right - region.left, region.bottom - region.top)
    return Notice("warn", sentence(found.code, **found.facts), found.page, box)


def notices_of(report: Mapping[str, object]) -> tuple[Notice, ...]:
    """What the steps of a report noticed, worst first, each once."""
    steps: list[tuple[int | None, dict[str, object]]] = [(None, step) for step in _dicts(report["steps"])]
    for number, signature in enumerate(_dicts(report["signatures"])):
        steps += [(number, step) for step in _dicts(signature["steps"])]
    notices = [Notice("unknown", sentence("seal.unsigned"))] if report["verdict"] == "unsigned" else []
    notices += [
        _notice(step, number)
        for status in _ORDER
        for number, step in steps
        if step["status"] == status and step["code"]
    ]
    return tuple(dict.fromkeys(notices))


def _notice(step: Mapping[str, object], signature: int | None) -> Notice:
    facts = _facts(step["facts"])
    said = sentence(str(step["code"]), **facts)
    page, box = place_of(facts)
    return Notice(str(step["status"]), said, page, box, signature)


def place_of(facts: Mapping[str, object]) -> tuple[int | None, tuple[float, float, float, float] | None]:
    """(page from 0, box in mm) of the facts of a step; None for what they do not tell."""
    page, box = facts.get("page"), facts.get("box")
    number = page - 1 if isinstance(page, int) and page > 0 else None
    if number is None or not isinstance(box, (list, tuple)) or len(box) != 4:
        return number, None
    x, y, width, height = (float(value) for value in box)
    return number, (x, y, width, height)


def _dicts(value: object) -> Iterable[dict[str, object]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _facts(value: object) -> dict[str, object]:
    return {str(name): fact for name, fact in value.items()} if isinstance(value, dict) else {}
