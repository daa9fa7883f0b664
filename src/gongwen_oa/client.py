"""Calls of the interface /oa/v1, with the care that lost answers need: each may be repeated without harm."""

from __future__ import annotations

import hashlib
import json
import os
import random
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

_PIECE = 1 << 20
_TRIES = 5
_LONGEST_PAUSE = 120.0
_AGAIN = {429, 502, 503, 504}

Json = dict[str, Any]
"""A message of the interface, as /openapi.json describes it."""


class OaError(Exception):
    """The exchange refused, or did not answer after all tries (code ``network``). ``code`` is stable."""

    def __init__(self, code: str, sentence: str, reference: str = "") -> None:
        super().__init__(f"{sentence}（{code}）" + (f" 编号 {reference}" if reference else ""))
        self.code = code
        self.sentence = sentence
        self.reference = reference


@dataclass(frozen=True)
class OaFile:
    """A file to push: its name in the document and where it is now."""

    name: str
    path: Path


class OaClient:
    """One office system of one unit. Not thread-safe: use one for each thread."""

    def __init__(
        self, url: str, client_id: str, secret: str, *, verify: bool | str = True, timeout: float = 60
    ) -> None:
        """``verify``: as in requests, e.g. the path of the platform's root certificate."""
        self._url = url.rstrip("/") + "/oa/v1"
        self._timeout = timeout
        self._http = requests.Session()
        self._http.auth = (client_id, secret)
        self._http.verify = verify

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    # -- receiving ----------------------------------------------------------------------------------------

    def inbox(self) -> list[Json]:
        """Documents that wait for the unit. Repeat until it is empty: it answers a hundred at a time."""
        return list(self._json("GET", "/inbox")["documents"])

    def document(self, document_id: str) -> Json:
        """A document; for its sender ``deliveries`` is the status board."""
        return self._json("GET", f"/documents/{document_id}")

    def receipts(self, document_id: str) -> list[Json]:
        """The signed receipts that concern the unit."""
        return list(self._json("GET", f"/documents/{document_id}/receipts")["receipts"])

    def fetch(self, digest: str, size: int, target: Path) -> None:
        """Store a file durably as ``target``. Goes on with what an earlier try left; the file has its name
        only once its SM3 is right and it is on the disk. Raises OaError("digest") for other bytes."""
        part = target.with_name(target.name + ".part")
        for _ in range(_TRIES):
            have = part.stat().st_size if part.exists() else 0
            if have >= size:
                break
            answer = self._call("GET", f"/files/{digest}", headers={"Range": f"bytes={have}-"}, stream=True)
            with answer, part.open("ab" if answer.status_code == 206 else "wb") as file:
                try:
                    for piece in answer.iter_content(_PIECE):
                        file.write(piece)
                except requests.RequestException:
                    pass
                file.flush()
                os.fsync(file.fileno())
        part.touch()
        if sm3_of(part) != digest:
            part.unlink()
            raise OaError("digest", "收到的文件与公文登记的不一致")
        part.replace(target)
        sync_folder(target.parent)

    def confirm(
        self, delivery_id: str, checks: Mapping[str, str], stored: Sequence[str], reference: str
    ) -> Json:
        """Say that every file is stored durably: this is the receipt. ``checks``: ``body``, ``attachments``,
        ``seal``, ``layout`` (ok, warning, unknown, failed) and ``body_digest``."""
        message = {"checks": dict(checks), "stored": list(stored), "reference": reference}
        return self._once(f"/deliveries/{delivery_id}/confirm", message)

    def send_back(self, delivery_id: str, reason: str, note: str = "") -> Json:
        """退文, with a reason (``other`` needs a note)."""
        return self._once(f"/deliveries/{delivery_id}/return", {"reason": reason, "note": note})

    # -- encrypted documents: see gongwen_oa.secrecy ------------------------------------------------------

    def envelope(self, document_id: str) -> Json:
        """The unit's envelope of an encrypted document."""
        return self._json("GET", f"/documents/{document_id}/envelope")

    def directory(self) -> Json:
        """All units of the exchange."""
        return self._json("GET", "/directory")

    def rules(self) -> Json:
        """The region's profile in force; ``profile_id`` and ``version`` are what ``pushed`` wants."""
        return dict(self.signed_rules()["statement"]["profile"])

    def signed_rules(self) -> Json:
        """The same with its signature."""
        return self._json("GET", "/profile")

    def log(self, tree: int) -> Json:
        """Who the exchange is, its latest checkpoint, and the proof of growth since ``tree`` leaves."""
        return self._json("GET", f"/log?tree={tree}")

    def restorations(self) -> list[Json]:
        """Signed statements that the exchange was restored from a backup, oldest first."""
        return list(self._json("GET", "/restorations")["restorations"])

    def growth(self, old: int, new: int) -> Json:
        """The proof between two states of the log. Raises OaError("log.no_such_states")."""
        return self._json("GET", f"/log/growth?old={old}&new={new}")

    def encryption(self) -> Json:
        """The directory of encryption certificates."""
        return self._json("GET", "/encryption")

    # -- sending ------------------------------------------------------------------------------------------

    def upload(self, file: OaFile) -> Json:
        """Bring a file to the exchange; its reference for ``push``. Goes on where an earlier try stopped."""
        digest, size = sm3_of(file.path), file.path.stat().st_size
        state = self._json("POST", "/uploads", {"length": size, "digest": digest})
        with file.path.open("rb") as source:
            while not state["complete"]:
                source.seek(state["offset"])
                headers = {"Upload-Offset": str(state["offset"])}
                try:
                    answer = self._call(
                        "PATCH", f"/uploads/{state['upload_id']}", source.read(_PIECE), headers=headers
                    )
                    state = answer.json()
                except OaError as error:
                    if error.code != "upload.offset_conflict":
                        raise
                    state = self._json("POST", "/uploads", {"length": size, "digest": digest})
        return {"name": file.name, "digest": digest, "size": size}

    def push(self, document: Json) -> Json:
        """Send a document (see :func:`pushed`). Its id is its idempotency key: a repeat sends nothing."""
        return self._once("/documents", document, key=f"oa-push-{document['document_id']}")

    def urge(
        self, document_id: str, text: str = "", *, level: str = "urge", units: Sequence[str] = ()
    ) -> Json:
        """Remind units that have not received it: ``notify``, ``urge`` or ``supervise``; no units: all."""
        return self._once(
            f"/documents/{document_id}/urge", {"level": level, "text": text, "unit_codes": list(units)}
        )

    # -- the wire -----------------------------------------------------------------------------------------

    def _once(self, path: str, message: Json, key: str | None = None) -> Json:
        headers = {"Idempotency-Key": key or f"oa-{uuid.uuid4().hex}"}
        return self._json("POST", path, message, headers)

    def _json(self, method: str, path: str, message: Json | None = None, headers: Any = None) -> Json:
        body = None if message is None else json.dumps(message, ensure_ascii=False).encode()
        given = {"Content-Type": "application/json", **(headers or {})}
        found: Json = self._call(method, path, body, headers=given).json()
        return found

    def _call(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        headers: Mapping[str, str],
        stream: bool = False,
    ) -> requests.Response:
        """Try until there is an answer that means something. Raises OaError."""
        said, pause = OaError("network", "交换中心没有应答"), 0.0
        for attempt in range(_TRIES):
            if attempt:  # office systems that were refused together do not come back together
                time.sleep(random.uniform(1.0, 1.5) * max(pause, min(30.0, 0.25 * 2**attempt)))  # noqa: S311
            try:
                answer = self._http.request(
                    method, self._url + path, data=body, headers=headers, timeout=self._timeout, stream=stream
                )
            except (requests.ConnectionError, requests.Timeout):
                continue
            if answer.status_code < 400:
                return answer
            said, pause = _refusal(answer), _pause(answer)
            if answer.status_code not in _AGAIN:
                break
        raise said


