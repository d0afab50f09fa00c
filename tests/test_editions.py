"""Editions: what the edition of one year says is not what another's does."""

import pytest

from lsqa.editions import editions_in, other_editions
from lsqa.questions import analyse

LINES = [
    "海洋戦略",
    "2024年版は、港の連携を掲げる。",
    "2025年改訂版は、造船の支援を掲げる。",
    "どの版も、漁業者の所得を目標とする。",
]


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("海洋戦略2025", {"2025"}),
        ("海洋戦略（2025）", {"2025"}),
        ("実行計画2024年改訂版", {"2024"}),
        ("令和6年版白書", set()),
        ("2025年の戦略", set()),
        ("戦略2025年度予算", set()),
        ("第3期計画2023-2027", set()),
    ],
)
def test_a_year_behind_the_name_of_a_series_is_an_edition(text: str, years: set[str]) -> None:
    assert editions_in(text) == years


@pytest.mark.parametrize(
    ("question", "others"),
    [
        ("海洋戦略2025は港の連携について何と言っていますか", ["2025年版"]),
        ("海洋戦略2024は港の連携について何と言っていますか", []),
        ("海洋戦略2025は造船について何と言っていますか", []),
        ("海洋戦略2025は漁業者について何と言っていますか", []),
        ("海洋戦略2023は造船について何と言っていますか", ["2023年版"]),
        ("海洋戦略は港の連携について何と言っていますか", []),
    ],
)
def test_lines_on_another_edition_do_not_answer(question: str, others: list[str]) -> None:
    assert list(other_editions(analyse(question), LINES)) == others
    assert list(other_editions(analyse(question), ["港の連携を進める。"])) == []
