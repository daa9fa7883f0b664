"""Commands that make something out of pages: pictures, thumbnails, PDF, text."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from gongwen_client.cli.arguments import (
    EXIT_CODES,
    EXIT_OK,
    EXIT_PARTLY,
    add_pages,
    add_password,
    chosen_pages,
    dpi,
    opened_pool,
    rect,
)
from gongwen_client.durable import write_atomically
from gongwen_client.render import Remark, RenderPool
from gongwen_crypto.errors import KnownError
from gongwen_docs.draw.png import png
from gongwen_docs.draw.results import PageText, SealView
from gongwen_protocol.sentences import sentence

_SEAL_VIEWS = {"shown": SealView.SHOWN, "grey": SealView.GREY, "hidden": SealView.HIDDEN}
_MM_PER_INCH = 25.4
_LOWEST_DPI, _HIGHEST_DPI = 1.0, 600.0


def register(commands: Any) -> None:
    """Add the commands of this module."""
    _register_render(commands)
    _register_thumbs(commands)
    _register_convert(commands)
    text = _command(commands, "text", "输出文字（可带位置）", _text)
    add_pages(text, "默认全部")
    text.add_argument("--json", action="store_true", help="以JSON输出文字和每个字的位置（毫米）")


def _register_render(commands: Any) -> None:
    render = _command(commands, "render", "把页面画成图片（PNG）或写成PDF", _render)
    add_pages(render, "默认第1页")
    render.add_argument("--dpi", type=dpi, default=150.0, metavar="D", help="每英寸像素数（默认150）")
    render.add_argument("--rect", type=rect, metavar="X,Y,W,H", help="只画页面的一部分，单位毫米")
    render.add_argument("--out", type=Path, required=True, metavar="PATH", help="PNG或PDF文件，或文件夹")
    _add_seals(render)


def _register_thumbs(commands: Any) -> None:
    thumbs = _command(commands, "thumbs", "画缩略图（PNG）", _thumbs)
    add_pages(thumbs, "默认全部")
    thumbs.add_argument("--size", type=_size, default=160, metavar="PX", help="长边像素数（默认160）")
    thumbs.add_argument("--out", type=Path, required=True, metavar="DIR", help="文件夹或PNG文件")
    _add_seals(thumbs)


def _register_convert(commands: Any) -> None:
    convert = _command(commands, "convert", "转换为PDF（矢量、嵌入字体、可检索）", _convert)
    convert.add_argument("target", type=Path, metavar="TARGET.pdf")
    add_pages(convert, "默认全部")
    _add_seals(convert)


def _command(
    commands: Any, name: str, words: str, run: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=words, epilog=EXIT_CODES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="OFD或PDF文件")
    add_password(parser)
    parser.set_defaults(run=run)
    return parser


def _add_seals(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--seals", choices=tuple(_SEAL_VIEWS), default="shown", help="印章：彩色（默认）、灰色或不显示"
    )


def _size(text: str) -> int:
    if not (text.isdecimal() and 16 <= int(text) <= 2000):
        raise argparse.ArgumentTypeError(f"像素数应为16至2000，不能是“{text}”")
    return int(text)


def _render(arguments: argparse.Namespace) -> int:
    """Pictures of pages, or one PDF where ``--out`` ends in .pdf."""
    if arguments.out.suffix.lower() == ".pdf":
        arguments.target = arguments.out
        return _write_pdf(arguments, default=(0,))
    with opened_pool(arguments) as pool:
        count = pool.open(arguments.file).page_count
        pages = chosen_pages(arguments, count, (0,))
        resolutions = dict.fromkeys(pages, arguments.dpi)
        return _draw(pool, arguments, resolutions, several=len(pages) > 1 or arguments.all)


def _thumbs(arguments: argparse.Namespace) -> int:
    """Pictures whose longer side has ``--size`` pixels."""
    arguments.rect = None
    with opened_pool(arguments) as pool:
        facts = pool.open(arguments.file)
        pages = chosen_pages(arguments, facts.page_count, range(facts.page_count))
        longest = {page: max(facts.page_sizes_mm[page]) for page in pages}
        resolutions = {
            page: min(_HIGHEST_DPI, max(_LOWEST_DPI, arguments.size * _MM_PER_INCH / side))
            for page, side in longest.items()
        }
        return _draw(pool, arguments, resolutions, several=True)


def _convert(arguments: argparse.Namespace) -> int:
    return _write_pdf(arguments, default=None)


def _write_pdf(arguments: argparse.Namespace, default: Sequence[int] | None) -> int:
    with opened_pool(arguments) as pool:
        count = pool.open(arguments.file).page_count
        pages = chosen_pages(arguments, count, range(count) if default is None else default)
        seals = _SEAL_VIEWS[arguments.seals]
        pool.export_pdf(arguments.file, arguments.target.absolute(), pages, for_print=False, seals=seals)
    print(arguments.target)
    return EXIT_OK


def _draw(
    pool: RenderPool, arguments: argparse.Namespace, resolutions: dict[int, float], several: bool
) -> int:
    """Write one PNG for each page; a page that cannot be drawn does not stop the others."""
    remarks: dict[str, None] = {}

    def draw(page: int) -> None:
        resolution = resolutions[page]
        picture = pool.render(
            arguments.file, page, resolution, arguments.rect, seals=_SEAL_VIEWS[arguments.seals]
        )
        target = _target(arguments.out, arguments.file.stem, page, several)
        _write(target, png(picture.pixels, resolution))
        remarks.update(dict.fromkeys(map(_words, picture.remarks)))
        print(target)

    code = _each(resolutions, draw)
    for words in remarks:
        print(words, file=sys.stderr)
    return code


def _words(remark: Remark) -> str:
    return f"提示：{sentence(remark.code, **remark.facts)}"


def _each(pages: Iterable[int], work: Callable[[int], None]) -> int:
    """Do something with each page. One page's trouble is said and passed over; all pages' is raised."""
    failures: dict[int, KnownError] = {}
    done = 0
    for page in pages:
        try:
            work(page)
            done += 1
        except KnownError as error:
            if error.code.startswith(("draw.file_", "host.", "store.")):  # the disk, not the page
                raise
            failures[page] = error
    if failures and not done:
        raise next(iter(failures.values()))
    for page, failure in failures.items():
        print(f"第 {page + 1} 页：{sentence(failure)}", file=sys.stderr)
    return EXIT_PARTLY if failures else EXIT_OK


def _target(out: Path, stem: str, page: int, several: bool) -> Path:
    """``out`` itself for one page; ``out-N.png`` or ``out/stem-N.png`` for several."""
    if out.suffix.lower() == ".png" and not out.is_dir():
        return out.with_name(f"{out.stem}-{page + 1}.png") if several else out
    return out / f"{stem}-{page + 1}.png"


def _write(target: Path, data: bytes) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise KnownError("draw.file_not_written", file=target.name) from error
    write_atomically(target, data)


def _text(arguments: argparse.Namespace) -> int:
    """Text of pages parted by form feeds, or JSON with the place of every character."""
    texts: dict[int, PageText] = {}
    with opened_pool(arguments) as pool:
        facts = pool.open(arguments.file)
        pages = chosen_pages(arguments, facts.page_count, range(facts.page_count))

        def read(page: int) -> None:
            texts[page] = pool.text(arguments.file, page)

        code = _each(pages, read)
    if not arguments.json:
        print("\f".join(text.text for text in texts.values()), end="")
        return code
    told = [_text_facts(page, facts.page_sizes_mm[page], text) for page, text in texts.items()]
    json.dump(told, sys.stdout, ensure_ascii=False)
    print()
    return code


def _text_facts(page: int, size: tuple[float, float], text: PageText) -> dict[str, object]:
    """A page's lines in reading order; boxes are left, top, right, bottom in mm."""
    return {
        "page": page + 1,
        "width_mm": size[0],
        "height_mm": size[1],
        "text": text.text,
        "lines": [
            {
                "text": "".join(item.char for item in text.chars[line.start : line.end]),
                "direction": list(line.direction),
                "chars": [
                    {"char": item.char, "box": [round(value, 3) for value in item.box]}
                    for item in text.chars[line.start : line.end]
                ],
            }
            for line in text.lines
        ],
    }
