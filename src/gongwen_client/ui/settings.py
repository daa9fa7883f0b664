"""client.toml: what the administrator of the PC sets once.

server_url = "https://exchange.example"
key_folders = ["/media/seal"]        # optional: folders in which key files are looked for
token_modules = ["/usr/lib/x.so"]    # optional: PKCS#11 modules that say themselves how to drive them
trust_dir = "trust"                  # optional: relative paths start at the file
print_folder = "prints"              # optional: where prints go without a printer
poll_seconds = 30                    # optional
unit_code = "..."                    # optional: filled in at log-in

[locked]                             # optional: preferences that the clerk cannot change
idle_minutes = 10
reason = "市政府办公室统一要求"

[[token_drivers]]                    # optional: key libraries that need more words
library = "/usr/lib/libskf.so"
interface = "skf"                    # or pkcs11
profile = "wide"                     # optional: a profile's name, or the path of a file of one's own
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gongwen_client.domain.preferences import Locks
from gongwen_client.host.places import Places
from gongwen_client.services.office import OfficeSettings, TokenDriver
from gongwen_crypto.errors import KnownError

FILE_NAME = "client.toml"


class _Driver(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    library: str
    interface: Literal["pkcs11", "skf"] = "pkcs11"
    profile: str = ""


class _Locked(BaseModel):
    """Preferences that the administrator fixes, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    reason: str = ""
    sound: bool | None = None
    idle_minutes: int | None = Field(None, ge=0, le=240)
    lock_on_key_removal: bool | None = None
    scale: int | None = Field(None, ge=75, le=300)
    printer: str | None = None
    save_folder: str | None = None

    def locks(self) -> Locks:
        """What is fixed."""
        values = self.model_dump(exclude={"reason"}, exclude_none=True)
        return Locks(values, self.reason)


class _File(BaseModel):
    """The file as written; a misspelt name is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    server_url: str = Field(pattern=r"^https?://")
    key_folders: tuple[str, ...] = ()
    token_modules: tuple[str, ...] = ()
    token_drivers: tuple[_Driver, ...] = ()
    trust_dir: str = "trust"
    print_folder: str = "prints"
    poll_seconds: float = Field(30.0, ge=1, le=3600)
    unit_code: str = ""
    account: str = ""
    locked: _Locked = _Locked()


@dataclass(frozen=True)
class ClientSettings:
    """What ``client.toml`` says: for the office, and what the log-in window fills in."""

    office: OfficeSettings
    unit_code: str
    account: str


def read_settings(places: Places) -> ClientSettings:
    """Read ``client.toml`` in the configuration folder.

    Raises KnownError: ui.no_settings when there is none, ui.bad_settings naming the first fault.
    """
    path = places.config / FILE_NAME
    try:
        file = _File.model_validate(tomllib.loads(path.read_text("utf-8")))
    except FileNotFoundError as error:
        raise KnownError("ui.no_settings", path=str(path)) from error
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise KnownError("ui.bad_settings", path=str(path), place=place) from error
    except (OSError, ValueError) as error:
        raise KnownError("ui.bad_settings", path=str(path), place="") from error
    base = places.config
    office = OfficeSettings(
        server_url=file.server_url,
        key_folders=tuple(base / folder for folder in file.key_folders),
        token_modules=file.token_modules,
        trust_dir=base / file.trust_dir,
        print_folder=base / file.print_folder,
        poll_seconds=file.poll_seconds,
        token_drivers=tuple(
            TokenDriver(Path(driver.library), driver.interface, driver.profile)
            for driver in file.token_drivers
        ),
        locks=file.locked.locks(),
    )
    return ClientSettings(office, file.unit_code, file.account)
