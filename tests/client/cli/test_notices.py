"""``gongwen notice check`` on files good and bad, with nothing but the exchange's certificate."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gongwen_client.cli import main
from gongwen_client.host.places import Places
from gongwen_client.store import Store
from gongwen_client.store.notes import Notes
from gongwen_crypto.software import SoftwareSigner
from gongwen_protocol.announcements import (
    Notice,
    NoticeKind,
    Outage,
    OutageService,
    SignedNotice,
    sign_notice,
)
from gongwen_protocol.canonical import canonical_bytes
from gongwen_server.services.administration import fresh_signer

NOW = datetime.now(UTC)


@pytest.fixture
def signer(tmp_path: Path) -> SoftwareSigner:
    """The exchange's key; its certificate lies beside."""
    found = fresh_signer("示范市电子公文交换中心", None)
    (tmp_path / "receipt.cer").write_bytes(found.certificate_der)
    return found


def notice(**changed: object) -> Notice:
    fields: dict[str, object] = {
        "notice_id": "a" * 32,
        "exchange": "示范市电子公文交换中心",
        "kind": NoticeKind.OUTAGE,
        "title": "停机通知",
        "text": "机房检修。",
        "issued_at": NOW - timedelta(hours=1),
        "issued_by": "平台管理员",
        "valid_until": NOW + timedelta(days=7),
        "outage": Outage(
            begins=NOW,
            services=(OutageService.ALL,),
            measures="改用机要渠道。",
            contact="值班室 0477-8588000",
        ),
    }
    return Notice.model_validate(fields | changed)


def check(tmp_path: Path, signed: SignedNotice | bytes, *more: str) -> int:
    path = tmp_path / "停机.gwnotice"
    path.write_bytes(signed if isinstance(signed, bytes) else canonical_bytes(signed))
    return main(["notice", "check", str(path), *(more or ("--certificate", str(tmp_path / "receipt.cer")))])


def test_a_good_file(tmp_path: Path, signer: SoftwareSigner, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(tmp_path, sign_notice(notice(), signer)) == 0
    out = capsys.readouterr().out
    assert out.startswith("签名正确，由「示范市电子公文交换中心」平台管理员签发")
    assert "改用机要渠道" in out


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"valid_until": NOW - timedelta(minutes=1)}, "notice.expired"),
        ({"issued_at": NOW + timedelta(hours=1)}, "notice.from_future"),
    ],
)
def test_times_that_do_not_fit(
    tmp_path: Path,
    signer: SoftwareSigner,
    capsys: pytest.CaptureFixture[str],
    changed: dict[str, object],
    code: str,
) -> None:
    assert check(tmp_path, sign_notice(notice(**changed), signer)) == 1
    assert code in capsys.readouterr().out


def test_forged_and_foreign(
    tmp_path: Path, signer: SoftwareSigner, capsys: pytest.CaptureFixture[str]
) -> None:
    signed = sign_notice(notice(), signer)
    forged = signed.model_copy(update={"notice": notice(text="请把公文发到另一地址。")})
    assert check(tmp_path, forged) == 1
    assert "notice.forged" in capsys.readouterr().out
    assert check(tmp_path, sign_notice(notice(), fresh_signer("别的交换中心", None))) == 1
    assert "notice.foreign" in capsys.readouterr().out


def test_no_notice_and_no_exchange(
    tmp_path: Path, signer: SoftwareSigner, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(tmp_path, b"PK\x03\x04") == 2
    assert "notice.unreadable" in capsys.readouterr().err
    assert check(tmp_path, sign_notice(notice(), signer), "--home", str(tmp_path / "fresh")) == 2
    assert "notice.no_exchange" in capsys.readouterr().err


def test_what_this_pc_remembers_is_enough(
    tmp_path: Path, signer: SoftwareSigner, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "pc"
    places = Places.below(home)
    places.prepare()
    store = Store(places.data / "gongwen.db", places.data / "drafts")
    store.notes.set(Notes.SERVER_CERTIFICATE, base64.b64encode(signer.certificate_der).decode())
    signed = sign_notice(notice(), signer)
    assert check(tmp_path, signed, "--home", str(home)) == 0
    recovery = notice(
        notice_id="b" * 32, kind=NoticeKind.RECOVERY, title="恢复运行", outage=None, refers_to="a" * 32
    )
    store.notices.add(sign_notice(recovery, signer), by_file=False)
    store.close()
    capsys.readouterr()
    assert check(tmp_path, signed, "--home", str(home)) == 2  # replayed after the end of the outage
    assert "notice.withdrawn" in capsys.readouterr().err
