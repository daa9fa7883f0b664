"""通讯录: regions, search by initials, cards, groups, the own unit's posts."""

from __future__ import annotations

from client.ui.driving import until
from client.ui.story import Story
from client.ui.town import UNITS, Town
from fakes.exchange import ALL_ROLES
from gongwen_client.ui.contacts.dialogs import ContactsDialog, GroupDialog
from gongwen_client.ui.contacts.page import ContactsPage
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.tasks import background
from gongwen_protocol.contacts import UnitContact
from gongwen_protocol.messages import Role
from gongwen_server.db.tables import AccountRow, UnitRow
from gongwen_server.services.sessions import written_roles
from gongwen_server.services.views import CONTACTS

OWN = UNITS[2][0]
POSTS = [("收发员", "0477-8588031", "工作日 8:30—17:30"), ("办公室值班", "0477-8588030", "24 小时")]


def tell(story: Story) -> None:
    """In a town of its own, whose units have telephones."""
    town = Town.found(story.town.home / "contacts")
    try:
        furnish(town)
        _tell(Story(town, story._look, story._size))
    finally:
        background.stop()
        town.stop()


def furnish(town: Town) -> None:
    """Posts, telephones, plates and batches; the clerk of one unit is its administrator too."""
    with town.exchange.exchange.writing() as session:
        for number, (code, _name, _region) in enumerate(UNITS):
            unit = session.get_one(UnitRow, code)
            unit.batch = number % 3 + 1
            unit.enabled_from = f"2026-0{number % 3 + 1}-01"
            unit.short_name = unit.name.removeprefix("示范市")
            if number % 4 != 2:
                posts = (UnitContact(post="收发员", phone=f"0477-85880{number:02}", note="工作日"),)
                unit.contacts = CONTACTS.dump_json(posts).decode()
            if number == 1:
                unit.plates = '["示范市物价局", "示范市粮食和物资储备局"]'
        account = (
            session.query(AccountRow).filter(AccountRow.unit_code == OWN, AccountRow.name == "clerk").one()
        )
        account.roles = written_roles(ALL_ROLES | {Role.ADMIN})


def opened(window: MainWindow) -> ContactsPage:
    """The page with its units."""
    window.open_page("contacts")
    page = window.pages["contacts"]
    assert isinstance(page, ContactsPage)
    until(lambda: len(page.table.rows.rows) == len(UNITS))
    return page


def _tell(story: Story) -> None:
    office = story.town.logged_in(OWN, key=False)
    other = story.town.logged_in(UNITS[4][0], key=False)
    other.duty.attended_check()
    until(lambda: len(office.contacts.units()) == len(UNITS))
    window = story.window(office)
    page = opened(window)
    until(lambda: page._ready)
    page.table.choose(UNITS[4][0])
    until(lambda: page.card.card is not None and page.card.card.unit.code == UNITS[4][0])
    story.picture(window, "contacts")
    until(lambda: page._index is not None)
    page.search.setText("wjj")
    until(lambda: len(page.table.rows.rows) == 1)
    until(lambda: page.card.card is not None and page.card.card.unit.code == UNITS[1][0])
    story.picture(window, "contacts-search")
    page.search.clear()
    until(lambda: len(page.table.rows.rows) == len(UNITS))
    page.table.selectAll()
    page.open_group()
    dialog = page.dialog
    assert isinstance(dialog, GroupDialog)
    dialog.name.setCurrentText("防汛指挥部成员单位")
    story.picture(dialog, "contacts-group-dialog")
    dialog.save()
    until(lambda: page.group is not None)
    until(lambda: bool(page.table.rows.rows))
    story.picture(window, "contacts-group")
    page.choose_place("all", "")
    page.table.choose(OWN)
    until(lambda: page.card.card is not None and page.card.card.own)
    page.open_change()
    change = page.dialog
    assert isinstance(change, ContactsDialog)
    change.fill([("收发员", "请打手机", "")], "电话变更")
    change.save()
    until(lambda: change.problem.isVisible())
    story.picture(change, "contacts-change-refused")
    change.fill(POSTS, "电话变更")
    change.save()
    until(lambda: page.dialog is None)
    until(lambda: page.card.card is not None and len(page.card.card.contacts) == len(POSTS))
    until(lambda: not page.notice.isVisible())
    story.picture(window, "contacts-own")
    page.open_history()
    until(lambda: page.dialog is not None)
    assert page.dialog is not None
    story.picture(page.dialog, "contacts-history")
    page.dialog.reject()
    story.town.exchange.stop()
    page.ask_readiness()
    until(lambda: page.notice.isVisible())
    story.picture(window, "contacts-offline")
    window.close()
    story.town.exchange.start()
