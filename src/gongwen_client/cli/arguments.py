"""Arguments that several commands share: pages, resolution, rectangle; and how commands end."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from gongwen_client.render import RenderPool
from gongwen_client.services.unlocking import Unlocking
from gongwen_crypto.errors import KnownError

EXIT_OK = 0
EXIT_PARTLY = 1
EXIT_UNREADABLE = 2

EXIT_CODES = """\
退出码：
  0    完成
  1    部分页面未能处理，其余已完成（原因见标准错误）
  2    文件无法读取、参数有误或结果无法写入
  130  被中断
出错时在标准错误输出一句话，句末括号内是错误代码。"""

Rect = tuple[float, float, float, float]
_RANGE = re.compile(r"(\d*)(-?)(\d*)")
_LARGEST_MM = 1e6
_SMALL_BYTES = 64 * 1024


def dpi(text: str) -> float:
    """Pixels per inch from 10 to 600."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 10 <= value <= 600:
        raise argparse.ArgumentTypeError(f"每英寸像素数应为10至600，不能是“{text}”")
    return value


def rect(text: str) -> Rect:
    """``x,y,width,height`` in mm from the page's top left corner."""
    try:
        x, y, width, height = (float(part) for part in text.split(","))
    except ValueError:
        x = y = width = height = math.nan
    if not (width > 0 and height > 0 and max(abs(x), abs(y), width, height) <= _LARGEST_MM):
        raise argparse.ArgumentTypeError(f"范围应为“左,上,宽,高”（毫米），不能是“{text}”")
    return x, y, width, height


class Pages:
    """Pages as a user writes them: ``1,3-5,8-``; counted from 1."""

    def __init__(self, text: str) -> None:
        self._ranges: list[tuple[int, int | None]] = []
        for part in text.split(","):
            match = _RANGE.fullmatch(part.strip())
            if match is None or not (match[1] or match[3]) or "0" in (match[1], match[3]):
                raise argparse.ArgumentTypeError(f"页码应如“1,3-5,8-”，不能是“{text}”")
            first = int(match[1] or 1)
            last = first if not match[2] else int(match[3]) if match[3] else None
            self._ranges.append((first, last))

    def of(self, count: int) -> list[int]:
        """The pages of a document of ``count`` pages, from 0, in the order written, each once.

        Raises ``KnownError`` ``draw.no_such_page``.
        """
        chosen: dict[int, None] = {}
        for first, last in self._ranges:
            end = count if last is None else last
            if first > count or end > count:
                raise KnownError("draw.no_such_page", page=max(first, end), pages=count)
            chosen |= dict.fromkeys(range(first - 1, end))
        return list(chosen)


def add_pages(parser: argparse.ArgumentParser, default: str) -> None:
    """``--page``, ``--pages`` and ``--all``; ``default`` tells in words what happens without them."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--page", type=Pages, dest="pages", metavar="N", help=argparse.SUPPRESS)
    which.add_argument(
        "--pages", type=Pages, dest="pages", metavar="N", help=f"页码，从1开始，如 1,3-5,8-（{default}）"
    )
    which.add_argument("--all", action="store_true", help="全部页面")


def chosen_pages(arguments: argparse.Namespace, count: int, default: Sequence[int]) -> list[int]:
    """The pages that a command works on, from 0."""
    if arguments.all:
        return list(range(count))
    return list(default) if arguments.pages is None else arguments.pages.of(count)


def add_password(parser: argparse.ArgumentParser) -> None:
    """``--password-file`` of commands that read a document which may be encrypted."""
    parser.add_argument(
        "--password-file", type=Path, metavar="FILE", help="加密文件的口令所在的文件（第一行）"
    )


def read_password(path: Path) -> str:
    """First line of a file. Raises KnownError("file.not_found")."""
    lines = read_small(path).decode("utf-8-sig", "replace").splitlines()
    return lines[0] if lines else ""


def read_small(path: Path) -> bytes:
    """The beginning of a file that holds a password or a certificate. Raises KnownError("file.not_found")."""
    try:
        with path.open("rb") as stream:
            return stream.read(_SMALL_BYTES)
    except OSError as error:
        raise KnownError("file.not_found", name=path.name) from error


@contextmanager
def opened_pool(arguments: argparse.Namespace | None = None) -> Iterator[RenderPool]:
    """One worker for the time of a command, the file of ``arguments`` unlocked where there is a password."""
    pool = RenderPool(1)
    try:
        if arguments is not None and arguments.password_file is not None and pool.locks(arguments.file):
            Unlocking(pool).with_password(arguments.file, read_password(arguments.password_file))
        yield pool
    finally:
        pool.stop()
