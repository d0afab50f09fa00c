"""Many threads ask one assistant: each gets the answer that it would get alone, whatever is written meanwhile."""

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pydantic import Field
from tests.conftest import Ingested
from tests.scripted_model import ScriptedModel, drafted

from lsqa import Answer, Assistant, DocumentFilter, LsqaError
from lsqa.catalogue import Catalogue
from lsqa.checking import Checker
from lsqa.errors import CalledOffError, QuestionError
from lsqa.ingest import ingest
from lsqa.library import WritableLibrary
from lsqa.models import embedder_fingerprint, open_embedder
from lsqa.tokens import index_tokens

QUESTIONS = (
    "あけぼの計画の令和7年度の予算はいくらですか",
    "あけぼの計画の令和6年度の予算は？",
    "あけぼの計画の担当課はどこか",
    "参加する大学は何校か",
    "B-cureの2025年度の予算はいくらですか？",
    "SCARDAのセンター長の名前を教えてください。",
    "What is the budget of B-cure in FY2025?",
    "今日の天気は？",
    "あけぼの計画の予算は令和6年度から令和7年度にいくら増えたか",
)
THREADS = 8


def opened(home: Path, chat_model: ScriptedModel | None = None) -> Assistant:
    plain = {"embedder": "bundled", "reranker": "none", "llm": "none"}
    return Assistant.open(chat_model=chat_model, home=str(home), **plain)  # type: ignore[arg-type]


@pytest.fixture
def assistant(corpus_library: Ingested) -> Iterator[Assistant]:
    with opened(corpus_library.home) as one:
        yield one


def without_times(answer: Answer) -> dict[str, Any]:
    return {name: value for name, value in answer.to_dict().items() if name != "timings_ms"}


