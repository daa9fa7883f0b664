"""What a worker can do. Adding an operation is adding a function to a module of this folder.

Every function takes the worker's desk and typed arguments; arguments and result cross the pipe by their type
hints (:mod:`gongwen_client.render.codec`). Modules are imported when one of their operations is first asked
for, in the order of :data:`MODULES`: a worker that only draws starts faster.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from gongwen_client.render.memory import PixelMemory
from gongwen_client.render.opened import OpenDocuments
from gongwen_crypto.errors import BugError

MODULES = (
    "pages",
    "reading",
    "judging",
    "sealing",
    "seals",
    "bundles",
    "encryption",
    "paper",
    "archive",
    "photographs",
)

Operation = Callable[..., Any]
F = TypeVar("F", bound=Operation)
_OPERATIONS: dict[str, Operation] = {}


@dataclass
class Desk:
    """What an operation works with."""

    memory: PixelMemory
    documents: OpenDocuments = field(default_factory=OpenDocuments)


def operation(function: F) -> F:
    """Offer a function under its name."""
    _OPERATIONS[function.__name__] = function
    return function


def load(name: str) -> Operation:
    """The operation of this name. Raises ``BugError`` ``render.unknown_operation``."""
    for module in MODULES:
        if name in _OPERATIONS:
            break
        importlib.import_module(f"{__name__}.{module}")
    try:
        return _OPERATIONS[name]
    except KeyError:
        raise BugError("render.unknown_operation", name=name) from None
