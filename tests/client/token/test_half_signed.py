"""Sealing a file with a key whose driver fails at any point: the file is whole or not there at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fakes.folder_token import PIN, VARIABLE, FolderToken
from fakes.units import circular
from gongwen_client.domain.drafts import StampPlace
from gongwen_client.render import RenderPool
from gongwen_client.services.stamping import stamp
from gongwen_client.token.keys import KeyInfo
from gongwen_client.token.proxy import Timeouts, TokenBroker
from gongwen_client.token.wire import BrokerConfig
from gongwen_crypto.errors import GongwenError
from gongwen_crypto.issue import Subject, Usage, issue, make_root
from gongwen_crypto.software import SoftwareSigner
from gongwen_docs.seal_artwork import draw_seal_picture
from gongwen_docs.seals.model import SealPicture
from gongwen_docs.seals.write import SealOrder, make_seal

UNIT = "示范区人民政府办公室"
NOW = datetime.now(UTC)
YEAR = timedelta(days=365)
PLACE = StampPlace(0, 100, 200, 42, 42)
CALLS = {
    "pkcs11": ("C_OpenSession", "C_FindObjects", "C_Login", "C_SignInit", "C_Sign"),
    "skf": ("SKF_ConnectDev", "SKF_VerifyPIN", "SKF_OpenContainer", "SKF_ECCSignData"),
}
ACTS = ("unplug", "segv", "0x30")


@pytest.fixture(scope="module")
def render() -> Iterator[RenderPool]:
    pool = RenderPool()
    yield pool
    pool.stop()


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FolderToken:
    made = FolderToken(tmp_path / "token")
    made.add_slot()
    pair = made.add_key(seal=b"")
    root = make_root(Subject("根", "根"), NOW - YEAR, NOW + YEAR)
    maker = SoftwareSigner.generate()
    maker = maker.with_certificate(
        issue(root, Subject("制章", "制章"), maker.public_key, Usage.SIGNING, NOW - YEAR, NOW + YEAR)
    )
    artwork = draw_seal_picture(UNIT)
    picture = SealPicture("PNG", artwork.png(), artwork.width_mm, artwork.height_mm)
    seal = make_seal(
        SealOrder(
            es_id="1",
            name=UNIT,
            certificates=[pair.certificate],
            picture=picture,
            created=NOW - YEAR,
            valid_from=NOW - YEAR,
            valid_to=NOW + YEAR,
        ),
        maker,
    )
    (made.folder / "slot1" / "1.esl").write_bytes(seal)
    monkeypatch.setenv(VARIABLE, str(made.folder))
    return made


@pytest.mark.parametrize("kind", ["pkcs11", "skf"])
def test_no_fault_leaves_half_a_seal(
    kind: str, token: FolderToken, render: RenderPool, tmp_path: Path
) -> None:
    """Every call of sealing × unplugging, crash, error: 27 sealings that fail, each followed by one that
    works with the very same key and file."""
    source, target = tmp_path / "body.ofd", tmp_path / "sealed.ofd"
    source.write_bytes(circular())
    before = source.read_bytes()
    config = (
        BrokerConfig(skf_modules=(token.skf(),)) if kind == "skf" else BrokerConfig(modules=(token.pkcs11(),))
    )
    broker = TokenBroker(config, timeouts=Timeouts(start=60, look=30, sign=30))
    try:
        key: KeyInfo = broker.list_keys()[0]
        for call in CALLS[kind]:
            for act in ACTS:
                token.play(**{call: act})
                with pytest.raises(GongwenError):
                    stamp(render, broker, key, PIN, source, target, PLACE, NOW)
                assert not target.exists(), f"{call} {act} left a file"
                assert source.read_bytes() == before
                token.play()
                token.plug()
        assert token.tries_left() == 6
        assert stamp(render, broker, key, PIN, source, target, PLACE, NOW)
        assert target.exists()
    finally:
        broker.stop()
