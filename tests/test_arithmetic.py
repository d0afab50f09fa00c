"""Sums, differences, ratios and orders over the ledger: calculated from certain operands, refused where one is not."""

from collections.abc import Iterator

import pytest

from lsqa.arithmetic import Calculation, Ledger, NotComputable, calculate, read_request
from lsqa.documents import Page
from lsqa.ledger import LedgerLine, page_ledger
from lsqa.readers.markup import read_markup

DECK = """\
# 深海探査推進事業（D-SEA）

令和7年度予算額（案） 43億円（前年度予算額 41億円）
令和6年度補正予算額 5,000万円

## 事業内容

| 項目 | 令和7年度予算額（百万円） | 令和6年度予算額（百万円） |
|---|---|---|
| 探査機の開発 | 2,600 | 2,450 |
| 海底観測網の整備 | 1,300 | 1,350 |
| 人材の育成 | 400 | 300 |
| 合計 | 4,300 | 4,100 |

# 極地観測基盤プログラム

令和7年度要求・要望額 30億円
（前年度予算額 25億円）

- 参加機関は12機関、うち海外の機関は5機関である。

# 宇宙線研究拠点

令和7年度予算額 69億円の内数

# 月面輸送計画

【R4補正31億円、R5補正9億円】

# 地域防災研究

| 地域 | 観測点数 | 協力自治体数 |
|---|---|---|
| 北海道 | 120 | 35 |
| 東北 | 95 | 41 |
| インド | 7 | 2 |

# 沿岸観測計画

令和6年度当初予算額 20億円
令和6年度補正予算額 5億円
令和6年度補正後予算額 25億円

# 若手支援制度

令和7年度の予算は12億円である。前年度の予算は9億円であった。

# 海外交流制度

1件当たりの支給額は300万円である。令和7年度の予算額は2.6億円である。
"""


def _ledger(deck: str) -> tuple[Ledger, dict[int, str]]:
    pages: tuple[Page, ...] = read_markup(deck)
    lines: Iterator[LedgerLine] = (LedgerLine("deck", "研究事業の概要", e) for page in pages for e in page_ledger(page))
    return Ledger(tuple(lines)), {page.number: page.text for page in pages}


LEDGER, TEXTS = _ledger(DECK)


def _ask(question: str) -> Calculation | NotComputable | None:
    return calculate(question, LEDGER, lambda _, page: TEXTS[page])


