"""Where a slide begins in a deck that a converter flattened to Markdown.

Converters keep the titles they recognise as `#` and drop the rest, so a slide without a title is swallowed by the
title above it. A new
slide begins at a `#` heading, at a rule or a form feed, and at these signs that a title was lost:

- a heading comes a second time on one slide (現状・課題 … 現状・課題);
- a heading that opens a programme sheet (概要, 現状・課題, 背景, …動向) comes after other headings of its level;
- a chapter of a report (第2章 …) comes after headings that are no chapters;
- after a gap of three blank lines, text without a heading under a deep heading is followed by shallower headings;

A slide recovered in this way has no title: it is not given that of its neighbour.
"""

import re
from collections.abc import Sequence

from lsqa.documents import Block, same_heading

_OPENS_A_SHEET = re.compile(r"^(概要|事業概要|現状|背景|趣旨|国際動向|国際的な動向)|[の・](現状|状況|動向|背景)$")
_CHAPTER = re.compile(r"^第[0-9０-９一二三四五六七八九十]+[章部編]")
DEEP_HEADING = 3
WIDE_GAP = 3

Heading = tuple[int, str]  # level, text


def heading_begins_slide(level: int, text: str, on_slide: Sequence[Heading]) -> bool:
    """Whether a heading of `level` ≥ 2 begins a slide whose title was lost, given the headings already on the slide."""
    if not on_slide:
        return False
    title = on_slide[0][1] if on_slide[0][0] == 1 else ""
    if title and same_heading(text, title):
        return False  # the caption of a lost figure repeats the title
    below_title = [h for h in on_slide if h[0] > 1]
    if any(other == level and same_heading(text, seen) for other, seen in below_title):
        return True
    if level > 2 or not below_title:
        return False
    if _OPENS_A_SHEET.search(text):
        return True
    return bool(_CHAPTER.match(text)) and not any(_CHAPTER.match(seen) for other, seen in below_title if other == level)


def text_begins_slide(gap: int, current_level: int, next_heading_level: int | None) -> bool:
    """Whether text without a heading of its own begins a slide: after a wide gap, under a deep heading, before a
    shallower one."""
    if gap < WIDE_GAP or next_heading_level is None:
        return False
    return current_level > DEEP_HEADING and 1 < next_heading_level < current_level


def lead_begins_slide(before: Sequence[Block], next_heading_level: int | None) -> bool:
    """Whether an item that is bold from end to end is the key message of a slide, given the blocks before it on the
    page."""
    return next_heading_level not in (None, 1) and bool(before) and before[-1].kind in ("paragraph", "note", "row")
