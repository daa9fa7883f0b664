"""Help and safety: wizard, diagnosis and reports, settings, state of the PC, help, lock, rehearsal."""

from __future__ import annotations

from client.ui.driving import settle, until
from client.ui.story import Story
from client.ui.town import PIN, UNITS
from gongwen_client.domain.checks import CheckState
from gongwen_client.domain.preferences import Locks
from gongwen_client.host.places import Places
from gongwen_client.services.office import Office, OfficeSettings
from gongwen_client.services.preferences import PreferenceService
from gongwen_client.services.training import Training, TrainingTicket
from gongwen_client.ui.diagnostics.bundle_dialog import BundleDialog
from gongwen_client.ui.diagnostics.fault_dialog import FaultDialog
from gongwen_client.ui.diagnostics.page import DiagnosticsPage
from gongwen_client.ui.diagnostics.view import DiagnosticsWindow
from gongwen_client.ui.first_run.window import FirstRunWindow
from gongwen_client.ui.login.window import LoginWindow
from gongwen_client.ui.preferences.page import PreferencesPage
from gongwen_client.ui.safety import Safety
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.training.preparing import PreparingWindow
from gongwen_client.ui.training.stripe import TrainingStripe
from gongwen_protocol.faults import FaultAnswer, FaultKind
from gongwen_server.services import faults
from gongwen_server.services.ledger import Ledger

NEW_PC, CLERK = UNITS[7][0], UNITS[2][0]
TICKET = TrainingTicket(
    server_url="http://127.0.0.1:1",
    home="",
    slot="",
    trust="",
    parcel="",
    printed="",
    unit_code="11990000MB0000001A",
    unit_name="示范市人民政府办公室",
    account="shoufa",
    password="yunzhong-jiaohuan-61",
    pin="260918",
    counterpart="示范市财政局",
)


def tell(story: Story) -> None:
    """A new PC from the wizard on; then a clerk's day with faults."""
    office = _wizard(story)
    _before_log_in(story, office)
    office = story.town.logged_in(CLERK)
    window = story.window(office)
    safety = Safety(window, office, None)
    _diagnosis(story, office, window)
    _settings(story, office, window)
    _help(story, window, safety)
    window.lock()
    story.picture(window, "locked")
    window.close()
    _training(story, office)


def _wizard(story: Story) -> Office:
    town = story.town
    places = Places.below(town.home / "new-pc")
    places.prepare()
    town.plug_key(places.keyfiles, NEW_PC)

    def open_office(address: str) -> Office:
        settings = OfficeSettings(address, (), (), town.trust, town.home / "printed-new", 1.0)
        office = Office(places, settings)
        office.start()
        town.offices.append(office)
        return office

    wizard = FirstRunWindow(places.config, open_office)
    wizard.show()
    wizard.exchange.address.setText("http://127.0.0.1:9")
    wizard.exchange.test()
    until(lambda: bool(wizard.exchange.card.checks))
    story.picture(wizard, "wizard-unreachable")
    wizard.exchange.address.setText(town.exchange.url)
    wizard.exchange.test()
    until(lambda: wizard.exchange.fingerprint.isVisible())
    wizard.exchange.agreed.setChecked(True)
    story.picture(wizard, "wizard-exchange")
    wizard.forward()
    until(lambda: wizard.page is wizard.device)
    story.picture(wizard, "wizard-device")
    wizard.later()
    until(lambda: wizard.key.test_button.isEnabled())
    wizard.key.ask()
    dialog = wizard.key.dialog
    assert dialog is not None
    dialog.entries[0].fields[0].setText(PIN)
    dialog.act_button.click()
    until(lambda: wizard.key.ready)
    story.picture(wizard, "wizard-key")
    wizard.forward()
    until(lambda: wizard.printer.printer.count() > 0)
    wizard.printer.printer.setCurrentIndex(wizard.printer.printer.count() - 1)
    wizard.printer.print()
    until(lambda: wizard.printer.exact.isVisible())
    wizard.printer.exact.click()
    story.picture(wizard, "wizard-printer")
    wizard.forward()
    story.picture(wizard, "wizard-contacts")
    wizard.later()
    story.picture(wizard, "wizard-training")
    office = wizard.office
    assert office is not None
    wizard.close()
    return office


