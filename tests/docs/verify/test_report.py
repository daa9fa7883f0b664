"""How steps become a verdict: the worst decides, and the absence of signatures is never hidden."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from gongwen_docs.seals.findings import Status, Step
from gongwen_docs.verify import Report, SignatureReport, Verdict
from gongwen_docs.verify.parts import Part, PartKind

STATUSES = {
    Status.OK: Verdict.VALID,
    Status.WARN: Verdict.WARNING,
    Status.UNKNOWN: Verdict.UNKNOWN,
    Status.FAIL: Verdict.INVALID,
}
INDISPENSABLE = ("format", "signature", "signer_certificate", "time", "content", "coverage")
PASSED = tuple(Step(name, Status.OK) for name in INDISPENSABLE)


def signature(*statuses: Status) -> SignatureReport:
    """Every check was made; the format is judged by ``statuses``."""
    steps = tuple(Step("format", status, f"test.{status}") for status in statuses)
    return SignatureReport("s001", "ses_v4", (*PASSED[1:], *steps))


@pytest.mark.parametrize("status", STATUSES)
def test_the_worst_step_decides(status: Status) -> None:
    good = signature(Status.OK)
    assert Report((good, signature(Status.OK, status))).verdict is STATUSES[status]
    assert Report((good,), (Step("document", status),)).verdict is STATUSES[status]


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (Status.OK, Verdict.UNSIGNED),
        (Status.WARN, Verdict.UNSIGNED),
        (Status.UNKNOWN, Verdict.UNKNOWN),
        (Status.FAIL, Verdict.INVALID),
    ],
)
def test_no_signature_is_never_better_than_unsigned(status: Status, verdict: Verdict) -> None:
    assert Report(steps=(Step("signatures", status),)).verdict is verdict


@pytest.mark.parametrize("missing", INDISPENSABLE)
def test_a_check_that_was_not_made_is_never_valid(missing: str) -> None:
    made = tuple(step for step in PASSED if step.step != missing)
    assert Report((SignatureReport("s001", "ses_v4", made),)).verdict is Verdict.UNKNOWN
    failed = SignatureReport("s001", "ses_v4", (*made, Step("stamps", Status.FAIL)))
    assert Report((failed,)).verdict is Verdict.INVALID


def test_codes_come_worst_first_and_once() -> None:
    report = Report((signature(Status.WARN, Status.FAIL), signature(Status.OK, Status.WARN)))
    assert report.codes == ("test.fail", "test.warn", "test.ok")
    assert Report().codes == ("seal.unsigned",)


def test_intact_needs_every_step_of_integrity() -> None:
    passed = tuple(Step(name, Status.OK) for name in ("format", "signature", "content"))
    assert SignatureReport("s", "ses_v4", passed).intact
    assert SignatureReport("s", "ses_v4", (*passed, Step("signer_certificate", Status.FAIL))).intact
    assert not SignatureReport("s", "ses_v4", passed[:2]).intact
    assert not SignatureReport("s", "ses_v4", (*passed, Step("content", Status.UNKNOWN))).intact


def test_json_holds_plain_values_only() -> None:
    moment = datetime(2026, 11, 20, tzinfo=UTC)
    step = Step(
        "time", Status.OK, "seal.time.claimed_only", {"at": moment, "list": (1, None), "other": Status.OK}
    )
    part = Part("Doc_0/Pages/Page_0/Content.xml", PartKind.PAGE, 1)
    report = Report((SignatureReport("s001", "ses_v4", (step,), changed=(part,), claimed_time=moment),))
    data = json.loads(json.dumps(report.to_json()))
    assert data["verdict"] == "unknown"
    assert data["changed"] == [{"path": part.path, "kind": "page", "page": 1, "name": "", "text": "第 1 页"}]
    assert data["signatures"][0]["steps"][0]["facts"] == {
        "at": moment.isoformat(),
        "list": [1, None],
        "other": "ok",
    }
