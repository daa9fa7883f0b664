"""``gongwen view FILE``: the viewer by itself, without office, exchange or log-in."""

from __future__ import annotations

from pathlib import Path

from gongwen_client.host.places import Places
from gongwen_client.render import RenderPool
from gongwen_client.services.local import LocalDocuments
from gongwen_client.services.office import broker_config
from gongwen_client.token.proxy import TokenBroker
from gongwen_client.token.wire import BrokerConfig
from gongwen_client.ui.program import application
from gongwen_client.ui.settings import read_settings
from gongwen_client.ui.tasks import background
from gongwen_client.ui.viewer.window import Viewers
from gongwen_crypto.errors import KnownError


def view(path: Path, home: Path | None = None) -> int:
    """Show ``path`` until its window and all that came of it are closed."""
    app = application()
    pool = RenderPool()
    trust_dir, keys = _surroundings(home)
    tokens = TokenBroker(keys)
    try:
        viewers = Viewers(LocalDocuments(pool, trust_dir, tokens=tokens))
        viewers.emptied = app.quit
        viewers.open(path.absolute())
        return app.exec()
    finally:
        background.stop()
        tokens.stop()
        pool.stop()


def _surroundings(home: Path | None) -> tuple[Path, BrokerConfig]:
    """Where the client that is set up on this PC keeps its roots, and its keys; a PC without one has none."""
    places = Places.below(home.resolve()) if home else Places.of_user()
    try:
        settings = read_settings(places).office
        return settings.trust_dir, broker_config(settings, places)
    except KnownError:
        return places.config / "trust", BrokerConfig((), ())
