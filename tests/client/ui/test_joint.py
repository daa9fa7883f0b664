"""Joint documents (联合行文): the order of the seals is seen, chosen and heeded, with a real office."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from client.ui.audit import clipped, nameless
from client.ui.driving import settle, until
from client.ui.town import Town
from gongwen_client.services.office import Office
from gongwen_client.ui.sealing.confirm import SealDialog
from gongwen_client.ui.sealing.flow import SealFlow
from gongwen_client.ui.sealing.placing import Way
from gongwen_docs.inspect import JointOrder
from gongwen_docs.write import DocumentInfo, OfdWriter, PageCanvas, Role, default_shelf
from gongwen_protocol.messages import Recipient, RecipientRole

OWN = "150600002"
NAMES = ("示范市教育局", "示范市发展和改革委员会", "示范市财政局")
MIDDLES = (50, 104, 158)
SIZE = 5.64
TITLE = "关于联合开展检查的通知"


def centred(page: PageCanvas, text: str, x: float, y: float) -> None:
    face = default_shelf().face(Role.FANG)
    page.text(x - sum(map(face.advance, text)) * SIZE / 2, y, text, face, SIZE)


def body(names: tuple[str, ...], *, dated: bool = True) -> bytes:
    """A page of a joint document: names in a row, the date below the last."""
    writer = OfdWriter(DocumentInfo(title=TITLE))
    page = writer.page()
    page.text(28, 60, "现将有关事项通知如下，请各单位认真贯彻执行。", default_shelf().face(Role.FANG), SIZE)
    for name, x in zip(names, MIDDLES, strict=False):
        centred(page, name, x, 150)
    if dated:
        centred(page, "2026年3月5日", MIDDLES[2], 160)
    return writer.to_bytes()


@pytest.fixture(scope="module")
def office(town: Town) -> Office:
    return town.logged_in(OWN)


Open = Callable[[bytes], SealDialog]


@pytest.fixture
def open_dialog(office: Office, tmp_path: Path, qtbot: QtBot) -> Iterator[Open]:
    """Opens 用印确认 for a body; the seal lies at the date."""
    parent = QWidget()
    qtbot.addWidget(parent)
    flows: list[SealFlow] = []

    def opened(data: bytes) -> SealDialog:
        path = tmp_path / "联合行文.ofd"
        path.write_bytes(data)
        document = office.drafts.create().document_id
        office.drafts.set_body(document, path)
        recipient = Recipient(unit_code="150600005", role=RecipientRole.MAIN, copies=1)
        office.drafts.set_recipients(document, (recipient,))
        elements = office.drafts.get(document).elements
        office.drafts.set_elements(document, elements.model_copy(update={"title": TITLE}))
        flow = SealFlow(parent, office, office.drafts.submit_for_seal(document), None)
        flows.append(flow)
        flow.begin()
        until(lambda: flow.dialog is not None and flow.dialog.view.place and flow.dialog.view.is_drawn)
        assert flow.dialog is not None
        return flow.dialog

    yield opened
    for flow in flows:
        if flow.dialog is not None:
            flow.dialog.reject()
    settle()


def way(dialog: SealDialog) -> Way:
    """How the seal is placed now."""
    return dialog.placing.way


def middle(dialog: SealDialog) -> float:
    """Where the seal's middle lies across the page, in mm."""
    place = dialog.view.place
    assert place is not None
    return place.x + place.width / 2


def test_the_order_is_preselected_by_the_units_name_and_can_be_changed(open_dialog: Open) -> None:
    dialog = open_dialog(body(NAMES))
    placing = dialog.placing
    assert way(dialog) is Way.DATE
    assert not placing.turn.isVisible()
    assert middle(dialog) == pytest.approx(MIDDLES[1], abs=2), "over its own name"
    placing.choose_way(Way.JOINT)
    until(lambda: placing.order == JointOrder(2, 3))
    assert (placing.turn.text(), placing.seals.text()) == ("第 2 个印章", "共 3 个")
    assert middle(dialog) == pytest.approx(MIDDLES[1], abs=2)
    placing.turn.setValue(1)
    until(lambda: abs(middle(dialog) - MIDDLES[0]) < 2)
    assert placing.order == JointOrder(1, 3)
    assert way(dialog) is Way.JOINT
    until(dialog.seal_button.isEnabled)
    assert [*nameless(dialog), *clipped(dialog)] == []


def test_without_names_the_seals_stand_in_rows_and_the_number_never_exceeds_the_count(
    open_dialog: Open,
) -> None:
    dialog = open_dialog(body(()))
    placing = dialog.placing
    at_the_date = middle(dialog)
    placing.choose_way(Way.JOINT)
    until(lambda: middle(dialog) < at_the_date - 40)
    assert placing.order == JointOrder(1, 2)
    placing.turn.setValue(2)
    until(lambda: middle(dialog) == pytest.approx(at_the_date, abs=1))
    placing.seals.setValue(4)
    placing.turn.setValue(4)
    placing.seals.setValue(3)
    assert placing.order == JointOrder(3, 3)


def test_without_a_date_there_is_no_order(open_dialog: Open) -> None:
    dialog = open_dialog(body((), dated=False))
    before = dialog.view.place
    dialog.placing.choose_way(Way.JOINT)
    until(dialog.problem.isVisible)
    assert "成文日期" in dialog.problem.text
    assert dialog.view.place == before


def test_a_seal_dragged_by_hand_is_no_longer_in_the_order(open_dialog: Open) -> None:
    dialog = open_dialog(body(NAMES))
    dialog.placing.choose_way(Way.JOINT)
    until(lambda: dialog.placing.order == JointOrder(2, 3))
    dialog.placing.from_top.setValue(200)
    assert way(dialog) is Way.HAND
    assert not dialog.placing.turn.isVisible()
