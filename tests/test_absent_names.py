"""Names, groups, divisions and wholes that a unit cannot be about, though pieces of them stand on its page."""

import pytest

from lsqa.questions import Part, analyse
from lsqa.readers.markup import read_markup
from lsqa.relevance import relevance, surroundings
from lsqa.units import page_units

SLIDE = """\
# 海洋科学統合プログラム

博士課程の学生は、週に12時間、調査船で観測する。令和7年度の予算は18億円である。

学習時間は、男性が11時間、女性が13時間である。

科学技術の基本計画に沿う。

水産庁の予算の総額は2,000億円である。
"""


def alike(part: Part) -> float:
    return 1.0


def elsewhere(question: str, text: str) -> tuple[str, ...]:
    page = read_markup(SLIDE)[0]
    unit = min((u for u in page_units(page) if text in u.body and u.kind == "sentence"), key=lambda u: len(u.text))
    return relevance(analyse(question), unit, surroundings(unit, page.title, "文書"), alike).elsewhere


@pytest.mark.parametrize(
    ("question", "absent"),
    [
        ("火山活動統合プログラムの予算はいくらか", ("火山活動統合プログラム",)),
        ("海洋科学統合プログラムの予算はいくらか", ()),
        ("海洋統合プログラムの予算はいくらか", ()),
        ("火山のプログラムの予算はいくらか", ("火山",)),
        ("海洋のプログラムの予算はいくらか", ()),
        ("科技基本計画の予算はいくらか", ()),
        ("国家計画の予算はいくらか", ()),
        ("火山活動に予算はいくら付いたか", ()),
        ("What is the budget of the Ocean Science Program?", ()),
        ("What is the budget of the National Vaccine Data Science Center?", ("National Vaccine Data Science Center",)),
    ],
)
def test_a_programme_of_which_a_telling_part_stands_nowhere_is_another(question: str, absent: tuple[str, ...]) -> None:
    assert elsewhere(question, "予算は18億円") == absent


@pytest.mark.parametrize(
    ("question", "absent"),
    [
        ("修士課程の学生は週に何時間観測するか", ("修士課程",)),
        ("博士課程の学生は週に何時間観測するか", ()),
        ("看護学生は週に何時間観測するか", ("看護学生",)),
        ("学生は週に何時間観測するか", ()),
        ("How many hours do master's students observe?", ("master's student",)),
        ("How many hours do doctoral students observe?", ()),
        ("女性の学生は週に何時間観測するか", ("女性",)),
        ("How many hours do female students observe?", ("female",)),
        ("学生の副代表は誰か", ("副代表",)),
        ("前センター長は学生か", ("前センター長",)),
        ("学生の前年度比成長率は", ()),
        ("次期成長の学生は何を観測するか", ()),
        ("Who is the deputy head of the students?", ("deputy head",)),
    ],
)
def test_another_group_of_people_is_absent(question: str, absent: tuple[str, ...]) -> None:
    assert elsewhere(question, "学生は") == absent


@pytest.mark.parametrize(
    ("question", "text", "absent"),
    [
        ("観測時間の男女別の内訳は", "学生は", ("男女別",)),
        ("学習時間の男女別の内訳は", "学習時間", ()),
        ("学習時間の年齢別の内訳は", "学習時間", ("年齢別",)),
        ("What is the breakdown of study time by gender?", "学習時間", ()),
        ("What is the breakdown of study time by gender?", "学生は", ("by gender",)),
        ("男性の学習時間は", "学習時間", ()),
        ("予算はいくら増えたか", "予算は18億円", ("いくら増えた",)),
        ("予算は増えたのか", "予算は18億円", ("増えたのか",)),
        ("予算は何億円増えたか", "予算は18億円", ("何億円増えた",)),
        ("予算の推移は", "予算は18億円", ("推移",)),
        ("Did the budget rise or fall?", "予算は18億円", ("rise or fall",)),
    ],
)
def test_what_a_breakdown_is_asked_by_stands_in_it(question: str, text: str, absent: tuple[str, ...]) -> None:
    assert elsewhere(question, text) == absent


