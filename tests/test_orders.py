"""Places in an order: the first so many, all beyond a row that is named, the last, those within a limit."""

from collections.abc import Iterator

import pytest

from lsqa.arithmetic import Calculation, Ledger, NotComputable, calculate
from lsqa.arithmetic.orders import beyond, foremost
from lsqa.ledger import LedgerLine, page_ledger
from lsqa.readers.markup import read_markup

DECK = """\
# 漁港の整備状況

## 魚種別の水揚げ

### いわし

| 順位 | 都道府県 | 件数 |
|---|---|---|
| 1 | 北海道 | 5,120 |
| 2 | 長崎県 | 3,480 |
| 3 | 宮城県 | 2,610 |
| 4 | 青森県 | 2,610 |
| 5 | 岩手県 | 940 |

### さば

| 順位 | 都道府県 | 件数 |
|---|---|---|
| 1 | 茨城県 | 4,100 |
| 2 | 長崎県 | 3,900 |
| 3 | 北海道 | 1,200 |

# 漁業者の操業時間

| 操業時間 | 回答数 | 割合 |
|---|---|---|
| 週10時間未満 | 120 | 12.0% |
| 週10～30時間 | 610 | 61.0% |
| 週30時間以上 | 270 | 27.0% |
"""
PAGES = read_markup(DECK)
LINES: Iterator[LedgerLine] = (LedgerLine("deck", "漁業白書", e) for page in PAGES for e in page_ledger(page))
LEDGER, TEXTS = Ledger(tuple(LINES)), {page.number: page.text for page in PAGES}


def ask(question: str) -> Calculation | NotComputable | None:
    return calculate(question, LEDGER, lambda _, page: TEXTS[page])


def names(question: str) -> list[str]:
    done = ask(question)
    assert isinstance(done, Calculation), done
    return [operand.name for operand in done.operands]


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("さばの件数が多い都道府県を2つ教えて", ["茨城県", "長崎県"]),
        ("さばの件数の多い順に三つ挙げて", ["茨城県", "長崎県", "北海道"]),
        ("いわしの件数が最も多い2件は？", ["北海道", "長崎県"]),
        ("いわしの件数が少ない順に1つ", ["岩手県"]),
    ],
)
def test_the_foremost_are_given_in_their_order(question: str, wanted: list[str]) -> None:
    assert names(question) == wanted


def test_of_equal_ones_at_the_end_none_is_left_out() -> None:
    assert not isinstance(ask("いわしの件数の多い順に3つ挙げて"), Calculation)


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("さばの件数が北海道より多い都道府県は？", ["茨城県", "長崎県", "北海道"]),
        ("いわしで長崎県より順位が上の都道府県はどこですか", ["北海道", "長崎県"]),
        ("さばで茨城県より下位の都道府県を挙げて", ["茨城県", "長崎県", "北海道"]),
        ("いわしの件数が宮城県より少ないのはどこ", ["宮城県", "岩手県"]),
        ("いわしの件数が青森県より多い都道府県は？", ["北海道", "長崎県", "青森県"]),
    ],
)
def test_all_beyond_a_row_are_given_with_it(question: str, wanted: list[str]) -> None:
    assert names(question) == wanted


@pytest.mark.parametrize("question", ["さばの件数が茨城県より多い都道府県は？", "さばで北海道より下の都道府県は？"])
def test_beyond_the_end_of_a_table_is_told(question: str) -> None:
    refused = ask(question)
    assert isinstance(refused, NotComputable), refused
    assert "先に当たる行は表にありません" in refused.reason


@pytest.mark.parametrize("question", ["さばで長崎県は北海道より上ですか", "さばの件数は北海道より長崎県が多いですか"])
def test_whether_one_has_more_is_answered_by_which(question: str) -> None:
    done = ask(question)
    assert isinstance(done, Calculation), done
    assert "多いのは長崎県（3,900）" in done.statement


def test_the_last_of_a_table_is_said_to_be_that() -> None:
    done = ask("さばの件数で最下位の都道府県は？")
    assert isinstance(done, Calculation), done
    assert "北海道（1,200）" in done.statement
    assert "表にある3行の中でのことです。" in done.notices


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("さばの件数が2,000を超える都道府県", ["茨城県", "長崎県"]),
        ("いわしの件数が2,610件以下の都道府県はどこですか", ["宮城県", "青森県", "岩手県"]),
    ],
)
def test_rows_within_a_limit_are_all_given(question: str, wanted: list[str]) -> None:
    assert names(question) == wanted


def test_numbers_and_shares_of_the_same_rows_have_one_largest() -> None:
    done = ask("操業時間で最も多かった区分はどれですか")
    assert isinstance(done, Calculation), done
    assert "週10～30時間（610）" in done.statement


def test_which_of_two_tables_is_meant_is_asked_by_their_headings() -> None:
    refused = ask("漁港の水揚げで上位3つの件数の合計は？")
    assert isinstance(refused, NotComputable), refused
    assert {"いわし", "さば"} <= set(refused.missing)


@pytest.mark.parametrize(
    "question",
    [
        "北海道は長崎県より多いですか",
        "1億円より多い予算の事業は？",
        "従来より上質な魚は？",
        "令和6年度より上がった額は？",
        "Does Japan catch more than Peru?",
        "It is above all a question of money. Who pays?",
    ],
)
def test_what_names_no_row_asks_for_nothing_beyond_it(question: str) -> None:
    placed = beyond(question)
    assert placed is None or not isinstance(ask(question), Calculation)


@pytest.mark.parametrize(
    ("question", "count", "is_least"),
    [
        ("Which five countries publish the most papers?", 5, False),
        ("What are the three regions with the fewest ports?", 3, True),
        ("the two largest budgets", 2, False),
        ("一番多い3か国はどこ", 3, False),
    ],
)
def test_how_many_of_the_foremost_are_asked_for(question: str, count: int, is_least: bool) -> None:
    found = foremost(question)
    assert found is not None
    assert found[1:] == (count, is_least)


@pytest.mark.parametrize(
    "question", ["多い年の3月はいつですか", "Which two documents mention AI?", "大きい事業の3つの柱は？"]
)
def test_a_number_near_a_size_is_not_always_how_many(question: str) -> None:
    assert foremost(question) is None
