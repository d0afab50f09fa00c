"""Conditions of a question on the rows of a table: what is calculated meets each of them, or nothing is."""

import pytest

from lsqa.arithmetic import Calculation, Ledger, NotComputable, calculate
from lsqa.ledger import LedgerLine, page_ledger
from lsqa.readers.markup import read_markup

DECK = """\
# 訓練生の学習時間の調査

## 学習時間の状況

| 学習時間 | 回答数 | 割合 |
|---|---|---|
| 0時間 | 30 | 6.0% |
| 週1～10時間 | 120 | 24.0% |
| 週11～20時間 | 150 | 30.0% |
| 週21～30時間 | 110 | 22.0% |
| 週30時間以上 | 90 | 18.0% |
| 総計 | 500 | |

# 観測論文の動向

### 海洋分野：2015-2020年累積

| 順位 | 国・地域 | 件数 |
|---|---|---|
| 1 | 中国 | 900 |
| 2 | 米国 | 700 |
| 3 | 日本 | 400 |
| 4 | インド | 250 |
| 5 | カナダ | 100 |

### 大気分野：2015-2020年累積

| 順位 | 国・地域 | 件数 |
|---|---|---|
| 1 | 米国 | 800 |
| 2 | 中国 | 650 |
| 3 | インド | 300 |
| 4 | ドイツ | 200 |
| 5 | 日本 | 200 |

# 沿岸観測プログラム

令和7年度予算額 12億円（前年度予算額 10億円）

| 項目 | 令和7年度予算額 |
|---|---|
| ①沿岸観測プラットフォーム | 7億円 |
| ②次世代を支えるセンサー・データ解析 | 5億円 |

- 沿岸観測の世界市場は2040年に2020年の15倍になる見込みである。
"""

_PAGES = read_markup(DECK)
_LEDGER = Ledger(tuple(LedgerLine("deck", "研究の概要", entry) for page in _PAGES for entry in page_ledger(page)))
_TEXTS = {page.number: page.text for page in _PAGES}


def _ask(question: str) -> Calculation | NotComputable | None:
    return calculate(question, _LEDGER, lambda _, page: _TEXTS[page])


@pytest.mark.parametrize(
    ("question", "figures"),
    [
        ("学習時間が週10時間以下の訓練生は合計で何人ですか。", ["30", "120"]),
        ("学習時間が週10時間を超える訓練生は合計で何人ですか。", ["150", "110", "90"]),
        ("学習時間が週11時間以上20時間以下の訓練生は、合計で何人ですか。", ["150"]),
        ("学習時間が1時間以上30時間未満の訓練生を合わせると何人ですか。", None),
        ("学習時間が週20時間以下の訓練生は何人いますか。", ["30", "120", "150"]),
        ("学習時間が週20時間以下の訓練生の割合は？", ["6.0%", "24.0%", "30.0%"]),
        ("海洋分野で件数が400件以上の国の件数を合計すると何件ですか。", ["900", "700", "400"]),
        ("海洋分野で件数が400件を超える国の件数を合計すると何件ですか。", ["900", "700"]),
        ("海洋分野で3位以内の国の件数の合計は何件ですか。", ["900", "700", "400"]),
        ("海洋分野の2位から4位の国の件数の合計は何件ですか。", ["700", "400", "250"]),
        ("海洋分野の2位と4位の国の件数の合計は何件ですか。", ["700", "250"]),
        ("In the ocean field, how many papers are stated in total for the countries at rank 1?", None),
    ],
)
def test_a_sum_is_over_the_rows_that_meet_the_condition(question: str, figures: list[str] | None) -> None:
    done = _ask(question)
    if figures is None:
        assert not isinstance(done, Calculation), done
        return
    assert isinstance(done, Calculation), done
    assert [o.written for o in done.operands] == figures
    assert any("行のうち" in notice for notice in done.notices)


