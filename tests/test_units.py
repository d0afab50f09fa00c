import pytest

from lsqa.readers.markup import read_markup
from lsqa.units import Unit, page_units


def _units(text: str) -> tuple[Unit, ...]:
    return tuple(u for page in read_markup(text) for u in page_units(page))


def _texts(text: str, kind: str) -> list[str]:
    return [u.text for u in _units(text) if u.kind == kind]


def test_a_row_is_quoted_with_the_head_of_its_table() -> None:
    rows = _texts("# 表\n\n| 国 | 件数 |\n|---|---|\n| 日本 | 2,829 |\n| 米国 | 11,181 |\n", "row")
    assert rows == ["国\t件数\n日本\t2,829", "国\t件数\n米国\t11,181"]


def test_a_row_knows_the_caption_over_its_table() -> None:
    (unit,) = [u for u in _units("# 題\n\n化学分野\n\nA\t1\n\n医学分野\n\nB\t2\n") if u.text == "B\t2"]
    assert unit.caption == "医学分野"


def test_a_sentence_is_a_unit_and_a_line_break_does_not_end_it() -> None:
    assert _texts("甲は\n乙である。丙である。", "sentence") == ["甲は\n乙である。", "丙である。"]


def test_lines_that_belong_together_stay_together() -> None:
    assert _texts("シナジー拠点  \n大阪大学  \n審良 静男", "label") == ["シナジー拠点\n大阪大学\n審良 静男"]


def test_a_label_is_grouped_with_the_one_under_it() -> None:
    assert "件数\n4機関程度" in _texts("# 題\n\n件数\n\n4機関程度\n\n交付先\n\n大学", "pair")


def test_a_list_is_grouped_with_its_introduction_and_each_quote_stays_in_one_block() -> None:
    (unit,) = [u for u in _units("# 題\n\n研究基盤\n\n- 甲\n- 乙\n") if u.kind == "list"]
    assert unit.quotes == ("研究基盤", "甲", "乙")


def test_every_span_stands_inside_one_block() -> None:
    for unit in _units("# 題\n\n## 節\n\n- 甲。乙。\n- 丙\n\n名\n\n値\n\nA\t1\n"):
        for start, end in unit.spans:
            assert any(b.start <= start and end <= b.end for b in unit.page.blocks)


@pytest.mark.parametrize(
    "text",
    [
        "次の語のどれかを持つものを数えた。海流／海溝／海嶺",
        "下記の三つを行う。調査、観測、公開。",
        "It covers the following. Tides and currents.",
    ],
)
def test_a_sentence_that_announces_the_next_stands_with_it(text: str) -> None:
    assert _texts(text, "sentence") == [text]


@pytest.mark.parametrize("text", ["費用は5%以下に抑える。丙である。", "次の世代を育てる。丙である。"])
def test_a_limit_and_a_successor_announce_nothing(text: str) -> None:
    assert len(_texts(text, "sentence")) == 2
