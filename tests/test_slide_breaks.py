"""The signs that a slide lost its title, each with what looks like it and is none."""

from collections.abc import Sequence

import pytest

from lsqa.documents import Block, BlockKind
from lsqa.readers.markup import read_markup
from lsqa.readers.slide_breaks import (
    DEEP_HEADING,
    WIDE_GAP,
    heading_begins_slide,
    lead_begins_slide,
    text_begins_slide,
)

Headings = Sequence[tuple[int, str]]
TITLED: Headings = ((1, "星間物質の観測"), (2, "拠点の整備"))


@pytest.mark.parametrize(
    ("level", "text", "on_slide", "begins"),
    [
        (2, "拠点の整備", TITLED, True),
        (2, "・拠点の整備：", TITLED, True),
        (2, "拠点の 整備", TITLED, True),
        (3, "拠点の整備", TITLED, False),
        (2, "人材の育成", TITLED, False),
        (3, "観測", ((1, "題"), (2, "節"), (3, "観測")), True),
        (2, "星間物質の観測", TITLED, False),
        (2, "星間物質の観測", (*TITLED, (2, "星間物質の観測")), False),
        (2, "観測の動向", ((1, "観測の動向"), (2, "拠点の整備")), False),
        (2, "星間物質の観測", ((2, "拠点"), (2, "星間物質の観測")), True),
    ],
    ids=[
        "repeated",
        "repeated with marks",
        "repeated with a blank",
        "repeated at another level",
        "a new heading",
        "a deep heading repeated",
        "the title repeated as a caption",
        "the caption repeated",
        "a caption that would open a sheet",
        "repeated where there is no title",
    ],
)
def test_a_heading_that_comes_again_begins_a_slide(level: int, text: str, on_slide: Headings, begins: bool) -> None:
    assert heading_begins_slide(level, text, on_slide) is begins


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("概要", True),
        ("事業概要", True),
        ("現状・課題", True),
        ("背景・課題", True),
        ("趣旨", True),
        ("国際的な動向", True),
        ("研究の動向", True),
        ("拠点の現状", True),
        ("事業の概要", False),
        ("効果", False),
        ("動向調査", False),
        ("体制", False),
    ],
)
def test_a_heading_that_opens_a_programme_sheet_begins_a_slide_after_others(text: str, begins: bool) -> None:
    assert heading_begins_slide(2, text, TITLED) is begins
    assert not heading_begins_slide(2, text, TITLED[:1]), "the first heading under a title"
    assert not heading_begins_slide(3, text, TITLED), "a deep heading"


@pytest.mark.parametrize(
    ("text", "on_slide", "begins"),
    [
        ("第2章 推進の方策", TITLED, True),
        ("第二部 各論", TITLED, True),
        ("第２編", TITLED, True),
        ("第2章 推進の方策", ((1, "題"), (2, "第1章 総論")), False),
        ("第2章 推進の方策", ((1, "題"), (2, "拠点"), (3, "第1章 総論")), True),
        ("第2章 推進の方策", ((1, "題"),), False),
        ("第2回 会合", TITLED, False),
        ("各論の第2章", TITLED, False),
    ],
    ids=[
        "chapter",
        "kanji numeral",
        "full-width",
        "after a chapter",
        "after a chapter of another level",
        "first heading",
        "a meeting",
        "in the midst",
    ],
)
def test_a_chapter_after_headings_that_are_none_begins_a_slide(text: str, on_slide: Headings, begins: bool) -> None:
    assert heading_begins_slide(2, text, on_slide) is begins


@pytest.mark.parametrize("text", ["概要", "第2章", "拠点の整備"])
def test_the_first_heading_of_a_page_begins_nothing(text: str) -> None:
    assert not heading_begins_slide(2, text, ())


@pytest.mark.parametrize(
    ("gap", "level", "following", "begins"),
    [
        (WIDE_GAP, DEEP_HEADING + 1, 2, True),
        (WIDE_GAP + 2, DEEP_HEADING + 1, DEEP_HEADING, True),
        (WIDE_GAP - 1, DEEP_HEADING + 1, 2, False),
        (WIDE_GAP, DEEP_HEADING, 2, False),
        (WIDE_GAP, DEEP_HEADING + 1, DEEP_HEADING + 1, False),
        (WIDE_GAP, DEEP_HEADING + 1, 1, False),
        (WIDE_GAP, DEEP_HEADING + 1, None, False),
    ],
    ids=["wide", "wider", "narrow", "not deep", "no shallower", "a title follows", "nothing follows"],
)
def test_text_after_a_gap_under_a_deep_heading(gap: int, level: int, following: int | None, begins: bool) -> None:
    assert text_begins_slide(gap, level, following) is begins


@pytest.mark.parametrize(
    ("before", "following", "begins"),
    [
        (("heading", "paragraph"), 2, True),
        (("heading", "row"), 3, True),
        (("heading", "note"), 2, True),
        (("heading", "item"), 2, False),
        (("heading",), 2, False),
        (("label",), 2, False),
        ((), 2, False),
        (("heading", "paragraph"), 1, False),
        (("heading", "paragraph"), None, False),
    ],
)
def test_a_key_message_begins_a_slide_after_text(
    before: tuple[BlockKind, ...], following: int | None, begins: bool
) -> None:
    blocks = [Block(kind, at, at + 1) for at, kind in enumerate(before)]
    assert lead_begins_slide(blocks, following) is begins


def test_a_recovered_slide_has_no_title_and_does_not_take_that_of_its_neighbour() -> None:
    deck = "# 甲\n\n## 概要\n\n鯨の話。\n\n## 体制\n\n船の話。\n\n## 概要\n\n馬の話。\n\n# 乙\n\n鳥の話。\n"
    pages = read_markup(deck)
    assert [(page.number, page.title) for page in pages] == [(1, "甲"), (2, ""), (3, "乙")]
    assert [word in pages[1].text for word in ("鯨", "船", "馬", "鳥")] == [False, False, True, False]


def test_a_report_with_one_title_is_not_divided() -> None:
    (page,) = read_markup("# 甲\n\n## 概要\n\n鯨。\n\n## 体制\n\n船。\n\n## 概要\n\n馬。\n")
    assert "馬" in page.text
