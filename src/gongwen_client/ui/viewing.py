"""``gongwen view FILE``: the viewer by itself, without office, exchange or log-in."""

from __future__ import annotations

from pathlib import Path

from gongwen_client.host.places import Places
from gongwen_client.render import RenderPool
from gongwen_client.services.local import LocalDocuments
from gongwen_client.ui.program import application
from gongwen_client.ui.settings import read_settings
from gongwen_client.ui.tasks import background
from gongwen_client.ui.viewer.window import Viewers
from gongwen_crypto.errors import KnownError


def view(path: Path, home: Path | None = None) -> int:
    """Show ``path`` until its window and all that came of it are closed."""
    app = application()
    pool = RenderPool()
    try:
        viewers = Viewers(LocalDocuments(pool, _trust_dir(home)))
        viewers.emptied = app.quit
        viewers.open(path.absolute())
        return app.exec()
    finally:
        background.stop()
        pool.stop()


def _trust_dir(home: Path | None) -> Path:
    """Where the client that is set up on this PC keeps its roots; a PC without one has none."""
    places = Places.below(home.resolve()) if home else Places.of_user()
    try:
        return read_settings(places).office.trust_dir
    except KnownError:
        return places.config / "trust"
