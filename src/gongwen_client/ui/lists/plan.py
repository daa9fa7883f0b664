"""What a list of documents is: its columns, states, acts and words. See ``catalog``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gongwen_client.domain.lists import ListName
from gongwen_client.ui.lists.conditions import Choice
from gongwen_client.ui.lists.table import Column
from gongwen_client.ui.widgets.states import EmptyState


@dataclass(frozen=True)
class RowAct:
    """An act on the chosen row, or with ``many`` on several; ``fits`` says for which rows."""

    name: str
    text: str
    picture: str
    many: bool = False
    danger: bool = False
    fits: Callable[[Any], bool] = lambda _row: True


@dataclass(frozen=True)
class ListPlan:
    """``units`` names what the units are to the list (empty: none to choose by), ``unread`` whether rows can
    be, ``hint`` what the search finds."""

    name: ListName
    title: str
    columns: Sequence[Column[Any]]
    empty: EmptyState
    states: Sequence[Choice] = ()
    units: str = ""
    acts: Sequence[RowAct] = ()
    unread: bool = False
    hint: str = "查找标题、文号、单位、正文"
