"""Questions of the first screen for documents that nobody has written any for."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.test_page_vectors import LengthEmbeddings

from lsqa.catalogue import Catalogue
from lsqa.ingest import ingest
from lsqa.library import WritableLibrary
from lsqa.ui.examples import Examples

Written = Callable[..., Catalogue]


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Written]:
    """The catalogue of documents, given by their contents."""
    opened: list[Catalogue] = []

    def write(*contents: str) -> Catalogue:
        for number, content in enumerate(contents):
            (tmp_path / f"{number}.md").write_text(content, encoding="utf-8")
        with WritableLibrary.open_for_writing(tmp_path / "home", "lengths") as library:
            assert not ingest(sorted(tmp_path.glob("*.md")), library, LengthEmbeddings()).has_failures
        opened.append(Catalogue.open(tmp_path / "home"))
        return opened[-1]

    yield write
    for catalogue in opened:
        catalogue.close()


def test_short_questions_are_offered_and_no_sentences_with_gaps(written: Written) -> None:
    budget = "令和7年度の予算は12億円であり、前の年度よりも増えている。"
    catalogue = written(
        f"# 計画A\n\n## 拠点\n\n- 札幌\n\n## 予算\n\n{budget}\n", f"# 計画B\n\n## 担当\n\n- 研究課\n\n{budget}\n"
    )
    offered = Examples().questions(catalogue, "ja")
    assert "「計画A」の「拠点」に最初に挙げられているのは何ですか。" in offered
    assert any("計画B" in question for question in offered)
    assert all("＿" not in question and len(question) <= 60 for question in offered)


def test_where_none_is_short_what_a_heading_says_is_asked_in_the_language_of_the_page(written: Written) -> None:
    long = "令和7年度の予算は12億円であり、前の年度よりも増えているので、さらに拠点を増やすことが計画されている。"
    catalogue = written(f"# 計画C\n\n## 予算の見通し\n\n{long}\n")
    examples = Examples()
    assert examples.questions(catalogue, "ja") == ("「計画C」は、「予算の見通し」について何と述べていますか。",)
    assert examples.questions(catalogue, "en") == ("What does “計画C” say about “予算の見通し”?",)


def test_where_there_is_no_heading_nothing_is_offered(written: Written) -> None:
    assert Examples().questions(written("ただの文である。\n"), "ja") == ()
