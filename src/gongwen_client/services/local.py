"""A file on this PC, looked at and verified without the exchange (查看本机文件)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gongwen_client.host.clock import Clock, SystemClock
from gongwen_client.render import RenderPool
from gongwen_client.services.unlocking import Unlocking
from gongwen_client.services.verification import Verification, judge_file, judge_layout
from gongwen_client.token.proxy import TokenBroker

LAYOUT_PAGES = 300
"""Every page is drawn and looked at, some tens of milliseconds each, while a worker does nothing else."""


@dataclass(frozen=True)
class LocalDocuments:
    """Verifies with the roots in ``trust_dir``; where that folder is missing, no seal can be confirmed."""

    render: RenderPool
    trust_dir: Path
    clock: Clock = SystemClock()  # noqa: RUF009  # has no state
    tokens: TokenBroker | None = None
    """Keys that may open encrypted files."""

    @property
    def unlocking(self) -> Unlocking:
        """Opens encrypted files."""
        return Unlocking(self.render, self.tokens)

    def verify(self, path: Path) -> Verification:
        """Slow. As for a received document, but nothing is known of what was sent and nobody witnesses the
        time. The layout is not looked at yet."""
        trust = self.trust_dir if self.trust_dir.is_dir() else None
        return judge_file(self.render, path, trust_dir=trust, now=self.clock.now())

    def verify_layout(self, path: Path, verification: Verification) -> Verification:
        """Slow, the more so the more pages: of a very long file the layout stays unknown. Else the same with
        the layout judged."""
        if self.render.open(path).page_count > LAYOUT_PAGES:
            return verification
        return judge_layout(self.render, path, verification)
