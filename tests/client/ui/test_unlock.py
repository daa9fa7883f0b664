"""An encrypted file in a viewer window: the dialog, wrong passwords, giving up, trying again, a key."""

from __future__ import annotations

from pathlib import Path

from client.ui.audit import clipped, nameless
from client.ui.driving import settle, until
from docs.encryption.ciphers import PASSWORD, encrypted, recipient, stored, written
from docs.office import Authority
from gongwen_client.render import RenderPool
from gongwen_client.services.local import LocalDocuments
from gongwen_client.token.keyfile import create_key_file
from gongwen_client.token.keys import KeyRole
from gongwen_client.token.proxy import TokenBroker
from gongwen_client.token.wire import BrokerConfig
from gongwen_client.ui.viewer.local_view import LocalView
from gongwen_client.ui.viewer.unlock import UnlockDialog
from gongwen_client.ui.viewer.window import Viewers
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.issue import Usage
from gongwen_docs.ofd.container import pack
from gongwen_docs.write.encryption import CertificateUser

PIN = "73918264"


def asked(view: LocalView) -> UnlockDialog:
    until(lambda: view.unlocker.dialog is not None)
    assert view.unlocker.dialog is not None
    return view.unlocker.dialog


def test_password(viewers: Viewers, tmp_path: Path) -> None:
    view = viewers.open(written(tmp_path, encrypted())).view
    dialog = asked(view)
    settle()
    assert not nameless(dialog)
    assert not clipped(dialog)
    for _ in range(2):
        dialog.enter("错误的口令")
        assert dialog.password is not None
        assert not dialog.password.text()
        until(lambda: dialog.problem.isVisibleTo(dialog))
        assert view.unlocker.dialog is dialog
    dialog.enter(PASSWORD)
    until(lambda: view.reader.pages.is_drawn and view.verification is not None)
    until(lambda: view.unlocker.dialog is None)
    until(lambda: view.reader.verdict.verdict == "unsigned")
    assert view.title.text() == "关于会议的通知"


def test_giving_up_leaves_words_and_a_retry(viewers: Viewers, tmp_path: Path) -> None:
    view = viewers.open(written(tmp_path, encrypted())).view
    asked(view).reject()
    until(lambda: view.unlocker.dialog is None)
    word, words = view.reader.verdict.words
    assert word == "已加密"
    assert "加密" in words
    assert view.reader.pages.page_count == 0
    view.reader.verdict.reasons_wanted.emit()
    asked(view).enter(PASSWORD)
    until(lambda: view.reader.pages.is_drawn)


def test_no_fitting_key_names_the_recipients(viewers: Viewers, tmp_path: Path) -> None:
    user, _ = recipient(Authority.found(), "准格尔旗人民政府")
    view = viewers.open(written(tmp_path, encrypted(users=[user]))).view
    dialog = asked(view)
    settle()
    assert not dialog.open_button.isEnabled()
    assert not clipped(dialog)
    dialog.reject()


def test_an_unknown_scheme_says_which(viewers: Viewers, tmp_path: Path) -> None:
    parts = stored(encrypted())
    parts["decryptseed.dat"] = parts["decryptseed.dat"].replace(b'"1.1.1"', b'"1.1.9"')
    dialog = asked(viewers.open(written(tmp_path, pack(parts))).view)
    assert "1.1.9" in dialog.problem.accessibleName() + dialog.problem.toolTip() + _words(dialog)
    dialog.reject()


def _words(dialog: UnlockDialog) -> str:
    from PySide6.QtWidgets import QLabel

    return "".join(part.text() for part in dialog.findChildren(QLabel))


def test_the_key_that_it_is_for(pool: RenderPool, tmp_path: Path) -> None:
    name = "准格尔旗人民政府"
    signer = Authority.found().certify(name, usage=Usage.ENCRYPTION)
    key = tmp_path / "unit.gwkey"
    create_key_file(
        key, label=name, serial="E-1", role=KeyRole.ENCRYPTION, certificate=signer.certificate_der,
        seal=None, private_key=signer.pair.private, pin=PIN,
    )  # fmt: skip
    user = CertificateUser(Certificate.load(signer.certificate_der), name)
    tokens = TokenBroker(BrokerConfig((), (key,)))
    viewers = Viewers(LocalDocuments(pool, tmp_path / "no-roots", tokens=tokens))
    try:
        view = viewers.open(written(tmp_path, encrypted(users=[user]))).view
        dialog = asked(view)
        assert dialog.fitting is not None
        dialog.enter("11112222")
        until(lambda: dialog.problem.isVisibleTo(dialog))
        dialog.enter(PIN)
        until(lambda: view.reader.pages.is_drawn)
    finally:
        viewers.close_all()
        settle()
        tokens.stop()
