"""A backup holds every table there is: one that a backup forgets, or that is not filled here, fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, MetaData, select

from fakes.documents import letter, new_key, upload
from fakes.doors import DOORS
from fakes.exchange import QUICK
from fakes.world import PLATFORM, SENDER, STRANGER, World
from gongwen_protocol.announcements import NoticeKind
from gongwen_protocol.messages import LoginRequest, SealLedgerHead, UnitGroup
from gongwen_protocol.oa import OaScope
from gongwen_protocol.permissions import TABLE, Action
from gongwen_server.services import administration, backup, directory, notices, restoring
from gongwen_server.services.notices import Announcement

PASSWORD = "backup secret 3"
GROWS = {
    "restorations",
    "audit",
    "log_leaves",
    "log_nodes",
    "checkpoints",
    "ledger",
    "certificates",
    "profiles",
}
"""What the restoration itself goes on in."""
NOT_HERE = {"restorations"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = World(tmp_path / "home")
    yield found
    found.close()


def live(world: World) -> None:
    """Everything that can be asked of an exchange, once, by somebody who may."""
    for operation, door in DOORS.items():
        if door.ask is None:
            continue
        unit = sorted(door.owners)[0]
        if isinstance(door.opens, Action):
            role = sorted(TABLE[door.opens])[0]
            caller = world.platform if unit == PLATFORM else world.by_role[unit, role]
        else:
            scope = door.opens if isinstance(door.opens, OaScope) else OaScope.SEND
            caller = world.offices[unit, scope]
        answer = door.ask(world).by(caller, operation.split(" ")[0])
        assert answer.status_code < 500, (operation, answer.text)
    clerk = world.clerks[SENDER]
    head = SealLedgerHead(chain="a" * 64, sequence=4, digest="b" * 64)
    request = letter(upload(clerk, b"PK\3\4" + b"x" * 99), (STRANGER, 1), seal_ledger=head)
    assert clerk.post("/v1/documents", request, key=new_key()).status_code == 201
    wrong = LoginRequest(unit_code=SENDER, account="clerk", password="not this one")
    assert world.nobody().post("/v1/session", wrong).status_code == 401
    group = UnitGroup(name="市直部门", unit_codes=(SENDER, STRANGER))
    directory.set_groups(world.exchange.exchange, [group])
    greeting = Announcement(NoticeKind.ANNOUNCEMENT, "关于平台升级的公告", "本周六升级。", "平台管理员")
    notices.publish(world.exchange.exchange, greeting)
    world.exchange.stop()
    administration.renew_key(world.exchange.home)
    world.exchange.start()


def everything(engine: Engine) -> dict[str, Counter[tuple[object, ...]]]:
    """All rows of all tables."""
    metadata = MetaData()
    with engine.connect() as connection:
        metadata.reflect(connection)
        return {
            name: Counter(tuple(row) for row in connection.execute(select(table)))
            for name, table in metadata.tables.items()
        }


def test_every_row_of_every_table_comes_back(world: World, tmp_path: Path) -> None:
    live(world)
    exchange = world.exchange.exchange
    backup.back_up(exchange, tmp_path / "backup", PASSWORD)
    before = everything(exchange.database.engine)
    empty = {name for name, rows in before.items() if not rows}
    assert empty <= NOT_HERE, "a table that this test does not fill"
    restoring.restore(tmp_path / "backup", tmp_path / "again", PASSWORD, reason="演练")
    with administration.opened(tmp_path / "again", passwords=QUICK) as restored:
        after = everything(restored.database.engine)
        assert set(after) == set(before)
        for name, rows in before.items():
            assert not rows - after[name] or name == "ledger", f"{name} lost rows"
            assert name in GROWS or after[name] == rows, f"{name} is not as it was"