@pytest.mark.parametrize(
    ("question", "result", "figures"),
    [
        ("深海探査推進事業の令和7年度予算額は前年度からいくら増えましたか。", "2億円", ["41億円", "43億円"]),
        ("D-SEAの令和7年度予算額と令和6年度補正予算額の合計は？", "43億5,000万円", ["43億円", "5,000万円"]),
        ("D-SEAの探査機の開発と人材の育成の令和7年度予算額を合わせるといくら？", "30億円", ["2,600", "400"]),
        ("海底観測網の整備の予算は令和6年度から令和7年度にいくら減りましたか。", "-5,000万円", ["1,350", "1,300"]),
        ("深海探査推進事業の事業内容のうち、令和7年度予算額が最も大きい項目はどれか。", "26億円", None),
        ("月面輸送計画のR4補正とR5補正を足すといくらですか。", "40億円", ["31億円", "9億円"]),
        ("沿岸観測計画の令和6年度当初予算額と令和6年度補正後予算額の差はいくらですか。", "5億円", ["25億円", "20億円"]),
        ("沿岸観測計画の令和6年度当初予算額と補正予算額の合計は？", "25億円", ["20億円", "5億円"]),
        ("観測点数は、北海道と東北では何点違いますか。差は？", "25", ["120", "95"]),
        ("協力自治体数が2番目に多い地域は？", "35", None),
        ("東北の観測点数はインドの何倍ですか。", "13.57倍", ["95", "7"]),
        ("若手支援制度の予算は前年度と比べていくら増えたか。", "3億円", ["9億円", "12億円"]),
        ("若手支援制度の予算は前の年よりいくら増えたか。", "3億円", ["9億円", "12億円"]),
        (
            "若手支援制度と海外交流制度の令和7年度の予算額を合計するといくらになりますか。",
            "14.6億円",
            ["12億円", "2.6億円"],
        ),
        ("若手支援制度と深海探査推進事業では、令和7年度予算額はどちらが大きいですか。", "43億円", ["43億円", "12億円"]),
        (
            "By how much did the FY2025 budget of D-SEA increase from the previous year?",
            "200 million yen (2億円)",
            None,
        ),
        ("極地観測基盤プログラムの令和7年度要求額は前年度予算額よりいくら多いですか。", "5億円", ["30億円", "25億円"]),
        ("令和7年度予算額の伸び率は？D-SEAの前年度予算額に対して何％増ですか。", "4.9%", ["41億円", "43億円"]),
    ],
)
def test_what_is_asked_is_calculated_from_figures_of_the_ledger(
    question: str, result: str, figures: list[str] | None
) -> None:
    done = _ask(question)
    assert isinstance(done, Calculation), done
    assert done.result == result
    assert figures is None or [o.written for o in done.operands] == figures


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("深海探査推進事業と火星移住計画の令和7年度予算額の合計は？", "火星移住計画"),
        ("深海探査推進事業の令和7年度予算額と令和3年度予算額の差はいくら？", "令和3年度"),
        ("宇宙線研究拠点と深海探査推進事業の令和7年度予算額を合わせるといくら？", "内数"),
        ("深海探査推進事業と極地観測基盤プログラムの令和7年度予算額の合計はいくら？", "極地"),
        ("若手支援制度と月面輸送計画の予算額の差はいくらですか。", "月面輸送計画"),
        ("インドネシアと東北の観測点数の合計は？", "インドネシア"),
        ("北海道と東北と九州の観測点数の合計は？", "九州"),
        ("What is the total of the FY2025 budgets of D-SEA and the Mars settlement plan?", "Mars"),
    ],
)
def test_what_cannot_be_calculated_is_refused_with_what_is_missing(question: str, told: str) -> None:
    refused = _ask(question)
    assert isinstance(refused, NotComputable), refused
    assert told in refused.reason


@pytest.mark.parametrize(
    "question",
    [
        "北海道の水揚げは、2001年に比べて2021年はどれくらい増えたか",
        "北海道では2001年から2021年に灯台がどれだけ減ったか",
    ],
)
def test_a_passage_may_answer_where_the_ledger_knows_too_little(question: str) -> None:
    request = read_request(question)
    assert request is not None
    assert request.is_firm
    assert _ask(question) is None


@pytest.mark.parametrize(
    "question",
    [
        "あけぼの計画で採択された課題は全部で何件ですか",
        "あけぼの計画の基金は全部でいくらですか",
        "How many sites does it have in all?",
    ],
)
def test_a_total_of_one_thing_may_be_stated(question: str) -> None:
    request = read_request(question)
    assert request is None or not request.is_firm


def test_a_total_of_two_things_is_calculated() -> None:
    request = read_request("あけぼの計画とみなと計画は全部でいくらですか")
    assert request is not None
    assert request.is_firm


@pytest.mark.parametrize(
    ("value", "is_complete"), [("150", True), ("－", True), ("", True), ("〔失われている〕", False), ("調整中", False)]
)
def test_over_a_table_that_lacks_a_value_nothing_is_calculated(value: str, is_complete: bool) -> None:
    deck = f"# 地域防災研究\n\n| 地域 | 観測点数 |\n|---|---|\n| 北海道 | 120 |\n| 東北 | 95 |\n| 九州 | {value} |\n"
    ledger, texts = _ledger(deck)
    for question in ("観測点数が最も多い地域は？", "観測点数の平均は？"):
        calculated = calculate(question, ledger, lambda doc_id, number: texts[number])
        assert isinstance(calculated, Calculation) is is_complete