@pytest.mark.parametrize(
    "question",
    [
        "学習時間が週15時間以下の訓練生は合計で何人ですか。",  # 週11～20時間 lies on both sides
        "学習時間が週10時間以上の訓練生は合計で何人ですか。",
        "学習時間が月10時間以下の訓練生は合計で何人ですか。",
        "学習時間が0時間でない訓練生は合計で何人ですか。",
        "学習時間が週10時間以下の訓練生は、週21時間以上の訓練生より何人多いですか。",
        "海洋分野で日本以外の国の件数の合計は何件ですか。",
        "中国と米国を除いた海洋分野の件数の合計は何件ですか。",
        "海洋分野で日本より件数が多い国の件数の合計は何件ですか。",
        "海洋分野で順位が3位以下の国の件数の合計は何件ですか。",
        "海洋分野で件数が400人以上の国の件数の合計は何件ですか。",
        "海洋分野の37か国の件数の平均はいくつですか。",
        "海洋分野の下位2か国の件数の合計は何件ですか。",
    ],
)
def test_a_condition_that_the_rows_cannot_be_held_against_refuses_the_calculation(question: str) -> None:
    assert isinstance(_ask(question), NotComputable)


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("海洋分野で件数が300件以上の国はいくつありますか。", ["中国", "米国", "日本"]),
        ("大気分野で件数が300件を超える国は何か国ですか。", ["米国", "中国"]),
    ],
)
def test_rows_within_a_limit_are_counted_where_their_head_is_what_is_counted(question: str, names: list[str]) -> None:
    done = _ask(question)
    assert isinstance(done, Calculation), done
    assert (done.result, [o.name for o in done.operands]) == (str(len(names)), names)


def test_what_the_rows_are_not_is_not_counted_by_them() -> None:
    assert not isinstance(_ask("海洋分野で件数が300件以上の論文はいくつありますか。"), Calculation)
    assert not isinstance(_ask("学習時間が週10時間以下の訓練生はいくつですか。"), Calculation)


def test_a_row_that_is_named_by_its_range_is_no_limit_to_add_up_by() -> None:
    assert _ask("週11～20時間の人と週30時間以上の人は、それぞれ何人いますか。") is None


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("海洋分野で日本のすぐ上の国はどこですか。", "米国"),
        ("海洋分野で日本のすぐ下の国はどこですか。", "インド"),
        ("海洋分野で米国の次に件数が多い国はどこですか。", "日本"),
        ("海洋分野で日本の次に件数が少ない国はどこですか。", "米国"),
        ("大気分野で我が国の次に件数が多い国はどこですか。", None),  # two share the place
        ("大気分野でインドのすぐ下の国はどこですか。", None),
        ("海洋分野で中国のすぐ上の国はどこですか。", None),
        ("海洋分野でカナダの次に件数が多い国はどこですか。", None),
        ("海洋分野でドイツの次に件数が多い国はどこですか。", None),
        ("日本のすぐ上の国はどこですか。", None),
        ("海洋分野でペルーのすぐ上の国はどこですか。", None),
    ],
)
def test_the_row_next_to_a_named_one_is_told_where_it_is_the_only_one(question: str, name: str | None) -> None:
    done = _ask(question)
    if name is None:
        assert isinstance(done, NotComputable), done
    else:
        assert isinstance(done, Calculation), done
        assert name in done.statement


@pytest.mark.parametrize(
    ("question", "result"),
    [
        ("沿岸観測プラットフォームと次世代を支えるセンサー・データ解析、予算は合わせていくらですか。", "12億円"),
        ("①と②の予算額の合計はいくらですか。", "12億円"),
        ("海洋分野で我が国と米国の件数の差は何件ですか。", "300件"),
        ("海洋分野の中国の900件と米国の700件の合計は何件ですか。", "1,600件"),
        ("In the ocean field, what is the difference between Japan and the United States?", None),
    ],
)
def test_rows_are_named_by_their_numbers_their_names_and_other_words_for_them(
    question: str, result: str | None
) -> None:
    done = _ask(question)
    if result is None:
        assert not isinstance(done, Calculation) or done.value == 300
    else:
        assert isinstance(done, Calculation), done
        assert done.result == result


def test_every_country_of_an_english_sum_is_an_operand() -> None:
    done = _ask("What is the total of China, Japan and the United States in the ocean table (海洋分野)?")
    assert not isinstance(done, Calculation) or done.value == 2_000


@pytest.mark.parametrize(
    "question",
    [
        "沿岸観測の世界市場は2040年にどれくらい大きくなりますか。",
        "沿岸観測の世界市場は2020年から2040年にどれだけ増えますか。",
    ],
)
def test_growth_that_is_stated_as_a_multiple_is_left_to_quotes(question: str) -> None:
    assert _ask(question) is None


@pytest.mark.parametrize(
    "question",
    [
        "米国の件数は海洋分野と大気分野でそれぞれ何件ですか。",
        "米国は海洋分野と大気分野のどちらで件数が多いですか。",
        "米国は海洋と大気のどちらで件数が多いですか。",
    ],
)
def test_of_two_tables_both_sides_are_told_each_with_its_heading(question: str) -> None:
    done = _ask(question)
    assert isinstance(done, Calculation), done
    assert [o.written for o in done.operands] == ["800", "700"]
    assert "大気分野" in done.statement
    assert [o.name for o in done.operands] != ["米国", "米国"]
