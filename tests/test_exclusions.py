"""What a question leaves out is not quoted as its answer; what stands beside it is."""

from collections.abc import Sequence

import pytest

from lsqa.documents import Source, make_document, with_id
from lsqa.exclusions import left_out
from lsqa.questions import analyse
from lsqa.quoting import Quotation, quote
from lsqa.readers.markup import read_markup
from lsqa.scoring import USUAL_SIMILARITY, RankedPage

OBSERVATORIES = """\
# 海洋観測の拠点

## 採択機関

| 区分 | 大学 | 観測拠点 | 代表 |
|---|---|---|---|
| 中核拠点 | 東海大学 | 海流観測所 | 山本 一郎 |
| 連携拠点 | 三陸大学 | 潮位観測所 | 佐藤 花子 |
| 連携拠点 | 土佐大学 | 水温観測所 | 鈴木 次郎 |

## 観測の手段

観測拠点は、調査船、係留ブイ、人工衛星を使う。
"""


def quotation(question: str, near: str = "-") -> Quotation:
    """What is quoted where the encoder finds what has `near` nearest to the question."""

    def similarity(texts: Sequence[str]) -> list[float]:
        return [USUAL_SIMILARITY + 0.1 * (near in text) for text in texts]

    pages = read_markup(OBSERVATORIES)
    document = with_id(make_document(Source(title="白書"), sha256="0", kind="markdown", pages=pages, fallback=""), "d")
    found = [RankedPage(document.doc_id, document.title, page, 0.9) for page in document.pages]
    return quote(analyse(question), found, lambda spelling: 1, 10, similarity)


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("東海大学以外の観測拠点は？", {"東海大学"}),
        ("東海大学と三陸大学以外の観測拠点は？", {"東海大学", "三陸大学"}),
        ("海流観測所を除いた観測拠点はどこ？", {"海流観測所"}),
        ("Which hubs are there other than UTOPIA?", {"UTOPIA"}),
        ("東海大学の観測拠点は？", set()),
        ("東海大学と三陸大学の観測拠点は？", set()),
        ("Which hubs are there in UTOPIA?", set()),
    ],
)
def test_what_is_left_out(question: str, names: set[str]) -> None:
    assert {term.text for term in left_out(analyse(question))} == names


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("海流観測所以外の観測拠点は？", ["潮位観測所", "水温観測所"]),
        ("東海大学以外の観測拠点の大学は？", ["潮位観測所", "水温観測所"]),
        ("海流観測所と水温観測所以外の観測拠点は？", ["潮位観測所"]),
        ("潮位観測所を除く連携拠点はどこ？", ["水温観測所"]),
    ],
)
def test_the_other_rows_are_quoted(question: str, shown: list[str]) -> None:
    found = quotation(question)
    quoted = "\n".join(s.unit.text for s in found.units)
    assert [name for name in ("海流観測所", "潮位観測所", "水温観測所") if name in quoted] == shown
    assert found.probability > 0


def test_the_sentence_that_names_it_among_others_tells() -> None:
    found = quotation("観測の手段として調査船のほかに何を使う？", "人工衛星")
    assert "人工衛星" in found.units[0].unit.text
