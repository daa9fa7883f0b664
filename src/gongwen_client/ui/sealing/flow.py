"""用印, from the check to the sealed document: confirm dialog, then PIN dialog."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gongwen_client.domain.drafts import Draft, DraftFinding, StampPlace
from gongwen_client.domain.seal_plan import SealPlan
from gongwen_client.services.keys import KeyCard
from gongwen_client.services.office import Office
from gongwen_client.services.seal_checks import SealCheck
from gongwen_client.token.keys import KeyInfo, KeyRole
from gongwen_client.ui.sealing.confirm import SealDialog
from gongwen_client.ui.sealing.pin import PinDialog
from gongwen_client.ui.sealing.placing import Way
from gongwen_client.ui.tasks import work
from gongwen_client.ui.viewer.drawing import Drawing, open_drawing
from gongwen_crypto.errors import GongwenError
from gongwen_docs.inspect import Beside, JointOrder


class SealFlow(QObject):
    """One sealing; ``sealed(draft, place)`` at the end. ``dialog`` and ``pin_dialog`` are the windows now
    open, for programs that drive them."""

    sealed = Signal(object, object)
    failed = Signal(object)
    """Why it could not begin."""
    ready = Signal()

    def __init__(self, parent: QWidget, office: Office, draft: Draft, drawing: Drawing | None) -> None:
        super().__init__(parent)
        self._parent = parent
        self._office = office
        self._draft = draft
        self._drawing = drawing
        self.dialog: SealDialog | None = None
        self.pin_dialog: PinDialog | None = None

    def begin(self) -> None:
        """Check first, then open the dialog."""
        document = self._draft.document_id
        work(self, lambda: self._office.drafts.check(document)).then(self._open).failed(
            self.failed.emit
        ).start()

    def _open(self, findings: tuple[DraftFinding, ...]) -> None:
        dialog = SealDialog(self._parent, self._draft, findings)
        self.dialog = dialog
        dialog.key_chosen.connect(lambda _key: self._suggest())
        dialog.automatic_wanted.connect(self._suggest)
        dialog.word_wanted.connect(self._find_word)
        dialog.joint_wanted.connect(self._find_turn)
        dialog.checks_wanted.connect(self._check)
        dialog.seal_wanted.connect(self._ask_pin)
        dialog.finished.connect(self._closed)
        dialog.open()
        if self._drawing is not None:
            dialog.show_document(self._drawing)
        elif self._draft.body is not None:
            path = self._draft.body.path
            work(dialog, lambda: open_drawing(self._office, path)).then(dialog.show_document).failed(
                dialog.explain
            ).start()
        self.look_for_keys()

    def _closed(self) -> None:
        self.dialog = None

    def _pin_closed(self) -> None:
        self.pin_dialog = None

    def look_for_keys(self) -> None:
        """Which keys are inserted now (again when one is plugged in or out)."""
        dialog = self.dialog
        if dialog is not None:
            work(dialog, self._seal_keys).then(dialog.show_keys).failed(dialog.explain).start()

    def _seal_keys(self) -> list[KeyCard]:
        return [card for card in self._office.keys.look().cards if card.role is KeyRole.SIGNING]

    def _suggest(self) -> None:
        dialog = self.dialog
        if dialog is None or dialog.key is None:
            return
        document, key_id = self._draft.document_id, dialog.key.key_id

        def show(place: StampPlace) -> None:
            if self.dialog is not None:
                self.dialog.show_place(place)
                self.ready.emit()

        work(dialog, lambda: self._office.sealing.suggest(document, key_id)).then(show).failed(
            dialog.explain
        ).start()

    def _find_word(self, word: str, number: int, beside: Beside) -> None:
        dialog = self.dialog
        if dialog is None or dialog.key is None:
            return
        document, key_id = self._draft.document_id, dialog.key.key_id

        def show(place: StampPlace) -> None:
            if self.dialog is not None:
                self.dialog.problem.clear()
                self.dialog.show_place(place, suggested=False)

        sealing = self._office.sealing
        work(dialog, lambda: sealing.place_at_word(document, key_id, word, number, beside)).then(show).failed(
            dialog.explain
        ).start()

    def _find_turn(self, order: JointOrder | None) -> None:
        """The place among the seals of a joint document; without an order the one that it shows."""
        dialog = self.dialog
        if dialog is None or dialog.key is None:
            return
        document, key_id = self._draft.document_id, dialog.key.key_id

        def show(found: tuple[JointOrder, StampPlace]) -> None:
            placing = dialog.placing
            if placing.way is not Way.JOINT or order not in (None, placing.order):
                return  # something else has been chosen meanwhile
            dialog.problem.clear()
            placing.show_order(found[0])
            dialog.show_place(found[1], suggested=False)

        sealing = self._office.sealing
        work(dialog, lambda: sealing.place_in_order(document, key_id, order)).then(show).failed(
            dialog.explain
        ).start()

    def _check(self) -> None:
        dialog = self.dialog
        if dialog is None or dialog.key is None or dialog.plan is None:
            return
        document, key_id, plan = self._draft.document_id, dialog.key.key_id, dialog.plan

        def show(checks: tuple[SealCheck, ...]) -> None:
            if self.dialog is not None and self.dialog.plan == plan:
                self.dialog.show_checks(checks)

        work(dialog, lambda: self._office.sealing.checks(document, key_id, plan)).then(show).failed(
            dialog.explain
        ).start()

    def _ask_pin(self, key_id: str, plan: SealPlan) -> None:
        dialog = self.dialog
        assert dialog is not None
        card = dialog.card
        assert card is not None
        key = card.key
        pin_dialog = PinDialog(dialog, card, self._draft.elements.title)
        self.pin_dialog = pin_dialog
        pin_dialog.finished.connect(self._pin_closed)
        pin_dialog.entered.connect(lambda pin: self._seal(pin_dialog, key, pin, plan))
        pin_dialog.open()

    def _seal(self, pin_dialog: PinDialog, key: KeyInfo, pin: str, plan: SealPlan) -> None:
        document = self._draft.document_id

        def done(draft: Draft) -> None:
            pin_dialog.accept()
            if self.dialog is not None:
                self.dialog.accept()
            self.sealed.emit(draft, plan.stamps[0])

        def failed(error: GongwenError) -> None:
            pin_dialog.explain(error)
            if error.code.startswith("token.pin_"):
                self.look_for_keys()  # the tries left are another number now

        work(pin_dialog, lambda: self._office.sealing.seal(document, key.key_id, pin, plan)).then(
            done
        ).failed(failed).start()
