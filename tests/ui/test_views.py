"""What the page shows, without a browser: escaped, complete, and kept as strictly as any input."""

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Literal

import pytest
from tests.conftest import Ingested

from lsqa import Assistant
from lsqa.assistant import STAGES
from lsqa.catalogue import Catalogue
from lsqa.slides import Quoted, open_slide
from lsqa.ui.conversation_view import conversation_html
from lsqa.ui.copying import as_markdown, as_text, conversation_as_markdown
from lsqa.ui.escaping import data, escaped, web_address
from lsqa.ui.scope import scope_in_words
from lsqa.ui.slide_view import slide_html
from lsqa.ui.texts import KEYS, text
from lsqa.ui.turns import (
    MOST_TURNS,
    ShownCitation,
    ShownClaim,
    ShownNearest,
    ShownScope,
    ShownTurn,
    history_of,
    new_turn,
    read_turns,
    to_plain,
    with_answer,
)

HOSTILE = "<script>x</script>\"'><img src=x onerror=x>{{x}}${x}`"


class Tags(HTMLParser):
    """The tags of a piece of HTML, and whether each that opens closes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.handlers: list[str] = []
        self.open: list[str] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        if tag not in ("img", "br", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def hostile_turn(**changes: object) -> ShownTurn:
    citation = ShownCitation(label=1, doc_id=HOSTILE, title=HOSTILE, page=1, section=(HOSTILE,), quote=HOSTILE)
    row = citation.model_copy(update={"quote": f"{HOSTILE}\t{HOSTILE}"})
    claims = (ShownClaim(text=HOSTILE, citations=(citation,)), ShownClaim(text=HOSTILE, citations=(row, row)))
    near = ShownNearest(doc_id=HOSTILE, title=HOSTILE, page=1, section=(HOSTILE,), text=HOSTILE)
    known: dict[str, object] = {
        "id": HOSTILE[:40], "question": HOSTILE, "state": "done", "status": "answered", "text": HOSTILE,
        "claims": claims, "reason": HOSTILE, "missing": (HOSTILE,), "nearest": (near,), "resolved": HOSTILE,
        "error": HOSTILE, "scope": HOSTILE, "calculation": f"{HOSTILE} [1]",
    }  # fmt: skip
    return ShownTurn.model_validate(known | changes)


@pytest.mark.parametrize("status", ["answered", "partial", "refused"])
@pytest.mark.parametrize("mode", ["quote", "llm"])
@pytest.mark.parametrize("state", ["pending", "done", "failed", "stopped"])
def test_whatever_is_said_is_text(status: str, mode: str, state: str) -> None:
    html = conversation_html((hostile_turn(status=status, mode=mode, state=state),), "ja", HOSTILE)
    tags = Tags(html)
    assert tags.open == []
    assert not tags.names & {"script", "img", "svg", "iframe", "a"}
    assert tags.handlers == []
    assert not set("{}$`") & set(html)
    assert HOSTILE in tags.words


def test_a_slide_of_a_hostile_document_is_text(corpus_library: Ingested) -> None:
    from dataclasses import replace

    catalogue = Catalogue.open(corpus_library.home)
    slide = open_slide(catalogue, "note-trip", 1, [Quoted(HOSTILE)])
    catalogue.close()
    record = replace(slide.document, title=HOSTILE, publisher=HOSTILE, url="javascript:alert(1)")
    tags = Tags(slide_html(replace(slide, document=record), None, {}, "ja"))
    assert not tags.names & {"script", "img", "svg", "a"}
    assert tags.handlers == []
    assert "もうないか" not in tags.words
    assert text("quote-gone", "ja") in tags.words


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://www.mext.go.jp/x.pdf", True),
        ("http://example.org", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("http://[bad", False),
        ("", False),
    ],
)
def test_only_web_addresses_are_links(url: str, linked: bool) -> None:
    assert bool(web_address(url)) == linked


def test_attributes_hold_json_and_nothing_else() -> None:
    assert '"' not in data({"x": '"><script>'})
    assert escaped("a&b") == "a&amp;b"


def test_every_text_is_there_in_both_languages() -> None:
    for key in KEYS:
        values = dict.fromkeys(
            ("n", "title", "page", "count", "name", "types", "heading", "mb", "file", "chunks", "done"), 1
        )
        japanese, english = text(key, "ja", **values), text(key, "en", **values)
        assert japanese
        assert english
        assert "{" not in japanese + english


def test_every_text_is_used() -> None:
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in Path(__file__).parents[2].joinpath("src", "lsqa", "ui").glob("*.py")
        if path.name != "texts.py"
    )
    made = {f"stage-{stage}" for stage in STAGES} | {"supported", "contradicted", "not_found"}
    made |= {"indexed", "unchanged", "locked", "garbled", "unsupported", "lenient", "standard", "strict"}
    made |= {f"advice-{status}" for status in ("empty", "failed", "garbled", "locked", "unsupported")}
    made |= {f"upload-{word}" for word in ("drop", "or", "click", "clear")} | {"file-waiting", "file-reading"}
    assert [key for key in sorted(KEYS - made) if f'"{key}"' not in code and f"'{key}'" not in code] == []


def test_what_a_browser_sends_back_is_read_strictly() -> None:
    good = new_turn("予算は？", ShownScope(count=10), "ja", "quote").as_ended("done")
    plain = to_plain((good,))
    assert read_turns(plain) == (good,)
    assert read_turns("x") == read_turns(None) == read_turns({"a": 1}) == ()
    assert read_turns([1, {"claims": "x"}, {"state": "proven"}, *plain]) == (good,)
    assert len(read_turns(plain * 100)) == MOST_TURNS
    assert read_turns([{"question": "x" * 30_000}]) == ()


def test_a_turn_that_was_being_answered_counts_as_cut_off() -> None:
    pending = new_turn("予算は？", None, "ja", "quote")
    (read,) = read_turns(to_plain((pending,)))
    assert read.state == "interrupted"
    assert history_of((read,)) == ()


def test_an_answer_is_shown_whole(corpus_library: Ingested, clean_settings: Path) -> None:
    with Assistant.open(home=str(corpus_library.home)) as lsqa:
        answer = lsqa.ask("B-cureの2024年度と2025年度の予算の差は？")
        refused = lsqa.ask("SCARDAのセンター長の名前を教えてください。")
    turn = with_answer(new_turn(answer.question, None, "ja", "quote"), answer)
    assert turn.calculation == "\n".join(answer.text.split("\n")[:2])
    assert len(turn.claims) == 1  # both operands stand in one row
    html = conversation_html((turn,), "ja")
    assert "差は0円で、同額です。" in Tags(html).words
    assert html.count('data-act="open"') == 3
    assert read_turns(to_plain((turn,))) == (turn,)
    shown = with_answer(new_turn(refused.question, None, "ja", "quote"), refused)
    assert shown.claims == ()
    assert as_text(shown) == refused.text


def test_more_quotes_are_counted_one_by_one() -> None:
    """Two places, of two quotes and of three, behind the one that is shown at once."""
    claims = tuple(
        ShownClaim(
            text=f"{page}-{n}", citations=(ShownCitation(label=page, doc_id="a", page=page, quote=f"{page}-{n}"),)
        )
        for page, count in ((1, 4), (2, 2), (3, 3))
        for n in range(count)
    )
    turn = new_turn("予算は？", None, "ja", "quote").model_copy(update={"state": "done", "status": "answered"})
    html = conversation_html((turn.model_copy(update={"claims": claims}),), "ja")
    assert text("more-quotes", "ja", n=5) in html
    assert html.count("<blockquote>") == 9


def test_a_reason_is_headed_by_its_first_sentence_and_said_once() -> None:
    refused = hostile_turn(status="refused", reason="The documents do not say. 11 documents were searched.", claims=())
    words = conversation_html((refused,), "en")
    assert "<strong>The documents do not say.</strong><p>11 documents were searched.</p>" in words
    assert text("refused", "en") not in words
    silent = hostile_turn(status="refused", reason="", text="", claims=())
    assert f"<strong>{text('refused', 'en')}</strong>" in conversation_html((silent,), "en")


def test_markdown_shows_what_stands_in_the_documents_and_nothing_more() -> None:
    turn = hostile_turn(text="* 「a_b*c* <b>」[1]\n1. [x](http://e)", claims=())
    assert as_markdown(turn).startswith("\\* 「a\\_b\\*c\\* \\<b\\>」\\[1\\]")
    assert "[x](http" not in as_markdown(turn)


def test_what_looks_like_a_label_within_a_quote_is_the_documents_own() -> None:
    citation = ShownCitation(label=1, title="t", quote="予算[1]は6億円")
    turn = hostile_turn(text="「予算[1]は6億円」[1]", claims=(ShownClaim(text="", citations=(citation,)),))
    first = as_markdown(turn).split("\n")[0]
    assert first == f"「予算\\[1\\]は6億円」[^{turn.id[:6]}-1]"


@pytest.mark.parametrize(
    ("mode", "said"), [("llm", "予算は6億円である。 [1]"), ("quote", "「予算 | 6億円」[1]\n「区分 | 額」[1]")]
)
def test_an_answer_that_was_stopped_is_taken_along_as_far_as_it_came(mode: Literal["quote", "llm"], said: str) -> None:
    """What had passed the check is shown, so it is copied and saved with its sources; and that there was no more."""
    quotes = (
        ShownCitation(label=1, title="t", quote="予算\t6億円"),
        ShownCitation(label=1, title="t", quote="区分\t額"),
    )
    claim = ShownClaim(text="予算は6億円である。", citations=quotes)
    turn = ShownTurn(id="abcdef1", question="予算は？", mode=mode, claims=(claim,)).as_ended("stopped")
    stopped = text("stopped", "ja")
    assert as_text(turn) == f"{said}\n\n{stopped}\n\n[1] t, p. 1"
    lines = as_markdown(turn).split("\n")
    assert all(line.rstrip().endswith("[^abcdef-1]") for line in lines[: said.count("\n") + 1])
    assert stopped in lines
    assert lines[-1].startswith("[^abcdef-1]: t, p. 1 「予算 \\| 6億円」")
    assert conversation_html((turn,), "ja").count('data-act="copy"') == 2
    unanswered = ShownTurn(id="abcdef2", question="予算は？").as_ended("interrupted")
    assert conversation_as_markdown((unanswered,)) == f"## 予算は？\n\n{text('interrupted', 'ja')}\n"
    assert 'data-act="copy"' not in conversation_html((unanswered,), "ja")


def test_a_slide_whose_image_is_being_made_is_asked_for_again_and_one_without_boxes_says_so(
    corpus_library: Ingested,
) -> None:
    catalogue = Catalogue.open(corpus_library.home)
    slide = open_slide(catalogue, "mext-life-science-2025", 1)
    catalogue.close()
    place = {"doc_id": HOSTILE, "page": 1}
    being_made = slide_html(slide, None, place, "ja", is_being_made=True)
    assert f'class="again" data-act="open" data-place="{data(place)}" hidden' in being_made
    assert text("image-later", "ja") in being_made
    assert Tags(being_made).open == []
    assert "again" not in slide_html(slide, None, place, "ja")
    unmarked = slide_html(replace(slide, unplaced=("x",)), Path("/x.png"), place, "en")
    assert text("quote-unplaced", "en") in unmarked
    assert '<details class="words" open>' in unmarked
    assert '<details class="words">' in slide_html(slide, Path("/x.png"), place, "en")


def test_a_turn_is_said_in_whatever_language_the_page_is_switched_to() -> None:
    searched = ShownScope(count=3, documents=("計画",), more=True, since="2025", strictness="strict", model="m1")
    turn = new_turn("予算は？", searched, "ja", "quote").as_ended("failed", "error-model-slow")
    (kept,) = read_turns(to_plain((turn,)))
    assert kept == turn
    for language in ("ja", "en"):
        html = conversation_html((kept, hostile_turn(status="refused", searched=searched)), language)
        assert text("error-model-slow", language) in html
        assert scope_in_words(searched, language) in Tags(html).words
        assert text("error-model-slow", "en" if language == "ja" else "ja") not in html
    assert scope_in_words(searched, "en") == (
        "documents: 3 · 計画… · 2025 – · When to answer: Strict · language model: m1"
    )


def test_turns_that_were_kept_as_words_are_still_read() -> None:
    old = {"id": "a", "question": "予算は？", "state": "failed", "error": "昔の言葉", "scope": "3件の文書"}
    (read,) = read_turns([old])
    assert "昔の言葉" in conversation_html((read,), "en")
    refused = {**old, "state": "done", "status": "refused"}
    assert "3件の文書" in conversation_html(read_turns([refused]), "en")


def test_a_problem_that_is_none_of_the_pages_is_not_looked_up() -> None:
    (read,) = read_turns([{"state": "failed", "problem": "upload-large", "error": "x-y"}])
    assert "x-y" in conversation_html((read,), "ja")


def test_the_trace_of_an_answer_names_no_server_and_no_path(corpus_library: Ingested, clean_settings: Path) -> None:
    with Assistant.open(home=str(corpus_library.home)) as lsqa:
        answer = lsqa.ask("B-cureの2025年度の予算はいくらですか？")
    trace = replace(answer.trace, fallback="http://10.0.0.1:8000/v1 does not answer, see /srv/secret/log — wait")
    turn = with_answer(new_turn(answer.question, None, "ja", "llm"), replace(answer, trace=trace))
    assert turn.trace is not None
    assert turn.trace.fallback == "… does not answer, see … — wait"
    assert turn.trace.timings_ms.keys() == answer.trace.timings_ms.keys()
    assert turn.trace.evidence[0] == (answer.evidence[0].chunk.doc_id, answer.evidence[0].chunk.page)
    assert read_turns(to_plain((turn,))) == (turn,)


def test_a_refusal_does_not_say_that_a_word_stands_nowhere() -> None:
    html = conversation_html((hostile_turn(status="refused"),), "ja")
    assert "該当箇所に見当たらないもの" in html
    assert "at the places searched" in conversation_html((hostile_turn(status="refused"),), "en")
