"""Screens by faults: what shows each, or why it cannot apply. A new page, view, dialog or step of the wizard
without its row here fails ``test_fault_table``."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Column(Enum):
    """The faults that every screen has to bear."""

    NO_NETWORK = "no network"
    REFUSED = "the exchange refuses or is out of order"
    SESSION = "the session ends in the middle of a form"
    KEY_OUT = "the key is pulled out"
    DISK_FULL = "the disk is full"
    PRINTER = "the printer is offline or out of paper"
    UNREADABLE = "a document that does not parse"
    MANY_DOCUMENTS = "100,000 documents"
    MANY_RECIPIENTS = "2,000 recipients"
    LONG_TITLE = "a title of 200 characters"
    RARE = "names beyond the basic plane"


@dataclass(frozen=True)
class Shown:
    """``test`` (file::function) shows it; ``scene`` is the parameter of a generated one."""

    test: str
    scene: str = ""


@dataclass(frozen=True)
class Never:
    """It cannot apply."""

    reason: str


Cell = Shown | Never
Row = dict[Column, Cell]

_ACTS = (Column.NO_NETWORK, Column.REFUSED, Column.SESSION, Column.KEY_OUT, Column.DISK_FULL)
_LOOKS = (Column.LONG_TITLE, Column.RARE)
_NO_PRINTER = Never("prints nothing")
_NO_FILE = Never("opens no document")
_ONE = Never("is about one document")
_FEW = Never("shows no list of units")
_LOCK = Shown("test_fault_cover.py::test_what_only_shows_is_covered_and_comes_back")


def _row(
    every: dict[Column, Cell],
    printer: Cell = _NO_PRINTER,
    unreadable: Cell = _NO_FILE,
    documents: Cell = _ONE,
    units: Cell = _FEW,
    **more: Cell,
) -> Row:
    rest = {
        Column.PRINTER: printer,
        Column.UNREADABLE: unreadable,
        Column.MANY_DOCUMENTS: documents,
        Column.MANY_RECIPIENTS: units,
    }
    return {**every, **rest, **{Column[name]: cell for name, cell in more.items()}}


def _act(file: str, scene: str) -> dict[Column, Cell]:
    """A generated test does its act under every fault and looks whether everything fits."""
    shown = Shown(f"test_faults_{file}.py::test_it_is_said_kept_and_done_once", scene)
    return dict.fromkeys((*_ACTS, *_LOOKS), shown)


def _page(name: str) -> dict[Column, Cell]:
    """A generated test looks at the page under every fault."""
    shown = Shown("test_faults_pages.py::test_a_page_says_what_is_wrong_and_is_well_again", name)
    fits = Shown("test_faults_pages.py::test_long_and_rare_names_fit_on_every_page", name)
    return {**dict.fromkeys(_ACTS, shown), **dict.fromkeys(_LOOKS, fits)}


def _reads(reason: str, fits: Cell) -> dict[Column, Cell]:
    """What shows only what was read before it opened."""
    nothing = dict.fromkeys((Column.NO_NETWORK, Column.REFUSED, Column.DISK_FULL), Never(reason))
    covered = dict.fromkeys((Column.SESSION, Column.KEY_OUT), _LOCK)
    return {**nothing, **covered, **dict.fromkeys(_LOOKS, fits)}


_LISTS = Shown("test_long_lists.py::test_only_the_rows_in_sight_are_read")
_BOOK = Shown("test_registers.py::test_a_long_book_is_turned_page_by_page")
_BOARD = Shown("test_tracking.py::test_two_thousand_units_are_filtered_and_stay_chosen")
_UNITS = Shown("test_recipients.py::test_two_thousand_units_are_chosen_sorted_and_counted")
_CONTACTS = Shown("test_contacts.py::test_two_thousand_units_with_long_and_rare_names")
_NO_DOCUMENT = Shown("test_receiving.py::test_what_is_no_document_is_said_and_goes_back")
_SHOW_WHY = Shown("test_reader.py::test_files_that_cannot_be_shown_say_why")
_OFF = Shown("test_printing.py::test_a_printer_that_is_off_takes_no_copy")
_NOT_OF_DOCUMENTS = Never("shows no list of documents")
_READ = "shows what was read before it opened"
_COVER = Shown("test_fault_cover.py::test_what_only_shows_is_covered_and_comes_back")
_LOGGED_OUT = Never("stands before the log-in or in its place")
_OF_THIS_PC = Never("opens a file of this PC")
_PINS = _act("office", "SelfTestDialog")[Column.KEY_OUT]
_LOCAL = Never("is done on this PC alone")
_FIT = Shown("test_fault_cover.py::test_long_and_rare_names_fit")

PAGES: dict[str, Row] = {
    "ArchivePage": _row(_page("archive"), documents=_BOOK),
    "BookPage": _row(_page("receive_register"), documents=_BOOK),
    "CheckMarkPage": _row(
        _page("copy_marks"), unreadable=Shown("test_printing.py::test_checking_paper"), documents=_ONE
    ),
    "ContactsPage": _row(_page("contacts"), documents=_NOT_OF_DOCUMENTS, units=_CONTACTS),
    "DiagnosticsPage": _row(_page("diagnostics"), documents=_NOT_OF_DOCUMENTS),
    "DocumentList": _row(_page("sent"), documents=_LISTS),
    "FindPage": _row(_page("find"), documents=_LISTS),
    "PaperBookPage": _row(_page("paper_register"), documents=_LISTS),
    "HandoverPage": _row(_page("handover"), documents=_NOT_OF_DOCUMENTS),
    "HomePage": _row(_page("home"), documents=_LISTS),
    "KeysPage": _row(_page("keys"), documents=_NOT_OF_DOCUMENTS),
    "NoticesPage": _row(
        _page("notices"),
        unreadable=Shown("test_notices.py::test_files_are_judged_without_the_exchange"),
        documents=_NOT_OF_DOCUMENTS,
    ),
    "PreferencesPage": _row(
        {
            **_page("settings"),
            Column.DISK_FULL: Shown(_act("office", "")[Column.DISK_FULL].test, "PreferencesPage"),
        },
        documents=_NOT_OF_DOCUMENTS,
    ),
    "RequestsPage": _row(_page("requests"), documents=_LISTS),
    "SealLedgerPage": _row(_page("seal_ledger"), documents=_LISTS),
    "StatisticsPage": _row(
        _page("statistics"),
        documents=_NOT_OF_DOCUMENTS,
        units=Shown("test_statistics.py::test_tables_say_what_pictures_show"),
    ),
}


def _view(name: str) -> dict[Column, Cell]:
    shown = Shown("test_faults_views.py::test_an_open_document_says_what_is_wrong_and_is_well_again", name)
    return dict.fromkeys((*_ACTS, *_LOOKS), shown)


def _broken(name: str) -> Shown:
    return Shown("test_faults_views.py::test_a_file_that_does_not_parse_is_named", name)


VIEWS: dict[str, Row] = {
    "IncomingView": _row(_view("incoming"), _OFF, _NO_DOCUMENT, units=_FEW),
    "OutgoingView": _row(_view("outgoing"), unreadable=_broken("outgoing"), units=_UNITS),
    "SentView": _row(_view("sent"), unreadable=_broken("sent"), units=_BOARD),
    "ComposePage": _row(
        _act("making", "ComposePage"),
        unreadable=Shown(
            "test_trouble.py::test_a_file_that_is_no_document_is_explained_and_what_was_typed_stays"
        ),
        units=_UNITS,
    ),
    "LocalView": _row(
        {
            **_reads("reads a file of this PC", Shown("test_reader.py::test_nothing_is_nameless_or_clipped")),
            Column.DISK_FULL: Shown("test_faults_views.py::test_a_copy_that_finds_no_room_is_explained"),
        },
        unreadable=_SHOW_WHY,
    ),
    "BundleView": _row(
        {
            **_reads("reads a file of this PC", Shown("test_seal_panel.py::test_many_seals_and_long_names")),
            Column.DISK_FULL: Shown("test_faults_views.py::test_a_copy_that_finds_no_room_is_explained"),
        },
        unreadable=Shown("test_seal_panel.py::test_what_is_no_bundle_is_refused"),
    ),
}

DIALOGS: dict[str, Row] = {
    # what follows on a sent document
    **{
        name: _row(_act("tracking", name), units=_BOARD)
        for name in (
            *("RemindDialog", "RecallDialog", "ResendDialog", "CallDialog", "CorrectDialog"),
            *("GrantDialog", "RefuseDialog"),
        )
    },
    "PhotographDialog": _row(
        {
            **dict.fromkeys(
                (Column.NO_NETWORK, Column.REFUSED),
                Shown("test_photographs.py::test_a_photograph_that_cannot_be_had_is_said"),
            ),
            **dict.fromkeys(
                (Column.SESSION, Column.KEY_OUT),
                Shown("test_photographs.py::test_it_is_covered_with_the_window_and_comes_back"),
            ),
            Column.DISK_FULL: Never("what is shown stays in memory"),
            **dict.fromkeys(
                _LOOKS,
                Shown("test_photographs.py::test_it_is_chosen_beside_the_request_and_seen_by_the_sender"),
            ),
        },
        unreadable=Shown("test_photographs.py::test_it_is_chosen_beside_the_request_and_seen_by_the_sender"),
    ),
    "tracking.PaperDialog": _row(_act("tracking", "tracking.PaperDialog"), units=_BOARD),
    "CloseReturnsDialog": _row(_act("tracking", "CloseReturnsDialog"), documents=_LISTS),
    "LineDialog": _row(_act("tracking", "LineDialog")),
    "UrgeManyDialog": _row(_act("tracking", "UrgeManyDialog"), documents=_LISTS, units=_BOARD),
    # what came
    **{
        name: _row(_act("receiving", name))
        for name in ("ReturnDialog", "AskDialog", "ReplyDialog", "ArrivalDialog", "DeputyDialog")
    },
    "PrintDialog": _row(_act("receiving", "PrintDialog"), _OFF, _NO_DOCUMENT),
    "CopyDialog": _row(_act("receiving", "CopyDialog"), unreadable=_NO_DOCUMENT),
    "UnsealDialog": _row(
        {
            **dict.fromkeys(_ACTS, Shown("test_unseal.py::test_a_pin_opens_the_document")),
            **dict.fromkeys(_LOOKS, Never("names no document")),
        }
    ),
    # making, sealing, sending
    **{
        name: _row(_act("making", name), units=_UNITS)
        for name in ("RecipientsDialog", "CopiesDialog", "SendDialog", "ElementsDialog", "GiveUpSealDialog")
    },
    "SecrecyDialog": _row(_act("making", "SecrecyDialog")),
    "DiscardDialog": _row(_act("making", "DiscardDialog")),
    "DiscardManyDialog": _row(_act("making", "DiscardManyDialog"), documents=_LISTS),
    "SealDialog": _row(_act("making", "SealDialog"), unreadable=_broken("outgoing")),
    "PinDialog": _row(_act("making", "SealDialog")),
    # books and archive
    "registers.PaperDialog": _row(_act("books", "registers.PaperDialog")),
    "EntryDialog": _row(_act("books", "EntryDialog")),
    "PrintSheetsDialog": _row(
        _act("books", "PrintSheetsDialog"),
        Shown("test_faults_views.py::test_a_book_is_printed_when_the_printer_is_well_again"),
        documents=_BOOK,
    ),
    "UseDialog": _row(_reads(_READ, _FIT)),
    "ArchiveDialog": _row(
        _act("books", "ArchiveDialog"),
        unreadable=Shown("test_registers.py::test_what_cannot_be_archived_is_said"),
        documents=_BOOK,
    ),
    "CheckDialog": _row(
        _reads("reads a folder of this PC", _FIT),
        unreadable=Shown("test_faults_views.py::test_a_folder_of_rubbish_is_no_archive"),
        documents=_BOOK,
    ),
    "LeaveOutDialog": _row(_act("books", "LeaveOutDialog")),
    "HandoverDialog": _row(_act("books", "HandoverDialog"), documents=_LISTS),
    # address book, duty, reports
    **{
        name: _row(_act("office", name), documents=_NOT_OF_DOCUMENTS, units=_CONTACTS)
        for name in ("ContactsDialog", "GroupDialog", "RenameDialog")
    },
    "HistoryDialog": _row(_reads(_READ, _FIT), documents=_NOT_OF_DOCUMENTS),
    "LeaveDialog": _row(_act("office", "LeaveDialog"), documents=_NOT_OF_DOCUMENTS),
    "NoticesDialog": _row(
        {
            **dict.fromkeys(
                (Column.NO_NETWORK, Column.REFUSED),
                Shown("test_notices.py::test_without_an_exchange_the_log_in_says_nothing_of_notices"),
            ),
            **dict.fromkeys((Column.SESSION, Column.KEY_OUT), _LOGGED_OUT),
            Column.DISK_FULL: Shown(
                "test_faults_pages.py::test_a_page_says_what_is_wrong_and_is_well_again", "notices"
            ),
            **dict.fromkeys(_LOOKS, _FIT),
        },
        unreadable=Shown("test_notices.py::test_files_are_judged_without_the_exchange"),
        documents=_NOT_OF_DOCUMENTS,
    ),
    "FaultDialog": _row(
        _act("office", "FaultDialog"),
        Shown("test_faults_views.py::test_a_report_is_printed_when_the_printer_is_well_again"),
        documents=_NOT_OF_DOCUMENTS,
    ),
    "BundleDialog": _row(_act("office", "BundleDialog"), documents=_NOT_OF_DOCUMENTS),
    "TerminalDialog": _row(_reads(_READ, Never("names no document")), documents=_NOT_OF_DOCUMENTS),
    # keys and passwords
    "SelfTestDialog": _row(_act("office", "SelfTestDialog"), documents=_NOT_OF_DOCUMENTS),
    "CustodyDialog": _row(_act("office", "CustodyDialog"), documents=_NOT_OF_DOCUMENTS),
    "ChangePinDialog": _row(
        {
            **dict.fromkeys((Column.NO_NETWORK, Column.REFUSED), _LOCAL),
            **dict.fromkeys(
                (Column.SESSION, Column.KEY_OUT, *_LOOKS), _act("office", "SelfTestDialog")[Column.KEY_OUT]
            ),
            Column.DISK_FULL: Never("the key keeps its PIN, not this PC"),
        },
        documents=_NOT_OF_DOCUMENTS,
    ),
    "ImportKeyDialog": _row(
        {
            **dict.fromkeys((Column.NO_NETWORK, Column.REFUSED), _LOCAL),
            **dict.fromkeys((Column.SESSION, Column.KEY_OUT), _COVER),
            Column.DISK_FULL: Shown("test_fault_cover.py::test_a_key_file_that_is_none_is_explained"),
            **dict.fromkeys(_LOOKS, Never("names no document")),
        },
        unreadable=Shown("test_fault_cover.py::test_a_key_file_that_is_none_is_explained"),
        documents=_NOT_OF_DOCUMENTS,
    ),
    "PasswordDialog": _row(
        {
            **dict.fromkeys(_ACTS, Shown("test_fault_cover.py::test_a_password_is_changed_after_all_faults")),
            **dict.fromkeys(_LOOKS, Never("names no document")),
        },
        documents=_NOT_OF_DOCUMENTS,
    ),
    "UnlockDialog": _row(
        {
            **dict.fromkeys(
                (Column.NO_NETWORK, Column.REFUSED, Column.SESSION), Never("opens a file of this PC")
            ),
            Column.KEY_OUT: Shown("test_unlock.py::test_no_fitting_key_names_the_recipients"),
            Column.DISK_FULL: Never("what is opened stays in memory"),
            **dict.fromkeys(_LOOKS, Shown("test_unlock.py::test_password")),
        },
        unreadable=Shown("test_unlock.py::test_an_unknown_scheme_says_which"),
    ),
}

_WIZARD = Shown("test_help.py::test_the_wizard_writes_the_settings_and_is_taken_up_again")
_OFFLINE_STEP = Shown("test_fault_cover.py::test_the_wizard_without_network_key_or_printer")
_BEFORE = Never("the wizard comes before the log-in")


def _step(printer: Cell = _NO_PRINTER, key: Cell = Never("needs no key")) -> Row:
    return _row(
        {
            Column.NO_NETWORK: _OFFLINE_STEP,
            Column.REFUSED: _OFFLINE_STEP,
            Column.SESSION: _BEFORE,
            Column.KEY_OUT: key,
            Column.DISK_FULL: _WIZARD,
            **dict.fromkeys(_LOOKS, Never("names no document")),
        },
        printer,
        documents=_NOT_OF_DOCUMENTS,
    )


STEPS: dict[str, Row] = {
    "ExchangeStep": _step(),
    "DeviceStep": _step(),
    "KeyStep": _step(key=_OFFLINE_STEP),
    "PrinterStep": _step(_OFFLINE_STEP),
    "ContactsStep": _step(),
    "TrainingStep": _step(),
}

FRAMES: frozenset[str] = frozenset(
    {
        *("TablePage", "ListPage", "FormSheet", "ReachForm", "_DeliveriesForm", "NamingSheet", "_PinSheet"),
        *("CheckedPage",),
    }
)
"""What others are made of; nobody opens them."""

SCREENS: dict[str, Row] = {**PAGES, **VIEWS, **DIALOGS, **STEPS}
