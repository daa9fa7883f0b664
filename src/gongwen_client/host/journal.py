"""The client's log: what happened and where, never the words that were worked on.

A record is written as its template (a text of our own sources) with its values reduced to their kind: numbers
stay, errors become their code, everything else its type. So no title, password, PIN or token can get into the
file; :func:`redacted` is the second wall in front of what leaves the PC.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterator
from pathlib import Path

from gongwen_crypto.errors import GongwenError

OWN = "gongwen"
_PLACE = re.compile(r"%(?:\([a-z_]+\))?[-+ #0]*\d*(?:\.\d+)?[a-zA-Z]")
_LINE = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),?\d{0,3} "
    r"(?P<level>DEBUG|INFO|WARNING|ERROR|CRITICAL) (?P<name>gongwen_[a-z_.]{1,80})(?P<rest> .*)?"
)
_CRASH = re.compile(r"time \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|python \d+\.\d+\.\d+ pyside \d+\.\d+\.\d+")
_FRAME = re.compile(r"^ {2}[a-z_]{1,40}\.py:\d{1,5} <?[a-zA-Z_]{1,60}>?$")
_KIND = re.compile(r"\b[A-Z][A-Za-z]{2,40}(?:Error|Exception)\b")
_MOST_LINES = 4000


class SafeFormatter(logging.Formatter):
    """Our own records as templates; of other libraries' records only who spoke and how loudly."""

    def format(self, record: logging.LogRecord) -> str:
        head = f"{self.formatTime(record)} {record.levelname} {record.name}"
        if not record.name.startswith(OWN):
            return head
        lines = [f"{head} {_message(record)}"]
        if record.exc_info and record.exc_info[1] is not None:
            lines += _chain(record.exc_info[1])
        return "\n".join(lines)


def _message(record: logging.LogRecord) -> str:
    if not isinstance(record.msg, str):
        return _kind(record.msg)
    values = list(record.args) if isinstance(record.args, tuple) else [record.args]
    return _PLACE.sub(lambda _match: _kind(values.pop(0)) if values else "?", record.msg)


def _kind(value: object) -> str:
    if isinstance(value, GongwenError):
        return value.code
    if isinstance(value, bool | int | float):
        return str(value)
    return f"<{type(value).__name__}>"


def _chain(error: BaseException) -> Iterator[str]:
    seen: BaseException | None = error
    while seen is not None:
        yield f"  {type(seen).__name__} {getattr(seen, 'code', '')}".rstrip()
        for frame in traceback.extract_tb(seen.__traceback__):
            yield f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}"
        seen = seen.__cause__ or seen.__context__


def redacted(text: str, codes: frozenset[str]) -> str:
    """What of a log or crash report may leave the PC: time, level, module, known error ``codes``, kinds of
    errors and places in the program. Everything else is left out, whatever it is."""
    lines = (_allowed(line, codes) for line in text.splitlines()[-_MOST_LINES:])
    return "".join(f"{line}\n" for line in lines if line)


def _allowed(line: str, codes: frozenset[str]) -> str:
    if _FRAME.match(line):
        return line
    match = _LINE.match(line)
    if match is None:
        crash = _CRASH.match(line)
        return crash.group() if crash else " ".join(_known(line, codes))
    return " ".join((match["time"], match["level"], match["name"], *_known(match["rest"] or "", codes)))


def _known(text: str, codes: frozenset[str]) -> Iterator[str]:
    yield from (word for word in re.findall(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+", text) if word in codes)
    yield from (word for word in _KIND.findall(text) if word in _KINDS)


_KINDS = frozenset(
    {
        *("KnownError", "RefusedError", "BugError", "OSError", "PermissionError", "FileNotFoundError"),
        *("ValueError", "TypeError", "KeyError", "IndexError", "AttributeError", "RuntimeError"),
        *("AssertionError", "MemoryError", "TimeoutError", "ConnectionError", "BrokenPipeError"),
        *("UnicodeDecodeError", "RecursionError", "OperationalError", "DatabaseError", "IntegrityError"),
        *("JSONDecodeError", "ValidationError", "NotImplementedError", "OverflowError", "EOFError"),
    }
)
