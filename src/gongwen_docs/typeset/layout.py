"""From the elements of a circular to pages (GB/T 9704-2012)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

from gongwen_docs.typeset import geometry as g
from gongwen_docs.typeset.circular import Annex, Block, BlockKind, Circular, Content
from gongwen_docs.typeset.facts import LayoutFacts
from gongwen_docs.typeset.imprint import imprint_height, set_imprint, set_page_numbers
from gongwen_docs.typeset.letterhead import set_letterhead, set_title
from gongwen_docs.typeset.lines import Line, Span, measure, shape
from gongwen_docs.typeset.sheets import BODY, HEI, KAI, Sheets
from gongwen_docs.typeset.signing import LEAST_SEAL_GAP, rows_needed, set_signature
from gongwen_docs.typeset.tables import set_table
from gongwen_docs.write import DocumentInfo, FaceShelf, OfdWriter, default_shelf

_LEAD_STYLE = {
    BlockKind.HEADING_1: HEI,
    BlockKind.HEADING_2: KAI,
    BlockKind.ARTICLE: HEI,
    BlockKind.CHAPTER: HEI,
}
#: Text that must stand on the page of the signature: no seal on a page without text.
_LINES_WITH_SIGNATURE = 2


def typeset(circular: Circular, shelf: FaceShelf | None = None) -> tuple[bytes, LayoutFacts]:
    """Set a circular; returns the OFD package and the facts of its layout. Same input, same bytes.

    Raises ``KnownError("write.no_font")`` and ``KnownError("write.character_without_glyph")``.
    """
    info = DocumentInfo(
        title=circular.flat_title,
        author=circular.signature,
        created=circular.issue_date,
        elements=circular.metadata(),
    )
    writer = OfdWriter(info, moment=datetime.combine(circular.issue_date, time(9)))
    sheets = Sheets(writer, shelf or default_shelf())
    head = set_letterhead(sheets, circular)
    lines = _text_lines(sheets, circular)
    _set_text(sheets, circular, lines)
    signing = set_signature(sheets, circular)
    for annex in circular.annexes:
        _set_annex(sheets, annex)
    own_page = _make_room_for_imprint(sheets, circular)
    imprint = set_imprint(sheets, circular)
    set_page_numbers(sheets, last_is_imprint_only=own_page)
    facts = LayoutFacts(
        page_count=len(sheets.pages),
        date_line=signing.date_line,
        signature=signing.signature,
        body_bottom=signing.body_bottom,
        red_line=head.red_line,
        title=head.title,
        imprint=imprint,
    )
    return writer.to_bytes(), facts


def typeset_attachment(circular: Circular, annex: Annex, shelf: FaceShelf | None = None) -> bytes:
    """Set an annex that is a file of its own: the circular's number stands before its label (7.3.7)."""
    info = DocumentInfo(
        title=annex.title,
        author=circular.signature,
        created=circular.issue_date,
        elements={"BT": annex.title, "FWZH": circular.doc_number},
    )
    writer = OfdWriter(info, moment=datetime.combine(circular.issue_date, time(9)))
    sheets = Sheets(writer, shelf or default_shelf())
    label = f"{circular.doc_number}{annex.label or '附件'}"
    _set_annex(sheets, replace(annex, label=label))
    set_page_numbers(sheets)
    return writer.to_bytes()


def block_lines(sheets: Sheets, block: Block) -> list[Line]:
    """The lines of one block, indented by its kind."""
    lead_style = _LEAD_STYLE.get(block.kind, BODY)
    if block.kind is BlockKind.CHAPTER:
        line = sheets.one_line(block.lead or block.text, lead_style)
        return [line.moved((g.WIDTH - line.width) / 2)]
    spans = [Span(block.lead, lead_style), Span(block.text, BODY)]
    indent = 0.0 if block.kind is BlockKind.FLUSH else 2 * g.CELL
    return sheets.break_spans([span for span in spans if span.text], first_indent=indent)


def _text_lines(sheets: Sheets, circular: Circular) -> list[Line | None]:
    """Main recipients, body and attachment notes as grid lines; ``None`` is a blank line."""
    lines: list[Line | None] = list(sheets.break_spans([Span(circular.main_recipients, BODY)]))
    for item in circular.content:
        if isinstance(item, Block):
            lines += block_lines(sheets, item)
    if circular.attachment_notes:
        lines.append(None)
        lines += _attachment_notes(sheets, circular.attachment_notes)
    return lines


def _attachment_notes(sheets: Sheets, notes: tuple[str, ...]) -> list[Line]:
    """附件说明 (7.3.4): wrapped lines align with the first character of the name."""
    start = 2 * g.CELL
    names = start + 3 * g.CELL
    lines: list[Line] = []
    for number, note in enumerate(notes, 1):
        label = f"{number}." if len(notes) > 1 else ""
        lead = "附件：" if number == 1 else ""
        hang = names + measure(shape(sheets.shelf, [Span(label, BODY)]))
        lines += sheets.break_spans(
            [Span(lead + label + note, BODY)],
            first_indent=start if lead else names,
            next_indent=hang,
        )
    return lines


def _set_text(sheets: Sheets, circular: Circular, lines: list[Line | None]) -> None:
    """Set the text so that the signature's page carries text (7.3.5.5)."""
    needed = rows_needed(circular, LEAST_SEAL_GAP)
    for index, line in enumerate(lines):
        left = len(lines) - index
        if left == _LINES_WITH_SIGNATURE and sheets.row and sheets.rows_left < left + needed:
            sheets.new_page()
        if line is None:
            sheets.skip(1)
        else:
            sheets.set_line(line)


def _set_annex(sheets: Sheets, annex: Annex) -> None:
    """Set an annex on a new page: label on line 1, title from line 3 on (7.3.7)."""
    if sheets.row:
        sheets.new_page()
    if annex.label:
        sheets.set_line(sheets.one_line(annex.label, HEI))
    title = set_title(sheets, annex.title, g.line_top(2))
    sheets.row = g.row_at_or_below(title.box.y + title.box.height + g.PITCH * 0.8)
    _set_content(sheets, annex.content)


def _set_content(sheets: Sheets, content: tuple[Content, ...]) -> None:
    for item in content:
        if not isinstance(item, Block):
            set_table(sheets, item)
            continue
        lines = block_lines(sheets, item)
        heading = item.kind in (BlockKind.CHAPTER, BlockKind.HEADING_1) and not item.text
        if heading and sheets.rows_left < len(lines) + 1:
            sheets.new_page()
        for line in lines:
            sheets.set_line(line)


def _make_room_for_imprint(sheets: Sheets, circular: Circular) -> bool:
    """Whether the imprint had to take a page of its own."""
    height = imprint_height(sheets, circular)
    if not height:
        return False
    bottom = g.line_top(sheets.row - 1) + g.SIZE_3
    if bottom + g.PITCH / 2 <= g.BOTTOM - height:
        return False
    sheets.new_page()
    return True
