"""Photographs of what failed, with a request for copies or a resending (暂行办法 art. 37).

They are parsed in a worker only, whoever took them. Of a document that travelled encrypted they are
encrypted for its sender: a photographed page shows what stands on it.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path

from gongwen_client.exchange.api import in_foreground
from gongwen_client.render import RenderPool
from gongwen_client.services.desk import Desk
from gongwen_crypto import envelope
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_docs.draw.results import Pixels
from gongwen_protocol.actions import RequestPicture

_LONGEST = 2000
_AT_MOST = 500_000
_SHOWN = 1400


@dataclass(frozen=True)
class Photograph:
    """``jpeg`` is what will be sent, ``pixels`` what a window shows of it."""

    name: str
    jpeg: bytes
    pixels: Pixels


class PhotographService:
    """Slow calls, not for the thread of the windows."""

    def __init__(self, desk: Desk, render: RenderPool) -> None:
        self._desk = desk
        self._render = render

    def take(self, path: Path) -> Photograph:
        """A picture file of this PC, made small and upright. Raises KnownError: request.picture_unreadable,
        ofd.container.unreadable."""
        try:
            jpeg = self._render.do("take_photograph", path, bytes, longest=_LONGEST, at_most=_AT_MOST)
            return Photograph(path.name, jpeg, self._pixels(jpeg))
        except KnownError as error:
            raise _told(error, KnownError("request.picture_unreadable", file=path.name)) from error

    def wrapped(self, delivery_id: str, photograph: Photograph) -> RequestPicture:
        """As it travels. Raises RefusedError("secrecy.no_certificate"): nothing may be shown in the open
        and the sender has no key to be encrypted for."""
        desk = self._desk
        document = desk.store.documents.of_delivery(delivery_id)
        if not document.encrypted:
            return RequestPicture(data=base64.b64encode(photograph.jpeg).decode())
        code = document.sender_code
        readers, without = desk.key_directory.readers([code], desk.clock.now())
        if without:
            article = desk.profile_of(document).article_of("end_to_end")
            raise RefusedError("secrecy.no_certificate", article=article, units="、".join(without))
        sealed = envelope.seal(photograph.jpeg, [readers[code]])
        data = base64.b64encode(sealed).decode()
        return RequestPicture(data=data, certificate=readers[code].fingerprint)

    def of_request(self, request_id: str) -> Pixels:
        """What a receiver photographed. Raises what ``ExchangeApi`` raises, RefusedError: request.no_picture;
        KnownError: secrecy.key_missing, request.picture_broken."""
        path = f"/v1/requests/{request_id}/picture"
        picture = in_foreground(lambda: self._desk.api.get(path, RequestPicture))
        try:
            data = base64.b64decode(picture.data, validate=True)
        except ValueError as error:
            raise KnownError("request.picture_broken") from error
        if picture.certificate is not None:
            data = self._desk.opener.open_for_us(picture.certificate, data)
        try:
            return self._pixels(data)
        except KnownError as error:
            raise _told(error, KnownError("request.picture_broken")) from error

    def _pixels(self, data: bytes) -> Pixels:
        return self._render.do("show_photograph", None, Pixels, data=data, longest=_SHOWN)


def _told(error: KnownError, instead: KnownError) -> KnownError:
    """What drawing says is about pictures of documents; this one is none of those."""
    return instead if error.code.startswith("draw.") else error