def at_once(work: Sequence[Any]) -> list[Any]:
    """The results of calls that begin together in threads of their own."""
    together = threading.Barrier(THREADS)

    def run(number: int) -> list[Any]:
        together.wait()
        return [call() for call in work[number::THREADS]]

    with ThreadPoolExecutor(THREADS) as threads:
        found = list(threads.map(run, range(THREADS)))
    return [found[i % THREADS][i // THREADS] for i in range(len(work))]


def test_answers_in_many_threads_are_those_of_one(assistant: Assistant) -> None:
    alone = [without_times(assistant.ask(question)) for question in QUESTIONS]
    asked = [question for question in QUESTIONS for _ in range(THREADS // 2)]
    together = at_once([lambda q=q: without_times(assistant.ask(q)) for q in asked])
    assert together == [answer for answer in alone for _ in range(THREADS // 2)]


def test_each_thread_has_its_own_documents(assistant: Assistant) -> None:
    """A calculation reads the ledger of the documents that were asked for, which is kept from question to question."""
    question = QUESTIONS[-1]
    (akebono,) = [r.doc_id for r in assistant.library.catalogue.documents() if r.doc_id.startswith("akebono")]
    other = next(r.doc_id for r in assistant.library.catalogue.documents() if r.doc_id != akebono)

    def ask(doc_id: str) -> str:
        return assistant.ask(question, where=DocumentFilter((doc_id,))).status

    found = at_once([lambda d=d: ask(d) for d in (akebono, other) * THREADS])
    assert found == [ask(akebono), ask(other)] * THREADS
    assert ask(akebono) != ask(other)


def test_texts_are_checked_in_many_threads(corpus_library: Ingested) -> None:
    texts = ("あけぼの計画の令和7年度の予算は12億円である。", "あけぼの計画の令和7年度の予算は99億円である。")
    with Checker.open(home=str(corpus_library.home), embedder="bundled", reranker="none") as checker:
        alone = [checker.check(text).to_dict() for text in texts]
        assert at_once([lambda t=t: checker.check(t).to_dict() for t in texts * THREADS]) == alone * THREADS


# While a writer replaces what is asked about


def deck(version: int) -> str:
    """The same words at other places, so that an answer of two versions would not hold together."""
    filling = "この資料は計画の概要を述べる。\n\n" * (version % 3 * 2)
    return f"# かささぎ計画の概要\n\n{filling}## 予算\n\nかささぎ計画の令和7年度の予算は{version}億円である。\n"


def test_who_asks_while_documents_are_replaced_gets_one_version(own_home: Path, tmp_path: Path) -> None:
    file = tmp_path / "kasasagi.md"
    embedder = open_embedder("bundled", own_home / "models")
    written: list[int] = []
    failures: list[LsqaError] = []
    ended = threading.Event()

    def write(versions: Sequence[int]) -> None:
        for version in versions:
            file.write_text(deck(version), encoding="utf-8")
            with WritableLibrary.open_for_writing(own_home, embedder_fingerprint("bundled")) as library:
                report = ingest([file], library, embedder)
            assert [f.status for f in report.files] == ["indexed"]
            written.append(version)

    def keep_asking() -> list[tuple[int, Answer, int]]:
        answers = []
        while not ended.is_set():
            before = written[-1]
            try:
                answers.append((before, asked.ask("かささぎ計画の令和7年度の予算はいくらですか"), written[-1] + 1))
            except LsqaError as error:
                failures.append(error)
        return answers

    write([101])
    with opened(own_home) as asked, ThreadPoolExecutor(4) as threads:
        askers = [threads.submit(keep_asking) for _ in range(4)]
        write(range(102, 107))
        ended.set()
        answers = [answer for asker in askers for answer in asker.result()]
    assert failures == []
    assert len(answers) > 10
    for before, answer, latest in answers:
        (cited,) = {c for claim in answer.claims for c in claim.citations if "億円" in c.citation.quote}
        assert cited.evidence is not None
        said = int(cited.citation.quote.partition("予算は")[2].partition("億円")[0])
        assert before <= said <= latest
        assert answer.refusal is None
        page = deck(said)
        assert cited.evidence.chunk.text in page.replace("# ", "").replace("#", "")
    assert len({answer.text for _, answer, _ in answers}) > 2


def test_a_snapshot_shows_what_was_there_when_it_began(own_home: Path) -> None:
    with opened(own_home) as assistant:
        catalogue = assistant.library.catalogue
        with catalogue.snapshot() as snapshot, snapshot.used():
            before = catalogue.document_count
            with WritableLibrary.open_for_writing(own_home, embedder_fingerprint("bundled")) as library:
                library.remove(["note-trip"])
            assert catalogue.document_count == before
            with catalogue.snapshot() as again, again.used():
                assert (again, catalogue.document_count) == (snapshot, before)
            in_other_thread: list[int] = []
            other = threading.Thread(target=lambda: in_other_thread.append(catalogue.document_count))
            other.start()
            other.join()
            assert in_other_thread == [before - 1]
        assert catalogue.document_count == before - 1


def test_what_is_kept_in_memory_is_of_the_state_that_is_read(own_home: Path, tmp_path: Path) -> None:
    """Postings are kept from question to question; those of another snapshot are of another state."""
    file = tmp_path / "kasasagi.md"
    file.write_text(deck(101), encoding="utf-8")
    words = index_tokens("かささぎ計画")
    with opened(own_home) as assistant:
        catalogue, keywords = assistant.library.catalogue, assistant.library.keywords

        def found() -> bool:
            chunks = catalogue.chunks([i for i, _ in keywords.search(words, (), 5)])
            return any("かささぎ" in chunk.text for chunk in chunks)

        with catalogue.snapshot() as old:
            with old.used():
                assert not found()
            with WritableLibrary.open_for_writing(own_home, embedder_fingerprint("bundled")) as library:
                ingest([file], library, open_embedder("bundled", own_home / "models"))
            for _ in range(2):
                with catalogue.snapshot() as new, new.used():
                    assert found()
                with old.used():
                    assert not found()


def test_a_stream_may_go_from_thread_to_thread(corpus_library: Ingested) -> None:
    reply = drafted(("令和7年度の予算は12億円です。", [(1, "令和7年度の予算は12億円である。")]))
    with opened(corpus_library.home, ScriptedModel(replies=[reply])) as assistant:
        events = assistant.stream(QUESTIONS[0])
        with ThreadPoolExecutor(1) as first, ThreadPoolExecutor(1) as second:
            claim = first.submit(next, events).result()
            rest = second.submit(list, events).result()
    assert [type(event).__name__ for event in (claim, *rest)] == ["CheckedClaim", "Answer"]


def test_the_writer_takes_no_snapshot(own_home: Path) -> None:
    with (
        WritableLibrary.open_for_writing(own_home, embedder_fingerprint("bundled")) as library,
        pytest.raises(TypeError),
    ):
        Catalogue.snapshot(library.catalogue)


# In an event loop


def test_async_calls_say_what_the_plain_ones_say(assistant: Assistant) -> None:
    async def calls() -> tuple[Any, Any, list[Any]]:
        hits = await assistant.aretrieve(QUESTIONS[0], k=3)
        answers = await asyncio.gather(*(assistant.aask(question) for question in QUESTIONS))
        return hits, answers, [event async for event in assistant.astream(QUESTIONS[0])]

    hits, answers, events = asyncio.run(calls())
    assert hits == assistant.retrieve(QUESTIONS[0], k=3)
    assert [without_times(a) for a in answers] == [without_times(assistant.ask(q)) for q in QUESTIONS]
    assert without_times(events[-1]) == without_times(answers[0])
    assert len(events) == 1  # quotes come with the answer


@pytest.mark.parametrize("method", ["aask", "aretrieve"])
def test_errors_come_out_of_async_calls(assistant: Assistant, method: str) -> None:
    with pytest.raises(QuestionError):
        asyncio.run(getattr(assistant, method)(" "))


class EndlessModel(ScriptedModel):
    """Goes on until it is left."""

    replies: list[Any] = Field(default_factory=list)

    def _stream(self, *args: Any, **kwargs: Any) -> Any:
        chunks = list(ScriptedModel(replies=[drafted(("a", [(1, "a")]))])._stream([]))
        while True:
            yield chunks[0]
            threading.Event().wait(0.02)


def test_who_leaves_a_stream_calls_the_model_off(corpus_library: Ingested) -> None:
    async def leave(assistant: Assistant) -> bool:
        cancelled = threading.Event()
        task = asyncio.ensure_future(assistant.aask(QUESTIONS[0], cancelled=cancelled))
        await asyncio.sleep(0.5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return cancelled.is_set()

    before = threading.active_count()
    called_off = threading.Event()
    called_off.set()
    with opened(corpus_library.home, EndlessModel()) as assistant:
        assert asyncio.run(leave(assistant))  # ends only when the threads of the loop have ended
        with pytest.raises(CalledOffError):
            list(assistant.stream(QUESTIONS[0], cancelled=called_off))
    until = time.monotonic() + 60  # a model's thread ends at its next piece
    while threading.active_count() > before + 1 and time.monotonic() < until:
        time.sleep(0.02)
    assert threading.active_count() <= before + 1
