"""Which figure of the quotes is held against one that they do not prove."""

import pytest

from lsqa.checking import Passage, judge
from lsqa.figures import find_figures, is_reference, unsupported_figures
from lsqa.statements.counterparts import counterpart


@pytest.mark.parametrize(
    ("text", "references"),
    [
        ("詳しくはスライド4、5、スライド7に載る。", [True, True, True]),
        ("See slides 4 and 5.", [True]),  # a label with its number is no figure at all
        ("See pages 4 and 5 ports.", [False]),
        ("頁3〜4を見よ。", [True, True]),
        ("スライド4、港は5である。", [True, False]),
        ("スライド10枚を配る。", [False]),
        ("港は3である。", [False]),
    ],
)
def test_the_numbers_of_slides_and_pages_are_references(text: str, references: list[bool]) -> None:
    assert [is_reference(text, figure) for figure in find_figures(text)] == references


@pytest.mark.parametrize(
    ("claim", "proven"),
    [
        ("It has 11 lighthouses.", False),
        ("灯台の数は11である。", False),
        ("灯台はスライド11に載る。", True),
        ("灯台はスライド12に載る。", True),
        ("灯台はスライド13に載る。", False),
    ],
)
def test_a_reference_proves_nothing_but_itself(claim: str, proven: bool) -> None:
    assert (not unsupported_figures(claim, ["灯台は海を照らす（スライド11、12）。"])) == proven


SEVERAL = "標識の修理は8件、灯台の新設は59件である（スライド11）。"


@pytest.mark.parametrize(
    ("claim", "quotes", "expected"),
    [
        ("灯台の新設は60件である。", [SEVERAL], "59件"),
        ("標識の修理は60件である。", [SEVERAL], "8件"),
        ("港の改修は60件である。", ["港が変わる。", SEVERAL], "8件"),  # the first, where none is nearer
        ("There were 95 joint research projects.",
         ["研究開発事業の導出は8件、企業との共同研究は59件である（スライド11）。"], "59件"),
        ("There were 95 qubits.", ["研究開発事業の導出は8件である（スライド11）。"], ""),
        ("港湾計画2025は2025年7月1日に決まった。", ["前の版は2024年に決まった。", "2025年6月1日に決まった。"],
         "2025年6月1日"),
        ("2025年7月に決まった。", ["令和6年に始まり、2025年8月に決まった。"], "2025年8月"),
        ("会議は第4回である。", ["会議は第3回、参加は5名である。"], "第3回"),
        ("参加は6名である。", ["会議は第3回である。"], ""),
        ("There are 300 ports.", ["順位\t港\t数\n1\t那覇\t250"], "250"),
    ],
)  # fmt: skip
def test_the_counterpart_is_of_one_kind_and_said_of_the_same_thing(
    claim: str, quotes: list[str], expected: str
) -> None:
    figure = unsupported_figures(claim, quotes)[0]
    assert counterpart(claim, figure, quotes) == expected


def test_of_two_contradictions_the_one_that_differs_in_less_is_shown() -> None:
    older = Passage(("港湾計画2024は2024年3月5日に知事が正式に公表した。",))
    same = Passage(("港湾計画2025は2025年6月1日に知事が公表した。",))
    judged = judge("港湾計画2025は2025年7月1日に知事が正式に公表した。", [older, same])
    assert [(d.claimed, d.quoted) for d in judged.differences] == [("2025年7月1日", "2025年6月1日")]


def test_the_number_of_a_slide_contradicts_nothing() -> None:
    passage = Passage(("港の量子計算機は予測に使う（スライド10）。",))
    assert judge("The quantum computer has 144 qubits.", [passage]).verdict == "not_found"
