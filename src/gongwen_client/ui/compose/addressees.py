"""接收单位和打印份数 of a draft: chosen, counted, compared with the body's 主送 and 抄送, kept on disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gongwen_client.domain.drafts import Draft
from gongwen_client.services.addressing import Addressing
from gongwen_client.services.office import Office
from gongwen_client.services.send_review import DraftLook
from gongwen_client.ui.compose.autosave import Autosave
from gongwen_client.ui.compose.comparison_view import ComparisonView
from gongwen_client.ui.compose.copies import CopiesGrid
from gongwen_client.ui.compose.copies_dialog import CopiesDialog
from gongwen_client.ui.compose.paper_form import PaperForm
from gongwen_client.ui.compose.recipients_dialog import RecipientsDialog
from gongwen_client.ui.tasks import work
from gongwen_protocol.messages import Recipient, RecipientRole, Unit


class Addressees(QObject):
    """``copies`` and ``comparison`` are laid out by ``page``; ``dialog`` is the open one; ``kept`` saves."""

    refused = Signal(object)
    """Why a dialog could not be opened."""

    def __init__(self, page: QWidget, office: Office, draft: Draft, paper: PaperForm) -> None:
        super().__init__(page)
        self._page, self._office, self._draft, self._paper = page, office, draft, paper
        self._look: DraftLook | None = None
        self._units: dict[str, Unit] = {}
        self.dialog: RecipientsDialog | CopiesDialog | None = None
        self.copies, self.comparison = CopiesGrid(), ComparisonView()
        self.kept = Autosave(self, self._to_save)
        self.copies.changed.connect(lambda _recipients: self.kept.touch())
        self.copies.pick_wanted.connect(self.pick)
        self.copies.grid_wanted.connect(self.set_copies)
        self.comparison.add_wanted.connect(self._add)
        self.comparison.remove_wanted.connect(self._remove)
        self.comparison.role_wanted.connect(self._give_role)

    def show_units(self, units: tuple[Unit, ...]) -> None:
        """The directory has come."""
        self._units = {unit.code: unit for unit in units}
        self._show(self.copies.recipients or self._draft.recipients)
        if self._look is not None:
            self.show_look(self._look)

    def show_draft(self, draft: Draft) -> None:
        """The draft as it is on disk; what was chosen since then stays."""
        self._draft = draft
        if not self.kept.typed:
            self._show(draft.recipients)

    def show_look(self, look: DraftLook) -> None:
        """What the checks found."""
        self._look = look
        self.comparison.show_comparison(look.comparison, self._units)

    def pick(self) -> None:
        """选择主送、抄送单位."""

        def ask(addressing: Addressing) -> None:
            dialog = RecipientsDialog(self._page, self._office, addressing, self.copies.recipients)
            dialog.chosen.connect(self.choose)
            self._open(dialog)

        self._with_addressing(ask)

    def set_copies(self) -> None:
        """设置打印份数."""
        papers = self._paper.attachments()
        required = self._look.copies_required if self._look else ""

        def ask(addressing: Addressing) -> None:
            groups = (*addressing.own_groups, *addressing.groups)
            chosen = self.copies.recipients
            dialog = CopiesDialog(self._page, chosen, self._units, groups, papers, required)
            dialog.chosen.connect(self.choose)
            dialog.papers_chosen.connect(self._paper.share_out)
            self._open(dialog)

        self._with_addressing(ask)

    def choose(self, recipients: tuple[Recipient, ...]) -> None:
        """These units from now on."""
        self._show(recipients)
        self.kept.touch()
        self.kept.flush()

    def _to_save(self) -> Callable[[], Draft]:
        document, recipients = self._draft.document_id, self.copies.recipients
        return lambda: self._office.drafts.set_recipients(document, recipients)

    def _show(self, recipients: Sequence[Recipient]) -> None:
        self.copies.show_recipients(recipients, self._units, self._draft.more.special_attachments)

    def _with_addressing(self, ask: Callable[[Addressing], None]) -> None:
        work(self, self._office.addressing.open).then(ask).failed(self.refused.emit).start()

    def _open(self, dialog: RecipientsDialog | CopiesDialog) -> None:
        self.dialog = dialog
        dialog.finished.connect(self._closed)
        dialog.open()

    def _closed(self) -> None:
        self.dialog = None

    def _add(self, codes: list[str], role: RecipientRole) -> None:
        before = self.copies.recipients
        copies = before[-1].copies if before else 1
        known = {one.unit_code for one in before}
        added = [Recipient(unit_code=code, role=role, copies=copies) for code in codes if code not in known]
        self.choose(self._ordered((*before, *added)))

    def _remove(self, codes: list[str]) -> None:
        self.choose(tuple(one for one in self.copies.recipients if one.unit_code not in codes))

    def _give_role(self, codes: list[str], role: RecipientRole) -> None:
        changed = (
            one.model_copy(update={"role": role}) if one.unit_code in codes else one
            for one in self.copies.recipients
        )
        self.choose(self._ordered(tuple(changed)))

    def _ordered(self, recipients: Sequence[Recipient]) -> tuple[Recipient, ...]:
        """主送 before 抄送, each in the directory's order."""
        rank = {code: number for number, code in enumerate(self._units)}

        def place(one: Recipient) -> tuple[bool, int]:
            return one.role is RecipientRole.CC, rank.get(one.unit_code, len(rank))

        return tuple(sorted(recipients, key=place))
