"""Screens beside the main job, a module for each room of the client.

Each has ``tell(story)``, called alone or after the others in the same town, so it brings about what it shows;
``story.picture`` looks at each step.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module

from client.ui.story import Story


def chapters() -> Iterator[str]:
    """Their names, in alphabetical order."""
    return (module.name for module in pkgutil.iter_modules(__path__))


def tell(story: Story, name: str) -> None:
    """Tell one."""
    import_module(f"{__name__}.{name}").tell(story)
