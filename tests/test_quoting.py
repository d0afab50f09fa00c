"""Which units are quoted: whole, about one subject, within the characters there are, each quote where it stands."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from lsqa.chunks import Chunk, chunk_document
from lsqa.citations import check
from lsqa.documents import BlockKind, Document, Source, make_document, with_id
from lsqa.evidence import Evidence
from lsqa.questions import analyse
from lsqa.quoting import ANSWER_CHARACTERS, MOST_UNITS, Quotation, choose, cite, cost, quote, shortened, slide_name
from lsqa.readers import read_file
from lsqa.readers.markup import read_markup
from lsqa.readers.page_builder import PageBuilder
from lsqa.relevance import Relevance
from lsqa.scoring import USUAL_SIMILARITY, RankedPage, ScoredUnit
from lsqa.text import fold
from lsqa.units import page_units
from lsqa.wording import quoted_text

CORPUS = Path(__file__).parent.parent / "corpus"
DECK = """\
# あけぼの計画

## 予算

令和7年度の予算は12億円である。

## 拠点

拠点の構成

- 札幌に観測の拠点を置く。
- 那覇に解析の拠点を置く。
- 高松に訓練の拠点を置く。

# みなと計画

## 予算

令和7年度の予算は30億円である。

## 機器

この計画で新しく備える機器の数を次の表に示す。機器は毎年点検し、結果を公表することとしている。点検の方法は別に定める。

| 名称 | 台数 |
|---|---|
| 望遠鏡 | 3 |
| 分光器 | 11 |
| 冷却器 | 27 |

説明を加える。この表の数は令和7年度の末のものであり、予備の機器を含んでいない。予備の機器は倉庫で保管し、必要になったときに使う。
機器を使う者は前もって訓練を受けることとし、訓練の内容は毎年見直す。

## 今後

担当する課は以下のとおりである。

## 星間物質研究課