def pushed(
    title: str,
    body: Json,
    recipients: Mapping[str, int],
    *,
    profile: tuple[str, int],
    document_id: str | None = None,
    attachments: Sequence[Json] = (),
    **elements: str,
) -> Json:
    """A document for :meth:`OaClient.push`: ``body`` and ``attachments`` as ``upload`` returned them,
    ``recipients`` unit codes with their copies, ``profile`` the id and version of the region's rules."""
    return {
        "document_id": document_id or uuid.uuid4().hex,
        "elements": {"title": title, **elements},
        "body": body,
        "attachments": list(attachments),
        "recipients": [
            {"unit_code": code, "role": "main", "copies": copies} for code, copies in recipients.items()
        ],
        "profile_id": profile[0],
        "profile_version": profile[1],
    }


def sm3_of(path: Path) -> str:
    """SM3 of a file, hexadecimal (needs OpenSSL 1.1.1 or newer below Python)."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.new("sm3")).hexdigest()


def _refusal(answer: requests.Response) -> OaError:
    try:
        said = answer.json()
        return OaError(str(said["code"]), str(said["sentence"]), str(said.get("reference", "")))
    except (ValueError, KeyError, TypeError):
        return OaError("network", f"交换中心的应答无法理解（HTTP {answer.status_code}）")


def _pause(answer: requests.Response) -> float:
    """Seconds to wait: the exchange is too busy, or was called too often."""
    said = answer.headers.get("Retry-After", "")
    return min(_LONGEST_PAUSE, float(said)) if said.isascii() and said.isdigit() else 0.0


def sync_folder(folder: Path) -> None:
    """What was renamed in it stays so after a power cut."""
    if os.name != "nt":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
