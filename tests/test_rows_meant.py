"""Which rows of a table are quoted: the one that the question names, of the table that it asks about."""

from collections.abc import Sequence

import pytest

from lsqa.documents import Source, make_document, with_id
from lsqa.questions import analyse
from lsqa.quoting import Quotation, quote
from lsqa.readers.markup import read_markup
from lsqa.rows_meant import ranks_asked
from lsqa.scoring import USUAL_SIMILARITY, RankedPage

HUBS = """\
# 海洋観測の拠点

## 採択機関

| 区分 | 大学 | 拠点 | 代表 |
|---|---|---|---|
| 中核拠点 | 東海大学 | 海流観測所 | 山本 一郎 |
| 連携拠点 | 三陸大学 | 潮位観測所 | 佐藤 花子 |
| 連携拠点 | 土佐大学 | 水温観測所 | 鈴木 次郎 |
| 連携拠点 | 能登大学 | 塩分観測所 | 高橋 三郎 |
"""

DECK = """\
# 漁業の動向

## いわしの漁獲量

| 順位 | 国・地域 | トン |
|---|---|---|
| 1 | ノルウェー | 2,610 |
| 2 | ペルー | 2,480 |
| 3 | 日本 | 1,930 |
| 4 | チリ | 1,870 |

## さばの漁獲量

| 順位 | 国・地域 | トン |
|---|---|---|
| 1 | アイスランド | 910 |
| 2 | 日本 | 880 |
| 3 | 韓国 | 640 |
"""


def quotation(question: str, near: str = "-", deck: str = DECK) -> Quotation:
    """What is quoted where the encoder finds what has `near` and not 日本 nearest to the question."""

    def similarity(texts: Sequence[str]) -> list[float]:
        return [USUAL_SIMILARITY + 0.1 * (near in text and "日本" not in text) for text in texts]

    made = make_document(Source(title="白書"), sha256="0", kind="markdown", pages=read_markup(deck), fallback="")
    document = with_id(made, "d")
    pages = [RankedPage(document.doc_id, document.title, page, 0.9) for page in document.pages]
    return quote(analyse(question), pages, lambda spelling: 1, 10, similarity)


def rows(question: str, near: str = "-", deck: str = DECK) -> list[str]:
    """The body of every quoted unit."""
    return [unit.unit.body for unit in quotation(question, near, deck).units]


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("いわしの漁獲量での日本の順位は？", "3\t日本\t1,930"),
        ("さばの漁獲量で日本は何位ですか", "2\t日本\t880"),
        ("いわしの漁獲量でチリは何位ですか", "4\tチリ\t1,870"),
        ("いわしの漁獲量で2位の国はどこですか", "2\tペルー\t2,480"),
        ("さばの漁獲量で3位の国はどこですか", "3\t韓国\t640"),
    ],
)
def test_only_the_row_that_is_meant_is_quoted(question: str, row: str) -> None:
    assert rows(question) == [row]


@pytest.mark.parametrize("near", ["ペルー", "ノルウェー", "チリ"])
def test_rows_of_others_are_left_out_though_they_seem_nearer(near: str) -> None:
    assert rows("いわしの漁獲量での日本の順位は？", near) == ["3\t日本\t1,930"]


def test_of_two_tables_asked_about_both_rows_are_quoted() -> None:
    assert sorted(rows("いわしとさばの漁獲量で日本は何位ですか")) == ["2\t日本\t880", "3\t日本\t1,930"]


@pytest.mark.parametrize(
    "question", ["いわしの漁獲量の順位を日本以外の国についてすべて教えて", "いわしの漁獲量を日本とペルーで比べて"]
)
def test_where_others_are_asked_for_too_no_row_is_left_out(question: str) -> None:
    assert any("ペルー" in row for row in rows(question))


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("いわしの漁獲量の上位2か国は？", ["ノルウェー", "ペルー"]),
        ("いわしの漁獲量のトップ３の国", ["ノルウェー", "ペルー", "日本"]),
        ("いわしの漁獲量で二位から四位の国は？", ["ペルー", "日本", "チリ"]),
        ("さばの漁獲量で2位以内の国は？", ["アイスランド", "日本"]),
        ("What are the top two in 漁獲量 of いわし?", ["ノルウェー", "ペルー"]),
    ],
)
def test_the_places_asked_for_are_quoted_in_their_order(question: str, names: list[str]) -> None:
    assert [row.split("\t")[1] for row in rows(question, near="日本")] == names


def test_of_both_tables_asked_about_the_places_are_quoted() -> None:
    named = [row.split("\t")[1] for row in rows("漁獲量の上位2か国は？")]
    assert named in (["ノルウェー", "ペルー", "アイスランド", "日本"], ["アイスランド", "日本", "ノルウェー", "ペルー"])


@pytest.mark.parametrize(
    "question", ["上位3％の船の数は？", "Who are in the top 10 percent?", "いわしの漁獲量で3位の国は？"]
)
def test_a_share_or_one_place_asks_for_no_places(question: str) -> None:
    assert ranks_asked(analyse(question), read_markup(DECK)) is None


def test_a_table_that_lacks_a_place_does_not_answer() -> None:
    assert quotation("いわしの漁獲量の上位9か国は？").probability == 0
    assert quotation("いわしの漁獲量の上位4か国は？").probability > 0


def test_of_a_comparison_the_two_rows_named_are_quoted() -> None:
    quoted = rows("いわしの漁獲量で日本とペルーはそれぞれ何位か", near="チリ")
    assert {"2\tペルー\t2,480", "3\t日本\t1,930"} <= set(quoted)
    assert "チリ" not in "".join(quoted)


@pytest.mark.parametrize(
    "question",
    [
        "連携拠点の大学をすべて教えて",
        "連携拠点はどの大学にありますか",
        "連携拠点の代表者は誰ですか",
        "連携拠点に採択された大学は？",
    ],
)
@pytest.mark.parametrize("near", ["能登", "三陸"])
def test_of_a_group_all_rows_are_quoted_in_their_order(question: str, near: str) -> None:
    assert [row.split("\t")[1] for row in rows(question, near, HUBS)] == ["三陸大学", "土佐大学", "能登大学"]


def test_of_a_group_the_row_that_is_named_is_quoted_alone() -> None:
    assert rows("連携拠点の土佐大学の代表者は誰ですか", "能登", HUBS) == ["連携拠点\t土佐大学\t水温観測所\t鈴木 次郎"]


def test_a_row_of_its_own_kind_is_no_group() -> None:
    assert rows("中核拠点の代表者は誰ですか", "中核", HUBS)[0] == "中核拠点\t東海大学\t海流観測所\t山本 一郎"
