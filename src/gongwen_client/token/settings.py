"""Which keys this PC looks for: the administrator's ``token.toml`` and the slot for software keys.

[[module]]
library = "/opt/vendor/lib/libvendor-p11.so"
profile = "luna"    # optional; without it the module's own words choose
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from gongwen_client.token.profiles import ModuleConfig
from gongwen_client.token.wire import BrokerConfig
from gongwen_crypto.errors import KnownError


def load_broker_config(settings: Path, *keyfile_folders: Path) -> BrokerConfig:
    """The modules of ``settings`` (none where there is no such file) and the folders of key files.

    Raises KnownError("token.bad_settings").
    """
    try:
        document = tomllib.loads(settings.read_text("utf-8"))
        modules = tuple(
            ModuleConfig(Path(module["library"]), str(module.get("profile", "")))
            for module in document.get("module", ())
        )
    except FileNotFoundError:
        modules = ()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise KnownError("token.bad_settings", path=str(settings), reason=str(error)) from error
    return BrokerConfig(modules, keyfile_folders)
