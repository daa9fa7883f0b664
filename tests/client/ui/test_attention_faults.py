"""A document asks louder until somebody looks, whatever happens to network, window, clock and sound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from client.ui.chapters.tracking import next_monday
from client.ui.driving import until
from client.ui.town import PIN, UNITS, Town
from fakes.clock import FakeClock
from fakes.exchange import PASSWORD
from fakes.meddler import Fault, Meddler, nothing
from gongwen_client.domain.attention import Attention, Step
from gongwen_client.domain.rows import Connection
from gongwen_client.services.office import Office
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.tasks import background
from gongwen_protocol.messages import Recipient, RecipientRole

SENDER, RECEIVER = UNITS[4][0], UNITS[6][0]
TITLE = "关于做好防汛工作的通知"


@dataclass
class Desk:
    """The receiver's window. The exchange has a clock of its own: that of the PC may be set wrong."""

    town: Town
    gate: Meddler
    exchange_clock: FakeClock
    pc_clock: FakeClock
    sender: Office
    office: Office
    window: MainWindow
    told: list[str] = field(default_factory=list)
    rang: list[Step] = field(default_factory=list)
    looked: list[Attention] = field(default_factory=list)

    def look(self) -> Attention:
        """The next look of the notifier, which looks every half minute."""
        before = len(self.looked)
        self.window.attendance.notifier.look()
        until(lambda: len(self.looked) > before)
        return self.looked[-1]

    def pass_time(self, **duration: float) -> Attention:
        """By both clocks; then the notifier looks."""
        self.exchange_clock.advance(**duration)
        self.pc_clock.advance(**duration)
        return self.look()

    def offset_is(self, hours: float) -> bool:
        """Whether the PC knows how far its clock is behind the exchange's."""
        return abs(self.office.duty.state().server_time_offset - hours * 3600) < 60

    def arrive(self) -> str:
        """A document comes that nobody looks at."""
        office = self.sender
        document = office.drafts.create().document_id
        draft = office.drafts.set_body(document, self.town.body)
        office.drafts.set_elements(document, draft.elements.model_copy(update={"title": TITLE}))
        to = (Recipient(unit_code=RECEIVER, role=RecipientRole.MAIN, copies=1),)
        office.drafts.set_recipients(document, to)
        office.drafts.submit_for_seal(document)
        key = office.sealing.keys()[0].key_id
        office.sealing.seal(document, key, PIN, office.sealing.suggest(document, key))
        office.sending.send(document)
        until(lambda: any(row.document_id == document for row in self.office.incoming.list()))
        until(lambda: bool(self.told) and self.looked[-1].step >= Step.NEW)
        return document


@pytest.fixture
def desk(tmp_path: Path, qapp: object) -> Iterator[Desk]:
    exchange_clock, pc_clock = FakeClock(next_monday()), FakeClock(next_monday())
    town = Town.found(tmp_path / "home", exchange_clock)
    sender = town.logged_in(SENDER)
    gate = Meddler(town.exchange.url)
    town.address, town.clock = gate.url, pc_clock
    office = town.logged_in(RECEIVER, key=False)
    window = MainWindow(office)
    window.resize(1366, 768)
    window.show()
    found = Desk(town, gate, exchange_clock, pc_clock, sender, office, window)
    window.attendance.notifier.sound = False
    window.attendance.notifier.told.connect(found.told.append)
    window.attendance.notifier.rang.connect(found.rang.append)
    window.attendance.notifier.looked.connect(found.looked.append)
    until(lambda: office.duty.state().connection is Connection.ONLINE)
    found.look()
    yield found
    window.close()
    background.stop()
    gate.stop()
    town.stop()


def test_without_sound_tray_and_network_it_grows_louder_all_the_same(desk: Desk) -> None:
    assert not desk.window.attendance.notifier.has_tray, "this desktop has none"
    desk.arrive()
    assert desk.told == [f"{desk.town.names[SENDER]} 发来《{TITLE}》"]
    until(desk.window.toast.isVisible)
    desk.gate.begin(lambda _operation, _before: Fault.LOST_REQUEST)
    desk.office.duty.poll_now()
    until(lambda: desk.office.duty.state().connection is not Connection.ONLINE)
    assert desk.pass_time(minutes=31).step is Step.AGAIN
    assert not desk.window.attendance.bar.isVisible()
    assert desk.pass_time(minutes=95).step is Step.URGENT
    assert desk.rang == [Step.NEW, Step.AGAIN, Step.URGENT]
    until(desk.window.attendance.bar.isVisible)
    assert TITLE in desk.window.attendance.bar.text
    desk.window.attendance.attend()
    until(lambda: "network." in desk.window.toast.text)
    assert desk.look().step is Step.URGENT, "a look that the exchange did not hear of does not count"
    desk.gate.begin(nothing)
    desk.office.duty.poll_now()
    until(lambda: desk.office.duty.state().connection is Connection.ONLINE)
    desk.window.attendance.attend()
    until(lambda: desk.look().step is Step.NONE)
    assert not desk.window.attendance.bar.isVisible()


def test_a_locked_window_goes_on_asking_and_names_no_title(desk: Desk) -> None:
    desk.window.lock()
    desk.arrive()
    assert desk.told == ["有 1 份新公文，请解锁后查收。"]
    until(lambda: "1 份公文待收" in desk.window._lock._waiting.text())
    assert desk.pass_time(minutes=31).step is Step.AGAIN
    desk.pass_time(minutes=95)
    assert desk.rang == [Step.NEW, Step.AGAIN, Step.URGENT]
    assert not desk.window.attendance.bar.isVisible(), "it is behind the lock"
    desk.window._lock.password.setText(PASSWORD)
    desk.window._lock.unlock()
    until(desk.window.attendance.bar.isVisible)
    assert TITLE in desk.window.attendance.bar.text


def test_a_pc_that_slept_rings_at_once_when_it_wakes(desk: Desk) -> None:
    desk.arrive()
    desk.pass_time(minutes=31)
    assert desk.rang == [Step.NEW, Step.AGAIN]
    desk.pass_time(minutes=1)
    assert len(desk.rang) == 2, "not twice within the gap"
    desk.pass_time(minutes=40)  # asleep: nothing looked, and the clock that counts being awake stood still
    assert desk.rang == [Step.NEW, Step.AGAIN, Step.AGAIN]
    asleep_until_tomorrow = desk.pass_time(hours=24)
    assert asleep_until_tomorrow.step is Step.URGENT
    assert desk.rang[-1] is Step.URGENT


def test_a_clock_that_is_set_wrong_changes_nothing_for_long(desk: Desk) -> None:
    desk.arrive()
    desk.pass_time(minutes=31)
    for hours in (-26, 9):
        desk.pc_clock.set_wall(desk.exchange_clock.now() + timedelta(hours=hours))
        desk.look()
        desk.office.duty.poll_now()
        until(lambda hours=hours: desk.offset_is(-hours))
        assert desk.look().step is Step.AGAIN, "deadlines go by the exchange's clock"
    rung = len(desk.rang)
    desk.pass_time(minutes=95)
    assert desk.looked[-1].step is Step.URGENT
    assert desk.rang[rung:] == [Step.URGENT]
    until(desk.window.attendance.bar.isVisible)
