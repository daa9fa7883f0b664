"""A dishonest copy: one word of a sealed document altered, handed in past the client's own checks."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from pathlib import Path

from gongwen_client.exchange.api import ExchangeApi
from gongwen_client.exchange.upload import upload
from gongwen_client.practice.cast import ACCOUNT, DemoUnit
from gongwen_crypto import sm3
from gongwen_docs.ofd.container import Package
from gongwen_docs.write.package import pack
from gongwen_protocol.messages import (
    DocumentView,
    Elements,
    FileReference,
    LoginRequest,
    Recipient,
    RecipientRole,
    SealFact,
    SendRequest,
    SessionGrant,
)

_WORDS = re.compile(rb"(<(?:\w+:)?TextCode\b[^>]*>)([^<]{2,})(</(?:\w+:)?TextCode>)")


def alter(source: Path, target: Path) -> str:
    """Copy ``source`` (OFD) with two neighbouring characters of its longest line exchanged; return the part
    that was altered. Every other part stays byte for byte."""
    with Package.open(source) as package:
        parts = {name: package.read(name) for name in package.names}
    name, found = max(
        ((name, match) for name, data in parts.items() for match in _WORDS.finditer(data)),
        key=lambda pair: len(pair[1].group(2)),
    )
    text = found.group(2).decode()
    place = next(i for i in range(len(text) - 1) if text[i] != text[i + 1])
    swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    data = parts[name]
    parts[name] = data[: found.start(2)] + swapped.encode() + data[found.end(2) :]
    target.write_bytes(pack(parts.items()))
    return name


def hand_in(
    server_url: str,
    sender: DemoUnit,
    receiver: DemoUnit,
    file: Path,
    elements: Elements,
    seals: Sequence[SealFact],
) -> None:
    """Send ``file`` as if it were the sealed document, straight through the interface."""
    api = ExchangeApi(server_url)
    try:
        login = LoginRequest(unit_code=sender.code, account=ACCOUNT, password=sender.password)
        grant = api.post("/v1/session", login, SessionGrant)
        api.token = grant.token
        data = file.read_bytes()
        body = FileReference(name=file.name, digest=sm3.digest(data).hex(), size=len(data))
        upload(api, file, body.digest, body.size, lambda _offset: None)
        request = SendRequest(
            document_id=uuid.uuid4().hex,
            elements=_marked(elements),
            body=body,
            recipients=(Recipient(unit_code=receiver.code, role=RecipientRole.MAIN, copies=1),),
            seals=tuple(seals),
            profile_id=grant.profile_id,
            profile_version=grant.profile_version,
        )
        api.post("/v1/documents", request, DocumentView, key=uuid.uuid4().hex)
    finally:
        api.close()


def _marked(elements: Elements) -> Elements:
    return elements.model_copy(update={"title": f"{elements.title}（被改动的副本）"[:200]})
