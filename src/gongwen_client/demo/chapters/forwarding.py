"""The receiver sends the document on (转发): the received files go along with a covering notice."""

from __future__ import annotations

from gongwen_client.demo.company import Company
from gongwen_client.ui.compose.page import ComposePage
from gongwen_client.ui.receive.incoming_view import IncomingView


def play(company: Company) -> None:
    """At the accepted document; the draft stays a draft."""
    player, clerk = company.player, company.receiver
    player.turn_to(clerk.window)
    view = company.shown(clerk, IncomingView)
    delivery = view.row.delivery_id
    view.forward_button.click()
    player.wait(lambda: isinstance(clerk.window.view, ComposePage), "转发通知的草稿")
    page = company.shown(clerk, ComposePage)
    player.wait(lambda: page.look is not None, "检查草稿")
    player.scene(clerk.window, "forward", "转发：来文和附件原样作为附件，只需选择本单位的转发通知作正文")
    received = clerk.office.incoming.files(delivery)
    digests = {file.digest for file in (received.body, *received.attachments)}
    player.check("转发的来文与原件一致", {file.digest for file in page.draft.attachments} == digests)
    clerk.window.open_page("received")
