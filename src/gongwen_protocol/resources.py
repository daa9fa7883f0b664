"""Where the product's data files are: the checkout's ``resources/`` or the copy inside a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource_path(*parts: str) -> Path:
    """Path of a data file, e.g. ``resource_path("profiles", "ordos-2018.toml")``.

    Raises FileNotFoundError when neither place has it: a broken installation.
    """
    for root in (_PACKAGE / "_resources", _PACKAGE.parent.parent / "resources"):
        place = root.joinpath(*parts)
        if place.exists():
            return place
    raise FileNotFoundError("/".join(parts))
