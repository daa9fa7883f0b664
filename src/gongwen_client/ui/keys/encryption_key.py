"""导入加密密钥: on a new PC, or after the authority has recovered a lost one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QFormLayout, QLineEdit, QWidget

from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.widgets.basics import button, holder, label
from gongwen_client.ui.widgets.basics import row as line
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_crypto.key_parcel import SUFFIX


class ImportKeyDialog(Sheet):
    """Answers with ``import_wanted(path, password)``."""

    import_wanted = Signal(object, str)

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(
            parent,
            "import_key_dialog",
            "导入加密密钥",
            "导入后，本机能打开发给本单位的加密公文；等待解密的公文随即自动打开。",
            picture="lock",
            tone="brand",
        )
        self.compact(Size.PANEL + 160)
        self.file = QLineEdit()
        self.file.setAccessibleName("密钥文件")
        self.file.setPlaceholderText(f"发证机构交付的 {SUFFIX} 文件")
        self.password = QLineEdit()
        self.password.setAccessibleName("文件口令")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        for field in (self.file, self.password):
            field.textChanged.connect(lambda _text: self._look())
        picking = line(self.file, gap=Space.INSIDE)
        picking.addWidget(button("选择文件(&F)…", self._pick, name="pick"))
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(Space.GROUP)
        form.setVerticalSpacing(Space.INSIDE)
        captions = label("密钥文件", "muted"), label("文件口令", "muted")
        for caption, field in zip(captions, (self.file, self.password), strict=True):
            caption.setBuddy(field)
        form.addRow(captions[0], holder(picking))
        form.addRow(captions[1], self.password)
        self.body.addWidget(holder(form))
        self.body.addWidget(
            label(
                "换了电脑或丢失密钥时，请向发证机构申请“密钥恢复”，不要申请换发新证书：新证书打不开旧公文。"
                "密钥保存在本机的系统密钥环中，接收公文时不必再输口令；它不能用来盖章。",
                "small",
                wrap=True,
            )
        )
        self.add_safe("取消(&C)")
        self.act_button = self.add_action("导入(&I)", self._import, name="act")
        self._look()

    def _look(self) -> None:
        self.act_button.setEnabled(bool(self.file.text().strip() and self.password.text()))

    def _pick(self) -> None:
        dialog = QFileDialog(self, "选择加密密钥文件")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(f"加密密钥 (*{SUFFIX})")
        dialog.fileSelected.connect(self.file.setText)
        dialog.open()

    def _import(self) -> None:
        password = self.password.text()
        self.password.clear()
        self.import_wanted.emit(Path(self.file.text().strip()), password)
