"""Where the client keeps its files on this PC."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from gongwen_crypto.errors import KnownError

HOME_VARIABLE = "GONGWEN_HOME"
_NAME = "gongwen"


@dataclass(frozen=True)
class Places:
    """Four folders: ``data`` must be backed up, ``cache`` may be deleted at any time."""

    data: Path
    cache: Path
    config: Path
    log: Path

    @classmethod
    def of_user(cls) -> Places:
        """The user's folders as the system wants them, or all below ``GONGWEN_HOME`` where that is set."""
        home = os.environ.get(HOME_VARIABLE)
        if home:
            return cls.below(Path(home).expanduser().resolve())
        return cls(
            platformdirs.user_data_path(_NAME, appauthor=False),
            platformdirs.user_cache_path(_NAME, appauthor=False),
            platformdirs.user_config_path(_NAME, appauthor=False),
            platformdirs.user_log_path(_NAME, appauthor=False),
        )

    @classmethod
    def below(cls, home: Path) -> Places:
        """All four inside one folder: a portable set, a demo or a test."""
        return cls(home / "data", home / "cache", home / "config", home / "log")

    @property
    def keyfiles(self) -> Path:
        """The slot for software keys: a key file put here is plugged in."""
        return self.data / "keys"

    def prepare(self) -> None:
        """Make the folders, for this user only. Raises KnownError("host.not_writable")."""
        private_umask()
        for folder in (self.data, self.cache, self.config, self.log, self.keyfiles):
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                reason = os.strerror(error.errno or 0)
                raise KnownError("host.not_writable", path=str(folder), reason=reason) from error


def private_umask() -> None:
    """Whatever this process writes from now on is its user's alone (no effect on Windows' own rights)."""
    os.umask(0o077)