電話で受け付ける。
"""


def document(deck: str) -> Document:
    pages = read_markup(deck)
    made = make_document(Source(title="文書"), sha256="0", kind="markdown", pages=pages, fallback="")
    return with_id(made, "d")


def ranked(read: Document) -> list[RankedPage]:
    return [RankedPage(read.doc_id, read.title, page, 1 - page.number / 10) for page in read.pages]


def indifferent(texts: Sequence[str]) -> list[float]:
    return [USUAL_SIMILARITY] * len(texts)


def answer(question: str, deck: str = DECK) -> Quotation:
    return quote(analyse(question), ranked(document(deck)), lambda spelling: 1, 10, indifferent)


def texts(quotation: Quotation) -> list[str]:
    return [unit.unit.text for unit in quotation.units]


def shown(quotation: Quotation, deck: str = DECK, language: str = "ja") -> str:
    """What a person would read if all units were shown."""
    claims, evidence = cite(quotation.units, [], chunk_document(document(deck)))
    names = [slide_name(unit) for unit in quotation.units]
    return quoted_text(check(claims, evidence), names, "en" if language == "en" else "ja")


# What is chosen


@pytest.mark.parametrize(
    ("question", "stands"),
    [
        ("あけぼの計画の予算はいくらか", "12億円"),
        ("みなと計画の予算はいくらか", "30億円"),
        ("あけぼの計画で那覇に置くのは？", "解析の拠点"),
        ("冷却器の台数は？", "27"),
        ("What is the budget of the FY2025 plan?", "億円"),
    ],
)
def test_the_answer_stands_in_the_first_quote(question: str, stands: str) -> None:
    assert stands in texts(answer(question))[0]


@pytest.mark.parametrize(
    ("question", "other"), [("あけぼの計画の予算はいくらか", "30億円"), ("みなと計画の予算はいくらか", "12億円")]
)
def test_the_budget_of_another_programme_is_not_added(question: str, other: str) -> None:
    assert other not in "".join(texts(answer(question)))


def test_a_comparison_quotes_both_sides() -> None:
    compared = "".join(texts(answer("あけぼの計画とみなと計画の予算を比べて")))
    assert "12億円" in compared
    assert "30億円" in compared


def test_what_another_page_repeats_is_quoted_once() -> None:
    table = "| 区分 | 大学 |\n|---|---|\n| 協力 | 札幌大学 |\n| 協力 | 那覇大学 |\n"
    deck = f"# 拠点\n\n{table}\n---\n\n# 拠点（再掲）\n\n{table}"
    quoted = "".join(texts(answer("協力の拠点の大学を全部教えて", deck)))
    assert quoted.count("札幌大学") == quoted.count("那覇大学") == 1


@pytest.mark.parametrize("question", ["あけぼの計画の拠点を挙げて", "拠点の構成は？"])
def test_a_list_is_quoted_whole(question: str) -> None:
    (unit,) = answer(question).units
    assert [place in unit.unit.text for place in ("札幌", "那覇", "高松")] == [True] * 3


def test_one_item_is_enough_where_one_figure_is_asked_for() -> None:
    more = "船と馬と鳥を用いて海と浜と空を調べ、記録を毎年公表し、次の年の計画に役立てるものを含む"
    items = (("観測", 3), ("解析", 5), ("訓練", 7), ("広報", 9))
    deck = "# 計画\n\n内訳\n\n" + "".join(f"- {name}の経費は{n}億円で、{more}。\n" for name, n in items)
    (unit,) = answer("解析の経費はいくらか", deck).units
    assert unit.unit.text == f"解析の経費は5億円で、{more}。"


def test_a_row_comes_with_the_head_of_its_table() -> None:
    unit = answer("冷却器の台数は？").units[0].unit
    assert (unit.kind, unit.text) == ("row", "名称\t台数\n冷却器\t27")


def test_two_rows_of_one_table_are_quoted_under_one_head() -> None:
    quotation = answer("望遠鏡と冷却器の台数を比べて")
    rows = [unit.unit.text for unit in quotation.units if unit.unit.kind == "row"]
    assert {"名称\t台数\n望遠鏡\t3", "名称\t台数\n冷却器\t27"} <= set(rows)
    assert shown(quotation).count("名称") == 1


def test_a_lead_in_goes_on_below_the_next_heading() -> None:
    (first, *_) = answer("担当する課はどこか").units
    assert first.unit.quotes == ("担当する課は以下のとおりである。", "星間物質研究課")


def test_units_that_quote_the_same_words_are_not_both_chosen() -> None:
    for question in ("あけぼの計画の拠点は？", "望遠鏡と分光器と冷却器の台数を比べて", "計画と予算と機器を全部"):
        units = [u.unit for u in answer(question).units]
        assert not [(a, b) for i, a in enumerate(units) for b in units[:i] if a.overlaps(b)]


# How much is chosen

LONG = "# 鯨の計画\n\n" + "\n\n".join(
    f"鯨の保護の第{n}の取組は、{'船で海を調べ、' * 9}記録することである。" for n in range(1, 9)
)
WIDE = "# 鯨の数\n\n" + "\n".join(
    "| " + " | ".join(f"{name}{n:02}月の数" for n in range(24)) + " |" + ("\n" + "|---" * 24 + "|" if not at else "")
    for at, name in enumerate("鯨船")
)


@pytest.mark.parametrize(
    ("question", "deck"),
    [
        ("あけぼの計画とみなと計画の予算と拠点と機器を全部比べて", DECK),
        ("鯨の保護の取組を挙げて", LONG),
        ("鯨の保護の取組を比べて", LONG),
        ("What are the measures for whales?", LONG),
        ("船の数は？", WIDE),
        ("What are the numbers?", WIDE),
        ("鯨は？", "# " + "鯨" * 200 + "\n\n" + "鯨" * 320 + "。\n"),
        ("鯨は？", "# 題\n\n" + "鯨" * 390 + "。\n\n鯨を数える。\n"),
    ],
)
def test_what_is_quoted_fits_and_nothing_is_cut(question: str, deck: str) -> None:
    quotation = answer(question, deck)
    for language in ("ja", "en"):
        text = shown(quotation, deck, language)
        assert 0 < len(text) <= ANSWER_CHARACTERS
        assert quotation.units[0].unit.quotes[-1].split("\t")[0].strip() in text
    spent = [cost(unit, quotation.units[:at]) for at, unit in enumerate(quotation.units)]
    assert sum(spent) <= ANSWER_CHARACTERS
    assert len(quotation.units) <= MOST_UNITS


def test_a_quote_that_alone_is_too_long_is_not_chosen() -> None:
    deck = "# 題\n\n" + "鯨" * 420 + "。\n\n鯨を数える。\n"
    assert texts(answer("鯨は？", deck)) == ["鯨を数える。"]


def test_no_unit_is_chosen_where_none_fits() -> None:
    quotation = answer("鯨は？", "鯨" * 420 + "。\n")
    assert (quotation.units, quotation.probability, quotation.missing) == ((), 0.0, ("鯨",))
    assert quotation.nearest


def test_the_name_of_a_slide_is_paid_for_once() -> None:
    first, second = [u for u in scored(DECK) if u.unit.kind == "sentence"][:2]
    alone = cost(second, [])
    assert alone - cost(second, [first]) == len("あけぼの計画") + 7
    assert cost(replace(second, ranked_page=replace(second.ranked_page, doc_id="e")), [first]) == alone


# What is added to the first quote


def candidates(*given: tuple[float, tuple[float, ...]]) -> list[ScoredUnit]:
    """Sentences of one slide with the scores and the levels of terms given, best first."""
    deck = "# 題\n\n" + "".join(f"鯨を{name}で数えている。" for name in "甲乙丙丁戊己庚辛"[: len(given)]) + "\n"
    sentences = [unit for unit in scored(deck) if unit.unit.kind == "sentence"]
    return [
        replace(unit, score=score, relevance=replace(unit.relevance, found=found))
        for unit, (score, found) in zip(sentences, given, strict=True)
    ]


def chosen(question: str, *given: tuple[float, tuple[float, ...]]) -> str:
    """The names of the candidates that are chosen, in order."""
    read = analyse(question)
    assert len(read.terms) == 2
    return "".join(unit.unit.text[2] for unit in choose(read, candidates(*given), (1.0, 1.0)))


BOTH, FIRST, SECOND, NONE = (1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)
PLAIN, COMPARING = "鯨と船は何人か", "鯨と船はどちらが何人か"


@pytest.mark.parametrize(
    ("question", "given", "names"),
    [
        (PLAIN, ((2.0, BOTH), (1.85, BOTH), (1.8, BOTH)), "甲乙"),
        (PLAIN, ((2.0, BOTH), (1.82, BOTH)), "甲"),
        (PLAIN, ((2.0, BOTH), (1.9, FIRST)), "甲"),
        (PLAIN, ((2.0, FIRST), (1.88, FIRST), (1.8, BOTH)), "甲丙乙"),
        (PLAIN, ((2.0, FIRST), (1.6, BOTH)), "甲乙"),
        (PLAIN, ((2.0, FIRST), (1.58, BOTH)), "甲"),
        (PLAIN, ((2.0, FIRST), (1.9, SECOND)), "甲乙"),
        (COMPARING, ((2.0, FIRST), (1.2, SECOND)), "甲乙"),
        (COMPARING, ((2.0, FIRST), (1.05, SECOND)), "甲"),
        (COMPARING, ((2.0, BOTH), (1.9, NONE)), "甲乙"),
        (PLAIN, tuple((2.0, BOTH) for _ in range(8)), "甲乙丙丁戊己"),
    ],
    ids=[
        "what scores nearly as well",
        "nothing that scores less",
        "nothing of half the subject",
        "first what adds a term",
        "less is enough where it adds a term",
        "but not much less",
        "the other half is as near",
        "a comparison goes further for the other side",
        "but not any distance",
        "a comparison minds no subject",
        "six at most",
    ],
)
def test_what_is_added(question: str, given: tuple[tuple[float, tuple[float, ...]], ...], names: str) -> None:
    assert analyse(question).compares is (question == COMPARING)
    assert chosen(question, *given) == names


# What speaks against answering


@pytest.mark.parametrize(
    ("question", "missing", "kinds", "contradicted"),
    [
        ("あけぼの計画の代表は誰か", (), ("person",), ()),
        ("潜水艦の台数は何台か", ("潜水艦",), (), ()),
        ("令和5年度の札幌の拠点とは", ("令和5年度",), (), ("令和5年度",)),
        ("札幌の99億円の拠点とは", ("99億円",), (), ("99億円",)),
        ("札幌の12億円の拠点とは", (), (), ()),
        ("令和5年度の計画の予算はいくらか", ("令和5年度",), (), ()),
    ],
)
def test_what_is_absent_is_named(
    question: str, missing: tuple[str, ...], kinds: tuple[str, ...], contradicted: tuple[str, ...]
) -> None:
    quotation = answer(question)
    assert quotation.missing == missing
    assert quotation.missing_kinds == kinds
    assert quotation.contradicted == contradicted


def test_the_figure_of_another_subject_does_not_confirm_that_of_the_named_one() -> None:
    assert answer("札幌の30億円の拠点とは").contradicted == ("30億円",)
    assert answer("札幌の12億円の拠点とは").contradicted == ()


@pytest.mark.parametrize(
    "question",
    ["あけぼの計画の代表は誰か", "令和5年度のあけぼの計画の予算はいくらか", "あけぼの計画の99億円は？", "鯨の数は？"],
)
def test_what_does_not_stand_there_is_less_probable_than_what_does(question: str) -> None:
    absent, stands = answer(question), answer("あけぼの計画の予算はいくらか")
    assert absent.probability < 0.4 < 0.8 < stands.probability


def test_the_nearest_are_the_foremost_whether_chosen_or_not() -> None:
    quotation = answer("あけぼの計画の予算はいくらか")
    assert len(quotation.nearest) == 3
    assert quotation.units[0] == quotation.nearest[0]


# Names of slides


def unscored(read: Document) -> list[ScoredUnit]:
    nothing = Relevance(1.0, 1.0, 1.0, 0.0, 0.0, (), ())
    return [ScoredUnit(page, unit, nothing, 1.0) for page in ranked(read) for unit in page_units(page.page)]


def scored(deck: str) -> list[ScoredUnit]:
    return unscored(document(deck))


@pytest.mark.parametrize(
    ("deck", "text", "name"),
    [
        ("# 題\n\n## 節\n\n鯨。\n", "鯨。", "題"),
        ("## 章\n\n### 節\n\n鯨。\n", "鯨。", "章 > 節"),
        ("#### 節\n\n鯨。\n", "節", "文書"),
        ("# " + "長" * 80 + "\n\n鯨。\n", "鯨。", "長" * 59 + "…"),
        ("# " + "長" * 60 + "\n\n鯨。\n", "鯨。", "長" * 60),
    ],
    ids=["title", "headings", "document", "cut", "as long as may be"],
)
def test_a_slide_is_called_by_its_title_or_what_stands_for_it(deck: str, text: str, name: str) -> None:
    unit = next(u for u in scored(deck) if u.unit.text == text)
    assert slide_name(unit) == name


# Citations


def corpus_documents() -> list[Document]:
    paths = (CORPUS / "briefing.pdf", *sorted((CORPUS / "related").glob("*.md")))
    return [with_id(read, path.stem) for path in paths for read in read_file(path, Source())]


def test_every_quote_of_every_unit_is_found_in_the_evidence_it_cites() -> None:
    documents = [document(DECK), document(LONG), document(WIDE), *corpus_documents()]
    assert len(documents) > 5
    for read in documents:
        chunks = chunk_document(read)
        units = unscored(read)
        claims, evidence = cite(units, [], chunks)
        assert {e.label for e in evidence} == set(range(1, len(evidence) + 1))
        for unit, claim in zip(units, check(claims, evidence), strict=True):
            assert claim.verdict == "supported", (read.title, unit.unit.text)
            quoted = "".join(c.citation.quote for c in claim.citations)
            assert fold(quoted) == fold(unit.unit.text)
            for cited in claim.citations:
                assert cited.evidence is not None
                assert cited.evidence.chunk.page == unit.unit.page.number
                assert fold(unit.unit.page.text[cited.start : cited.end]) == fold(cited.citation.quote)


def test_a_quote_that_runs_over_chunks_is_cited_in_pieces() -> None:
    deck = "# 題\n\n" + "鯨を数えて記録する、" * 38 + "終わり。\n"
    chunks = chunk_document(document(deck))
    unit = next(u for u in scored(deck) if u.unit.kind == "sentence")
    assert len(chunks) > 1
    (claim,), evidence = cite([unit], [], chunks)
    assert len(claim.citations) == len(evidence) == 2
    assert "".join(c.quote for c in claim.citations) == unit.unit.text
    for citation in claim.citations:
        assert citation.quote in evidence[citation.label - 1].chunk.text


def test_only_what_is_cited_is_evidence_and_it_keeps_its_score() -> None:
    chunks = chunk_document(document(DECK))
    unit = next(u for u in scored(DECK) if u.unit.kind == "row" and "冷却器" in u.unit.text)
    given = [Evidence(label, chunk, "文書", label / 100) for label, chunk in enumerate(chunks, 1)]
    (claim,), evidence = cite([unit], given, chunks)
    used = {item.chunk.chunk_id for item in evidence}
    assert used == {c.chunk_id for c in chunks if holds(c, unit)}
    assert {item.chunk.chunk_id: item.score for item in evidence}.items() <= {
        g.chunk.chunk_id: g.score for g in given
    }.items()
    assert {citation.label for citation in claim.citations} == {item.label for item in evidence}


def holds(chunk: Chunk, unit: ScoredUnit) -> bool:
    return chunk.page == unit.unit.page.number and any(a < chunk.end and chunk.start < b for a, b in unit.unit.spans)


def test_a_passage_of_the_same_words_on_another_page_is_not_cited() -> None:
    deck = "# 甲\n\n鯨を数える。\n\n# 乙\n\n鯨を数える。\n"
    unit = [u for u in scored(deck) if u.unit.text == "鯨を数える。"][1]
    (_,), (item,) = cite([unit], [], chunk_document(document(deck)))
    assert (unit.unit.page.number, item.chunk.page) == (2, 2)


def of_chapters(*blocks: tuple[BlockKind, str, int]) -> list[ScoredUnit]:
    """The units of a page of running text that begins under the chapter 「6 コード表」."""
    builder = PageBuilder()
    for kind, text, level in blocks:
        builder.add(kind, text, level)
    page = replace(builder.build(2), open_headings=((1, "6 コード表"), (2, "6.1 区分")))
    return unscored(Document("d", "文書", "", "", "", "", "0", "docx", (page,)))


def test_what_stands_before_the_first_chapter_of_a_page_is_not_called_by_it() -> None:
    units = of_chapters(
        ("head_row", "値\t季節", 0),
        ("row", "1\t春", 0),
        ("heading", "7 特記\n事項", 1),
        ("paragraph", "季節は暦による。", 0),
        ("heading", "8 附則", 1),
        ("paragraph", "直ちに施行する。", 0),
    )
    names = {unit.unit.body: slide_name(unit) for unit in units}
    assert names["1\t春"] == "6 コード表 > 6.1 区分"
    assert names["季節は暦による。"] == "7 特記 事項"
    assert names["直ちに施行する。"] == "8 附則"


def test_of_a_long_path_the_innermost_headings_are_shown() -> None:
    (*_, unit) = of_chapters(("heading", "細" * 40, 3), ("heading", "目" * 15, 4), ("paragraph", "値は一つである。", 0))
    assert slide_name(unit) == f"{'細' * 40} > {'目' * 15}"


def test_rows_of_two_tables_on_a_slide_are_told_apart_by_the_heading_over_each() -> None:
    table = "| 国 | 件数 |\n|---|---|\n| カナダ | {} |\n"
    deck = f"# 論文の件数\n\n## 化学\n\n{table.format('1,909')}\n## 医学\n\n{table.format('4,057')}\n# 次\n\n本文。\n"
    names = {slide_name(unit) for unit in scored(deck) if unit.unit.kind == "row"}
    assert names == {"論文の件数 > 化学", "論文の件数 > 医学"}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("短い題", "短い題"),
        ("論文動向 2011-2023年累積", "論文動向…"),
        ("計画の期間は令和7年度から令和11年度まで", "計画の期間は…"),
        ("研究の力を高めるための方策の全体像", "研究の力を高めるための方策の…"),
    ],
)
def test_a_shortened_title_never_shows_half_a_figure(name: str, shown: str) -> None:
    assert shortened(name, 15) == shown


LAUNCHES = """\
# 打上げ計画

## 計画の構成

計画は次の三つからなる。

- HAYATE1は、観測機を軌道に載せる計画である。
- HAYATE2は、通信機を軌道に載せる計画である。
- HAYATE3は、補給機を軌道に載せる計画である。
"""


@pytest.mark.parametrize(
    ("question", "others"),
    [("HAYATE2とは？", False), ("打上げ計画の構成は？", True), ("打上げ計画にはどんなものがありますか", True)],
)
def test_of_what_one_item_alone_names_that_item_is_quoted(question: str, others: bool) -> None:
    read = document(LAUNCHES)
    found = quote(analyse(question), ranked(read), lambda spelling: 1, 10, indifferent)
    quoted = found.units[0].unit.text
    assert "HAYATE2" in quoted
    assert ("HAYATE3" in quoted) is others
