"""A file on this PC, looked at and verified without the exchange (查看本机文件)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from gongwen_client.exchange.files import copy_file, digest_file
from gongwen_client.host.clock import Clock, SystemClock
from gongwen_client.render import RenderPool, SealFileFacts
from gongwen_client.services.bundles import BundleOrder, make_bundle
from gongwen_client.services.exchange_bundles import BundleMade
from gongwen_client.services.unlocking import Unlocking
from gongwen_client.services.verification import (
    Verification,
    checks_of,
    judge_file,
    judge_layout,
    notices_of,
)
from gongwen_client.services.verification_report import export_report
from gongwen_client.token.proxy import TokenBroker

_SEAL_PX = 480


class FileKind(StrEnum):
    """What a file on this PC is opened as."""

    DOCUMENT = "document"
    BUNDLE = "bundle"
    SEAL = "seal"


@dataclass(frozen=True)
class OpenedBundle:
    """An evidence bundle that was judged and taken apart. ``document`` and ``attachments`` (with their names)
    lie in the folder given; ``verification.bundle`` is the answer about the bundle."""

    document: Path | None
    name: str
    attachments: tuple[tuple[str, Path], ...]
    verification: Verification


def kind_of(path: Path) -> FileKind:
    """By the end of the name; what is inside decides everything else."""
    return {".zip": FileKind.BUNDLE, ".esl": FileKind.SEAL}.get(path.suffix.lower(), FileKind.DOCUMENT)


@dataclass(frozen=True)
class LocalDocuments:
    """Verifies with the roots in ``trust_dir``; where that folder is missing, no seal can be confirmed.
    ``exchange`` tells the certificates (DER) whose receipts count."""

    render: RenderPool
    trust_dir: Path
    clock: Clock = SystemClock()  # noqa: RUF009  # has no state
    exchange: Callable[[], tuple[bytes, ...]] = tuple
    tokens: TokenBroker | None = None
    """Keys that may open encrypted files."""

    @property
    def unlocking(self) -> Unlocking:
        """Opens encrypted files."""
        return Unlocking(self.render, self.tokens)

    @property
    def _trust(self) -> Path | None:
        return self.trust_dir if self.trust_dir.is_dir() else None

    def verify(self, path: Path) -> Verification:
        """Slow. As for a received document, but nothing is known of what was sent and nobody witnesses the
        time. The layout is not looked at yet."""
        return judge_file(self.render, path, trust_dir=self._trust, now=self.clock.now())

    def verify_layout(self, path: Path, verification: Verification) -> Verification:
        """Slow, the more so the more pages: the same with the layout judged."""
        return judge_layout(self.render, path, verification)

    def export_report(self, path: Path, name: str, verification: Verification, target: Path) -> None:
        """Slow. The report as JSON, OFD or PDF. Raises as ``verification_report.export_report``."""
        at = verification.checked_at or self.clock.now()
        export_report(self.render, verification.report, path, name, at, target)

    def make_bundle(self, path: Path, name: str, target: Path) -> BundleMade:
        """Slow. An evidence bundle of a file that no receipt speaks of. Raises KnownError ``bundle.*``."""
        order = BundleOrder(document=path, name=name, trust_dir=self._trust)
        return BundleMade(len(make_bundle(order, target, self.clock.now()).parts))

    def open_bundle(self, path: Path, folder: Path) -> OpenedBundle:
        """Slow. Judge a bundle and take it apart into ``folder``, which is empty. Bad input is a verdict."""
        now = self.clock.now()
        answer = self.render.verify_bundle(path, self._trust, now, self.exchange())
        report: dict[str, Any] = answer["report"] or {
            "verdict": "invalid",
            "opened": False,
            "digest": "",
            "signatures": [],
            "steps": [],
            "changed": [],
            "uncovered": [],
            "codes": [],
        }
        # The bundle's own steps are part of the verdict on what it holds.
        whole = {**report, "verdict": answer["verdict"], "steps": [*answer["steps"], *report["steps"]]}
        notices = notices_of(whole)
        if not answer["opened"]:
            return OpenedBundle(
                None,
                path.name,
                (),
                Verification(whole, checks_of(whole, digest_file(path)), notices, now, answer),
            )
        names = self.render.unpack_bundle(path, folder)
        found = {part["path"]: part["name"] for part in answer["parts"]}
        carried = tuple(
            (found[place], folder / name)
            for place, name in names.items()
            if place in found and not name.startswith("000")
        )
        document = next((folder / name for name in names.values() if name.startswith("000")), None)
        digest = next((part["sm3"] for part in answer["parts"] if part["role"] == "document"), "")
        verification = Verification(whole, checks_of(whole, digest), notices, now, answer)
        return OpenedBundle(document, answer["document"], carried, verification)

    def read_seal(self, path: Path) -> SealFileFacts:
        """Slow. A seal file (.esl) and the check of it as of now. Bad input is a verdict."""
        return self.render.read_seal_file(path, self._trust, self.clock.now(), _SEAL_PX)


def save_copy(source: Path, target: Path) -> None:
    """Slow. Copy a file to a place that a person chose; it is there whole or not at all. Raises KnownError:
    file.*, host.disk_full."""
    copy_file(source, target)
