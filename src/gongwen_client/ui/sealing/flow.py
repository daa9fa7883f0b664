"""用印, from the check to the sealed document: confirm dialog, then PIN dialog."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gongwen_client.domain.drafts import Draft, DraftFinding, StampPlace
from gongwen_client.services.keys import KeyCard
from gongwen_client.services.office import Office
from gongwen_client.token.keys import KeyInfo, KeyRole
from gongwen_client.ui.sealing.confirm import SealDialog
from gongwen_client.ui.sealing.pin import PinDialog
from gongwen_client.ui.tasks import work
from gongwen_client.ui.viewer.drawing import Drawing, open_drawing
from gongwen_crypto.errors import GongwenError


class SealFlow(QObject):
    """One sealing; ``sealed(draft, place)`` at the end. ``dialog`` and ``pin_dialog`` are the windows now
    open, for programs that drive them."""

    sealed = Signal(object, object)
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
        work(self, lambda: self._office.drafts.check(document)).then(self._open).start()

    def _open(self, findings: tuple[DraftFinding, ...]) -> None:
        session = self._office.login.session
        dialog = SealDialog(self._parent, self._draft, findings, session.unit_name if session else "")
        self.dialog = dialog
        dialog.key_chosen.connect(self._suggest)
        dialog.seal_wanted.connect(self._ask_pin)
        dialog.finished.connect(self._closed)
        dialog.open()
        if self._drawing is not None:
            dialog.show_document(self._drawing)
        elif self._draft.body is not None:
            path = self._draft.body.path
            work(dialog, lambda: open_drawing(self._office, path)).then(dialog.show_document).start()
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

    def _suggest(self, key_id: str) -> None:
        dialog, document = self.dialog, self._draft.document_id
        assert dialog is not None

        def show(place: StampPlace) -> None:
            dialog.show_place(place)
            self.ready.emit()

        work(dialog, lambda: self._office.sealing.suggest(document, key_id)).then(show).failed(
            dialog.explain
        ).start()

    def _ask_pin(self, key_id: str, place: StampPlace) -> None:
        dialog = self.dialog
        assert dialog is not None
        card = dialog.card
        assert card is not None
        key = card.key
        pin_dialog = PinDialog(dialog, card, self._draft.elements.title)
        self.pin_dialog = pin_dialog
        pin_dialog.finished.connect(self._pin_closed)
        pin_dialog.entered.connect(lambda pin: self._seal(pin_dialog, key, pin, place))
        pin_dialog.open()

    def _seal(self, pin_dialog: PinDialog, key: KeyInfo, pin: str, place: StampPlace) -> None:
        document = self._draft.document_id

        def done(draft: Draft) -> None:
            pin_dialog.accept()
            if self.dialog is not None:
                self.dialog.accept()
            self.sealed.emit(draft, place)

        def failed(error: GongwenError) -> None:
            pin_dialog.explain(error)
            if error.code.startswith("token.pin_"):
                self.look_for_keys()  # the tries left are another number now

        work(pin_dialog, lambda: self._office.sealing.seal(document, key.key_id, pin, place)).then(
            done
        ).failed(failed).start()
