"""The opened slide as HTML: its image with the quoted words boxed, what it is, and its text."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from lsqa.documents import Box
from lsqa.slides import Passage, Slide, TextBlock
from lsqa.text import Language
from lsqa.ui.escaping import data, escaped, web_address
from lsqa.ui.texts import text

IMAGES: Final = "gradio_api/file=slides/"
"""Where a page image is asked for, seen from the page; its name follows. `serving` knows the folder."""

_AROUND = 0.004  # of the page: a box with some air is easier to see
_TAGS = {"paragraph": "p", "label": "p", "note": "p", "item": "p"}


def empty_slide_html(language: Language, key: str = "slide-empty") -> str:
    """The panel before anything is opened, or where what was opened is not there."""
    return f'<div class="slide-empty"><p role="status">{escaped(text(key, language))}</p></div>'


def slide_html(
    slide: Slide, image: Path | None, place: Mapping[str, Any], language: Language, *, is_being_made: bool = False
) -> str:
    """The panel with a slide that was opened as `place`. `image` is its page image, where it has one; one that is being
    made is asked for again after a while."""
    shown = "".join(_picture(slide, image, language)) if image else ""
    notes = _note("quote-gone", language) if slide.missing else ""
    notes += _note("quote-unplaced", language) if slide.unplaced else ""
    words = _text(slide, language)
    if image:
        is_open = " open" if slide.unplaced else ""
        summary = escaped(text("as-text", language))
        words = f'<details class="words"{is_open}><summary>{summary}</summary>{words}</details>'
    elif is_being_made:
        notes += _note("image-later", language)
        notes += f'<button type="button" class="again" data-act="open" data-place="{data(place)}" hidden></button>'
    return (
        f'<section class="slide" aria-label="{escaped(text("slide", language))}" tabindex="-1">'
        f"{_head(slide, place, language)}{notes}{shown}{words}</section>"
    )


def _note(key: str, language: Language) -> str:
    return f'<p class="note" role="status">{escaped(text(key, language))}</p>'


def _head(slide: Slide, place: Mapping[str, Any], language: Language) -> str:
    record, number = slide.document, slide.page.number
    known = [record.publisher, record.published or text("undated", language)]
    section = " › ".join(slide.section)
    link = ""
    if address := web_address(record.url):
        said = escaped(text("official", language))
        link = f'<a href="{escaped(address)}" target="_blank" rel="noopener noreferrer nofollow">{said} ↗</a>'
    close = escaped(text("close", language))
    return (
        f'<header><button type="button" class="close" data-act="close" aria-label="{close}">×</button>'
        f'<h2>{escaped(record.title)}</h2><p class="section">{escaped(section)}</p>'
        f'<p class="where">{escaped(" ・ ".join(k for k in known if k))} {link}</p>'
        f'<nav aria-label="{escaped(text("slide", language))}">'
        f"{_turn_to(slide, place, -1, 'previous', '‹', language)}"
        f'<span class="number">{escaped(text("page-of", language, n=number, count=record.pages))}</span>'
        f"{_turn_to(slide, place, 1, 'next', '›', language)}</nav></header>"
    )


def _turn_to(slide: Slide, place: Mapping[str, Any], step: int, key: str, sign: str, language: Language) -> str:
    """A button to the page before or after, which takes along what is quoted, and of which page."""
    number = slide.page.number + step
    off = "" if 1 <= number <= slide.document.pages else " disabled"
    quoted_page = place.get("quoted_page") or slide.page.number
    there = data({**place, "doc_id": slide.document.doc_id, "page": number, "quoted_page": quoted_page})
    said = escaped(text(key, language))
    return (
        f'<button type="button" class="turn-page" data-act="open" data-place="{there}" '
        f'aria-label="{said}" title="{said}"{off}>{sign}</button>'
    )


def _picture(slide: Slide, image: Path, language: Language) -> Iterator[str]:
    alt = escaped(text("image-of", language, title=slide.document.title, n=slide.page.number))
    yield f'<figure class="page"><img src="{escaped(IMAGES + image.name)}" alt="{alt}">'
    label = escaped(text("quoted-here", language))
    for box in slide.boxes:
        yield f'<span class="mark" role="img" aria-label="{label}" style="{_style(box)}"></span>'
    yield "</figure>"


def _style(box: Box) -> str:
    left, top = max(0.0, box.left - _AROUND), max(0.0, box.top - _AROUND)
    wide, high = min(1.0, box.right + _AROUND) - left, min(1.0, box.bottom + _AROUND) - top
    return f"left:{left:.3%};top:{top:.3%};width:{wide:.3%};height:{high:.3%}"


def _text(slide: Slide, language: Language) -> str:
    blocks = slide.blocks
    if not blocks:
        return f'<p class="note">{escaped(text("no-text", language))}</p>'
    parts: list[str] = []
    for is_table, run in groupby(blocks, key=lambda block: block.kind in ("row", "head_row")):
        if is_table:
            rows = "".join(map(_row, run))
            parts.append(f'<div class="table" tabindex="0"><table>{rows}</table></div>')
        else:
            parts.extend(_block(block) for block in run)
    return f'<div class="text">{"".join(parts)}</div>'


def _row(block: TextBlock) -> str:
    cell = "th" if block.kind == "head_row" else "td"
    return "<tr>" + "".join(f"<{cell}>{_marked(c)}</{cell}>" for c in block.cells) + "</tr>"


def _block(block: TextBlock) -> str:
    words = "".join(_marked(cell) for cell in block.cells)
    if block.kind == "heading":
        depth = min(6, 2 + max(1, block.level))
        return f"<h{depth}>{words}</h{depth}>"
    style = f' style="margin-left:{1 + block.level}em"' if block.kind == "item" else ""
    return f'<{_TAGS[block.kind]} class="{block.kind}"{style}>{words}</{_TAGS[block.kind]}>'


def _marked(passages: tuple[Passage, ...]) -> str:
    return "".join(f"<mark>{escaped(p.text)}</mark>" if p.is_quoted else escaped(p.text) for p in passages)
