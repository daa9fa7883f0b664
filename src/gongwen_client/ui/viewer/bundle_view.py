"""An evidence bundle (验真包): its document, what it proves, and the list of what it holds."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from gongwen_client.services.exchange_bundles import BundleMade
from gongwen_client.services.incoming import Verification
from gongwen_client.services.local import LocalDocuments, OpenedBundle, save_copy
from gongwen_client.ui import words
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer import seal_facts
from gongwen_client.ui.viewer.local_view import LocalView
from gongwen_client.ui.viewer.panel import FactList, Section
from gongwen_client.ui.viewer.step_line import STATUS, StepLine, steps_list
from gongwen_client.ui.widgets.basics import button, column, glyph, holder, label, row
from gongwen_client.ui.words import StateWord
from gongwen_crypto.errors import KnownError
from gongwen_protocol.messages import ReceiptEvent

_BUNDLE = StateWord("验真包", "folder", Tone.INFO)
_ROLES = {
    "document": "公文",
    "attachment": "附件",
    "root_certificate": "根证书",
    "seal_maker_certificate": "制章机构证书",
    "revocation_list": "吊销列表",
    "receipts": "交换回执",
    "receipt_certificate": "回执签发证书",
    "profile": "地区规则",
    "inclusion_proof": "存证日志证明",
    "checkpoint": "存证日志检查点",
}


class BundleView(LocalView):
    """The document is shown from a folder of its own, which goes with the view (``clean``)."""

    def __init__(self, documents: LocalDocuments, path: Path, name: str = "") -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="gongwen-"))
        self._opened: OpenedBundle | None = None
        self.parts_tab = -1
        super().__init__(documents, path, name, _BUNDLE)
        self._note = "验真包，离线验证"
        self.subtitle.setText(self._note)

    def load(self) -> None:
        self.parts_tab = self.panel.add_tab("验真包")
        self.reader.pages.show_message("正在打开验真包")
        self.reader.verdict.show_checking()
        documents, path, folder = self._documents, self.path, self._folder
        work(self, lambda: documents.open_bundle(path, folder)).then(self._came).failed(
            self._not_verified
        ).start()

    def _came(self, opened: OpenedBundle) -> None:
        self._opened = opened
        self._verified(opened.verification)
        self.show_check()
        if opened.document is None:
            self.reader.pages.show_message("验真包没有打开，公文不能显示。")
            self._one_came()
        else:
            self._draw(opened.document)

    def show_verification(self, verification: Verification) -> None:
        super().show_verification(verification)
        self.panel.fill(self.parts_tab, self._sections(verification.bundle or {}))

    def _look_at_layout(self, path: Path, verification: Verification) -> None:
        if self._opened is not None and self._opened.document is not None:
            super()._look_at_layout(self._opened.document, verification)

    def _sections(self, answer: Mapping[str, Any]) -> list[QWidget]:
        about = FactList(
            (
                ("制作时间", seal_facts.moment(answer.get("made_at"))),
                ("制作程序", str(answer.get("made_by") or "")),
                ("公文", str(answer.get("document") or "")),
            )
        )
        about.add("公文编号", str(answer.get("document_id") or ""), copied=True)
        about.add("地区规则", str(answer.get("profile") or ""))
        result: list[QWidget] = [Section("验真包", about)]
        steps = seal_facts.items(answer.get("steps"))
        if steps:
            result.append(Section("核验", steps_list([StepLine(step) for step in steps])))
        if parts := seal_facts.items(answer.get("parts")):
            lines = [self._part(part, steps) for part in parts]
            result.append(Section(f"所含文件（{len(parts)} 个）", *lines))
        if receipts := seal_facts.items(answer.get("receipts")):
            result.append(Section("回执内容", *[_receipt(one) for one in receipts]))
        return result

    def _part(self, part: Mapping[str, Any], steps: Sequence[Mapping[str, Any]]) -> QWidget:
        bad = any((step.get("facts") or {}).get("path") == part.get("path") for step in steps)
        state = STATUS["fail" if bad else "ok"]
        role = _ROLES.get(str(part.get("role")), "其他（只核对摘要）")
        name = str(part.get("name") or part.get("path"))
        text = column(
            label(role),
            label(f"{name} · {words.size(int(part.get('size') or 0))}", "small", wrap=True),
            gap=0,
        )
        path = self._taken_out(name) if part.get("role") == "attachment" else None
        if path is not None:
            act = button("打开", partial(self.file_wanted.emit, path, name, False), kind="link")
            act.setAccessibleName(f"打开附件 {name}")
            text.addLayout(row(act, None))
        line = row(column(2, glyph(state.shape, state.tone.value, 18), None, gap=0))
        line.addLayout(text, 1)
        result = holder(line)
        result.setAccessibleName(f"{role} {name}：{'与清单不符' if bad else '与清单一致'}")
        result.setToolTip(f"SM3 {part.get('sm3')}")
        return result

    def _taken_out(self, name: str) -> Path | None:
        found = self._opened.attachments if self._opened is not None else ()
        return next(
            (path for told, path in found if told == name and path.suffix.lower() in (".ofd", ".pdf")), None
        )

    # -- acts -------------------------------------------------------------------------------------------

    def verify_now(self) -> Verification:
        again = Path(tempfile.mkdtemp(prefix="gongwen-"))
        try:
            return self._documents.open_bundle(self.path, again).verification
        finally:
            shutil.rmtree(again, ignore_errors=True)

    def export_report(self, verification: Verification, target: Path) -> None:
        opened = self._opened
        if opened is None or opened.document is None:
            raise KnownError("bundle.no_document")
        self._documents.export_report(opened.document, opened.name, verification, target)

    def make_bundle(self, target: Path) -> BundleMade:
        """A bundle is passed on as it is: making it anew would lose what it proves."""
        save_copy(self.path, target)
        answer = (self.verification.bundle if self.verification else None) or {}
        return BundleMade(len(seal_facts.items(answer.get("parts"))))

    def clean(self) -> None:
        """Slow. Remove what was taken out."""
        if self._opened is not None and self._opened.document is not None:
            self._documents.render.forget(self._opened.document)
        shutil.rmtree(self._folder, ignore_errors=True)


def _receipt(one: Mapping[str, Any]) -> QWidget:
    try:
        event = words.RECEIPT_EVENTS[ReceiptEvent(str(one.get("event")))]
    except ValueError:
        event = str(one.get("event"))
    return FactList(
        (
            (f"第 {one.get('sequence')} 号", event),
            ("单位", str(one.get("unit_name") or "")),
            ("时间", seal_facts.moment(one.get("at"))),
        )
    )
