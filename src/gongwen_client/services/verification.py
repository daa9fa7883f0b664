"""The four checks of Ordos art. 10: body and attachments complete, seal valid, layout valid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gongwen_client.domain.rows import IncomingFiles
from gongwen_client.exchange.files import digest_file
from gongwen_client.render import RenderPool
from gongwen_client.store.documents import StoredDocument
from gongwen_crypto.errors import GongwenError
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
_LAYOUT_CODES = frozenset({"document.font_not_embedded", "document.invisible_text", "document.off_page_text"})
_ORDER = ("fail", "unknown", "warn")


@dataclass(frozen=True)
class Verification:
    """``report`` is gongwen_docs.verify Report.to_json(); ``checks`` the four checks of Ordos art. 10;
    ``sentences`` say what was noticed, worst first."""

    report: dict[str, object]
    checks: CheckResult
    sentences: tuple[Sentence, ...]


def judge(
    render: RenderPool,
    files: IncomingFiles,
    document: StoredDocument,
    *,
    trust_dir: Path,
    now: datetime,
    witnessed_at: datetime | None,
) -> Verification:
    """Verify downloaded files, whose digests were just compared with the exchange's metadata."""
    report = render.verify(
        files.body.path,
        trust_dir=trust_dir,
        now=now,
        witnessed_at=witnessed_at,
        expected=_expectation(document),
    )
    layout, layout_sentences = _layout(render, files.body.path)
    complete = bool(report["opened"]) and not report["changed"]
    checks = CheckResult(
        body=Finding.OK if complete else Finding.FAILED,
        # Every attachment that the metadata name is here with its digest, or there would be no files.
        attachments=Finding.OK,
        seal=_SEAL[str(report["verdict"])],
        layout=layout,
        body_digest=files.body.digest,
    )
    return Verification(report, checks, (*_noticed(report), *layout_sentences))


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
    witness of the time. Its layout is left unknown; ``judge_layout`` takes longer."""
    report = render.verify(path, trust_dir=trust_dir, now=now)
    complete = bool(report["opened"]) and not report["changed"]
    checks = CheckResult(
        body=Finding.OK if complete else Finding.FAILED,
        # Only those inside the file are known; they are among its parts.
        attachments=Finding.OK if complete else Finding.UNKNOWN,
        seal=_SEAL[str(report["verdict"])],
        layout=Finding.UNKNOWN,
        body_digest=digest_file(path),
    )
    return Verification(report, checks, _noticed(report))


def judge_layout(render: RenderPool, path: Path, verification: Verification) -> Verification:
    """The same verification with the layout judged; looks at every page."""
    layout, sentences = _layout(render, path)
    checks = verification.checks.model_copy(update={"layout": layout})
    return Verification(verification.report, checks, (*verification.sentences, *sentences))


def _layout(render: RenderPool, body: Path) -> tuple[Finding, tuple[Sentence, ...]]:
    try:
        render.check_parts(body)
        found = [finding for finding in render.inspect(body).findings if finding.code in _LAYOUT_CODES]
    except GongwenError as error:
        return Finding.FAILED, (sentence(error),)
    finding = Finding.WARNING if found else Finding.OK
    return finding, tuple(sentence(one.code, **one.facts) for one in found)


def _noticed(report: Mapping[str, object]) -> tuple[Sentence, ...]:
    steps = [*_dicts(report["steps"])]
    for signature in _dicts(report["signatures"]):
        steps += _dicts(signature["steps"])
    noticed = [step for status in _ORDER for step in steps if step["status"] == status and step["code"]]
    sentences = [sentence(str(step["code"]), **_facts(step["facts"])) for step in noticed]
    if report["verdict"] == "unsigned":
        sentences.append(sentence("seal.unsigned"))
    return tuple(dict.fromkeys(sentences))


def _dicts(value: object) -> Iterable[dict[str, object]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _facts(value: object) -> dict[str, object]:
    return {str(name): fact for name, fact in value.items()} if isinstance(value, dict) else {}