@pytest.mark.parametrize(
    ("question", "text", "absent"),
    [
        ("水産庁全体の予算はいくらか", "予算は18億円", ("水産庁全体",)),
        ("水産庁全体の予算はいくらか", "総額は", ()),
        ("文部科学省の予算の総額はいくらか", "総額は", ("文部科学省の予算の総額",)),
        ("水産庁の予算はいくらか", "予算は18億円", ()),
        ("プログラム全体の予算はいくらか", "予算は18億円", ()),
        ("水産庁全体の課題は何か", "予算は18億円", ()),
        ("How much is the total budget of the Fisheries Agency?", "予算は18億円", ("total",)),
    ],
)
def test_a_part_is_not_the_whole_of_a_body(question: str, text: str, absent: tuple[str, ...]) -> None:
    assert elsewhere(question, text) == absent


@pytest.mark.parametrize(
    ("question", "absent"),
    [
        ("火山の学習時間はどうですか", ()),
        ("火山の学習時間は何時間ですか", ("火山",)),
        ("火山の予算はいくらか", ("火山",)),
        ("火山の男性の割合は何％か", ("火山", "男性")),
        ("今の予算はいくらか", ()),
        ("予算はいくらか、K-Netについて教えて", ("K-Net",)),
        ("海洋の予算はいくらか", ()),
        ("予算は、火山と海洋でどちらが多いか", ()),
        ("博士の学生は週に何時間観測するか", ()),
        ("学部生は週に何時間観測するか", ("学部生",)),
    ],
)
def test_what_a_question_for_a_figure_begins_with_stands_on_the_page(question: str, absent: tuple[str, ...]) -> None:
    assert elsewhere(question, "博士課程の学生") == absent


HUBS = """\
# 海洋観測の拠点

| 区分 | 大学 | 代表 |
|---|---|---|
| 中核拠点 | 東海大学 | 山本 一郎 |
| 連携拠点 | 三陸大学 | 佐藤 花子 |

支援は土佐大学と水路研究所が行う。
"""


@pytest.mark.parametrize(
    ("question", "absent"),
    [
        ("土佐大学の拠点を率いるのは誰ですか", ("土佐大学",)),
        ("東海大学の拠点を率いるのは誰ですか", ()),
        ("土佐大学以外で拠点を率いるのは誰ですか", ()),
        ("土佐大学と連携する拠点を率いるのは誰ですか", ()),
        ("水路研究所の拠点を率いるのは誰ですか", ()),
        ("東海国立海洋大学の拠点を率いるのは誰ですか", ()),
    ],
)
def test_a_row_on_one_university_tells_nothing_of_another(question: str, absent: tuple[str, ...]) -> None:
    page = read_markup(HUBS)[0]
    row = next(u for u in page_units(page) if u.kind == "row" and "東海" in u.body)
    assert relevance(analyse(question), row, surroundings(row, page.title, "文書"), alike).elsewhere == absent


@pytest.mark.parametrize(
    ("question", "absent"),
    [
        ("海洋プログラムの前身の予算はいくらか", ("前身",)),
        ("海洋プログラムの要求額はいくらか", ("要求額",)),
        ("海洋プログラムの予算額はいくらか", ()),
    ],
)
def test_what_came_before_and_what_was_asked_for_is_another_amount(question: str, absent: tuple[str, ...]) -> None:
    assert elsewhere(question, "予算は18億円") == absent


@pytest.mark.parametrize(
    ("question", "absent"),
    [
        ("What is the penalty for the students?", ("penalty",)),
        ("What is the interest rate of the plan?", ("rate",)),
        ("What is the warranty of the ship?", ("warranty",)),
        ("What is the study time of the students?", ()),
        ("What is the purpose of the observation?", ()),
        ("Which students observe the sea?", ()),
    ],
)
def test_what_an_english_question_asks_for_by_name_stands_on_the_page(question: str, absent: tuple[str, ...]) -> None:
    assert elsewhere(question, "学生は") == absent


@pytest.mark.parametrize(
    ("question", "absent"),
    [
        ("When was the Ocean Fisheries Plan decided?", ("Ocean Fisheries Plan",)),
        ("When was the Ocean Science Strategy decided?", ()),
        ("When was the Science Strategy decided?", ()),
    ],
)
def test_the_words_of_an_english_name_stand_together(question: str, absent: tuple[str, ...]) -> None:
    assert elsewhere(question, "予算は18億円") == absent