def _before_log_in(story: Story, office: Office) -> None:
    login = LoginWindow(office)
    login.show()
    story.picture(login, "login-ways")
    login.close()
    window = DiagnosticsWindow(office.diagnostics, office)
    window.present()
    until(lambda: not window.view.busy)
    story.picture(window, "diagnosis-before-log-in")
    window.close()


def _diagnosis(story: Story, office: Office, window: MainWindow) -> None:
    page = window.pages["diagnostics"]
    assert isinstance(page, DiagnosticsPage)
    window.open_page("diagnostics")
    until(lambda: not page.view.busy)
    story.picture(window, "diagnosis")
    page.view.choose(FaultKind.SEAL)
    page.view.write_fault()
    dialog = page.view.dialog
    assert isinstance(dialog, FaultDialog)
    dialog.said.setPlainText("打开今天上午收到的公文，印章的位置是空白，只有“印章未能显示”几个字。")
    dialog.contact.setText("教育局收发室 8123456")
    story.picture(dialog, "fault-report")
    dialog.send()
    until(lambda: any(not case.waits for case in office.faults.cases()))
    ticket = office.faults.cases()[0].report.ticket_id
    exchange = story.town.exchange.exchange
    with exchange.writing() as session:
        ledger = Ledger(exchange, session)
        said = FaultAnswer(answer="该单位的印章用了旧格式，已通知其重发，请明天上午查收。")
        faults.answer(ledger, "平台管理员", None, ticket, said)
        ledger.close()
    page.view.refresh_cases()
    until(lambda: bool(page.view.cases.cards and "重发" in page.view.cases.cards[0].accessibleName()))
    story.picture(window, "fault-answered")
    page.view.make_bundle()
    until(lambda: isinstance(page.view.dialog, BundleDialog))
    bundle = page.view.dialog
    assert bundle is not None
    story.picture(bundle, "bundle-preview")
    bundle.reject()


def _settings(story: Story, office: Office, window: MainWindow) -> None:
    page = window.pages["settings"]
    assert isinstance(page, PreferencesPage)
    window.open_page("settings")
    until(lambda: page.computer.health.word != "")
    settle()
    story.picture(window, "settings")
    page.area.ensureWidgetVisible(page.about)
    story.picture(window, "settings-about")
    page.computer.show_terminal()
    dialog = page.computer.dialog
    assert dialog is not None
    assert any(check.state is CheckState.OK for check in dialog.card.checks)
    story.picture(dialog, "terminal")
    dialog.reject()
    own = office.preferences
    locks = Locks({"idle_minutes": 5, "sound": True}, "市政府办公室统一要求。")
    office.preferences = PreferenceService(office.places.config, locks)
    locked = PreferencesPage(office)
    locked.resize(page.size())
    locked.show()
    locked.reload()
    story.picture(locked, "settings-locked")
    locked.close()
    office.preferences = own


def _help(story: Story, window: MainWindow, safety: Safety) -> None:
    window.open_page("pending")
    safety.help.open()
    until(lambda: safety.help.dock.isVisible())
    story.picture(window, "help")
    safety.help.panel.search.setText("口令")
    story.picture(window, "help-search")
    safety.help.close()


def _training(story: Story, office: Office) -> None:
    preparing = PreparingWindow(Training(office.places))
    preparing.show()
    story.picture(preparing, "training-preparing")
    preparing.close()
    login = LoginWindow(office, TICKET.unit_code, TICKET.account)
    login.rehearse(TrainingStripe(TICKET, narrow=True), TICKET.password)
    login.show()
    story.picture(login, "training-login")
    login.close()
    window = story.window(office)
    safety = Safety(window, office, TICKET)
    assert safety.parent() is window
    story.picture(window, "training")
    window.close()
