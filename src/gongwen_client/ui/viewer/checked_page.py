"""A document page with the tab 核验: verdict bar, seals, marks on the paper, exports. Base of the views of
received, sent and local documents."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QKeySequence, QShortcut

from gongwen_client.services.exchange_bundles import BundleMade
from gongwen_client.services.incoming import Verification
from gongwen_client.ui import words
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer import report, saving
from gongwen_client.ui.viewer.check_tab import CheckTab
from gongwen_client.ui.viewer.document_page import DocumentPage
from gongwen_client.ui.viewer.drawing import Drawing
from gongwen_client.ui.viewer.marks import Mark
from gongwen_client.ui.words import StateWord
from gongwen_crypto.errors import GongwenError

_NOT_READ = StateWord("未能读取", "invalid", Tone.INVALID)


class CheckedPage(DocumentPage):
    """Subclasses say how to verify and to export; they call ``show_verification`` and ``show_unverified``."""

    def __init__(self, name: str, state: StateWord) -> None:
        super().__init__(name, state)
        self.verification: Verification | None = None
        self.check = CheckTab()
        self._check_tab: int | None = None
        self.check.places_wanted.connect(self.point_at)
        self.check.again_wanted.connect(self.verify_again)
        self.check.report_wanted.connect(self._ask_report)
        self.check.bundle_wanted.connect(self._ask_bundle)
        self.reader.verdict.reasons_wanted.connect(self.show_reasons)
        self.reader.pages.seal_wanted.connect(self.show_seal)
        QShortcut(QKeySequence("Ctrl+Shift+V"), self, self.verify_again)

    def add_check_tab(self) -> int:
        """The tab 核验 of the panel."""
        self._check_tab = self.panel.add_tab("核验")
        self.panel.fill(self._check_tab, [self.check])
        return self._check_tab

    # -- what a kind of document does -------------------------------------------------------------------

    def verify_now(self) -> Verification:
        """Slow. The verification once more."""
        raise NotImplementedError

    def export_report(self, verification: Verification, target: Path) -> None:
        """Slow. Write the report."""
        raise NotImplementedError

    def make_bundle(self, target: Path) -> BundleMade:
        """Slow. Write the evidence bundle."""
        raise NotImplementedError

    @property
    def file_name(self) -> str:
        """What exported files are called after."""
        raise NotImplementedError

    # -- showing ----------------------------------------------------------------------------------------

    def show_drawing(self, drawing: Drawing) -> None:
        super().show_drawing(drawing)
        self.check.show_pages(len(drawing.sizes))
        self.reader.pages.show_stamps(self.check.stamps())
        work(self, drawing.seal_pictures).then(self.check.show_pictures).failed(
            lambda _error: None  # the card keeps the sign of a seal
        ).start()

    def show_verification(self, verification: Verification) -> None:
        """Verdict bar, tab, stamps that answer to the right mouse button."""
        self.verification = verification
        bar = self.reader.verdict
        bar.show_verdict(
            report.verdict_of(verification), report.headline(verification), report.advice(verification)
        )
        self.check.show_verification(verification)
        self.reader.pages.show_stamps(self.check.stamps())

    def show_unverified(self, error: GongwenError) -> None:
        """The check could not be made."""
        self.check.again.setEnabled(True)
        self.reader.verdict.show_state(_NOT_READ, words.explained_in_line(error))

    def show_check(self) -> None:
        """Bring the tab 核验 to the front."""
        if self._check_tab is not None:
            self.panel.show_tab(self._check_tab)

    def show_reasons(self) -> None:
        """The steps of the check, and the first page that was changed after sealing."""
        self.show_check()
        page = report.first_changed_page(self.verification) if self.verification else None
        if page is not None:
            self.reader.tabs.setCurrentIndex(0)
            self.reader.pages.go_to(page)

    def show_seal(self, number: int) -> None:
        """The card of a seal, from a verification made now: what the paper shows proves nothing."""
        self.show_check()
        self.check.want_seal(number)
        self.verify_again()

    def point_at(self, marks: Sequence[Mark], chosen: Mark) -> None:
        """Mark places on the paper and scroll to one."""
        self.reader.tabs.setCurrentIndex(0)
        self.reader.pages.point_at(marks, chosen, Tone.INFO if chosen.owner is not None else Tone.WARNING)

    # -- acts -------------------------------------------------------------------------------------------

    def verify_again(self) -> None:
        """重新验证."""
        if self.verification is None:
            return
        self.check.show_busy()
        self.reader.verdict.show_checking()
        work(self, self.verify_now).then(self.show_verification).failed(self.show_unverified).start()

    def _ask_report(self, kind: str) -> None:
        saving.ask_where(self, "导出验证报告", f"{self.file_name}-验证报告.x", kind, self.write_report)

    def write_report(self, target: Path) -> None:
        """Export the report to ``target``."""
        verification = self.verification
        if verification is not None:
            hint = self.reader.pages.hint
            saving.write_report(self, hint, lambda path: self.export_report(verification, path), target)

    def _ask_bundle(self) -> None:
        saving.ask_where(self, "导出验真包", f"{self.file_name}-验真包.x", "zip", self.write_bundle)

    def write_bundle(self, target: Path) -> None:
        """Export the evidence bundle to ``target``."""
        saving.write_bundle(self, self.reader.pages.hint, self.make_bundle, target)
