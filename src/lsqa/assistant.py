"""Ask the documents: retrieve, quote or draft, check, answer."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self

from lsqa.answerability import THRESHOLD
from lsqa.answers import Answer, Trace
from lsqa.arguments import History, passage_count, question_text, turns
from lsqa.arithmetic import Ledger, calculate, read_request
from lsqa.calculated_answers import calculated_answer
from lsqa.catalogue import DocumentFilter
from lsqa.citations import CheckedClaim, check, place_in_sections
from lsqa.composing import drafted_answer, quoted_answer, refused_turn, unread_answer
from lsqa.conversation import Resolver, Turn, refused_as, resolve
from lsqa.documents import Page
from lsqa.drafted import Draft, DraftingModel, ModelTime
from lsqa.errors import CalledOffError, ModelError
from lsqa.evidence import Evidence, label_evidence
from lsqa.found_pages import frequency_in, ranked_pages
from lsqa.integrations import Integrations
from lsqa.legs import other_names
from lsqa.library import Library, in_snapshot, streamed_in_snapshot
from lsqa.models import embedder_fingerprint, open_embedder, open_reranker
from lsqa.question_language import is_read
from lsqa.questions import Question, analyse, with_other_names
from lsqa.quoting import Quotation, cite, quote
from lsqa.refusals import NEAREST
from lsqa.retrieval import Hit, Retriever
from lsqa.scoring import RankedPage
from lsqa.settings import Settings, load_settings
from lsqa.stopwatch import Stopwatch
from lsqa.tracing import note, traced, traced_stream

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings
    from langchain_core.language_models import BaseChatModel

PASSAGES = 14
STAGES = ("resolve", "retrieve", "answer", "check")
_UNTIMED = {"retrieve": 0.0, "answer": 0.0, "check": 0.0}  # the stages that the JSON always names


@dataclass(frozen=True, slots=True)
class Manner:
    """How one question is answered. `use_model` is whether a language model that is set may draft the answer;
    `threshold`, from 0 to 1, how probable it has to be that quotes answer; `on_stage` hears of each of `STAGES` as it
    begins; a question that follows another may be read by the model first (`resolve`).
    """

    use_model: bool = True
    threshold: float = THRESHOLD
    on_stage: Callable[[str], None] | None = None


class Assistant(Integrations):
    """Answers from one library. Open it once; it keeps models and indexes in memory. Any number of threads may ask at
    the same time; each question reads one state of the library, whatever is ingested meanwhile.

    >>> with Assistant.open() as lsqa:
    ...     print(lsqa.ask("B-cureの2025年度の予算は？").status)
    answered
    """

    def __init__(
        self, settings: Settings, library: Library, retriever: Retriever, chat_model: "BaseChatModel | None" = None
    ) -> None:
        self.settings = settings
        self.library = library
        self.retriever = retriever
        self._ledger_in_memory: tuple[tuple[int, tuple[str, ...] | None], Ledger] | None = None
        self._model = DraftingModel(settings, chat_model)

    @classmethod
    def open(
        cls,
        *,
        embeddings: "Embeddings | None" = None,
        chat_model: "BaseChatModel | None" = None,
        **settings: str | None,
    ) -> "Assistant":
        """The assistant over the library that the settings name; keyword arguments (`home=`, `llm=`, …) override them.

        `embeddings` replaces the encoder that the settings name by an object of your own, which has to be the one the
        library was made with. `chat_model` drafts the answers in the place of the model that the settings name, which
        is opened at the first question.

        Raises:
            SettingsError: a setting cannot be used.
            EmptyLibraryError: nothing has been ingested.
            StaleIndexError: the library was made with another encoder.
            ModelUnavailableError: a model needs what is not installed.

        >>> with Assistant.open(reranker="none") as lsqa:
        ...     lsqa.settings.reranker
        'none'
        """
        loaded, _ = load_settings(**settings)
        library = Library.open(loaded.home, embedder_fingerprint(loaded.embedder), chroma=loaded.chroma)
        embedder = embeddings or open_embedder(loaded.embedder, loaded.home / "models", base_url=loaded.llm_base_url)
        retriever = Retriever(library, embedder, open_reranker(loaded.reranker, loaded.home / "models"))
        return cls(loaded, library, retriever, chat_model)

    @traced("lsqa.retrieve")
    @in_snapshot
    def retrieve(
        self,
        query: str,
        k: int = 10,
        *,
        document: str | None = None,
        where: DocumentFilter | None = None,
        read: bool = True,
    ) -> tuple[Hit, ...]:
        """The `k` passages that fit `query` best. `where` says which documents are searched, `document` names one,
        `read=False` leaves out the reader or reranker.

        Raises `QuestionError`, `UnknownDocumentError`.

        >>> with Assistant.open() as lsqa:
        ...     hits = lsqa.retrieve("あけぼの計画の予算", k=2)
        >>> hits[0].title, hits[0].chunk.page
        ('あけぼの計画の概要', 1)
        """
        asked = analyse(question_text(query))
        return self.retriever.retrieve(asked, passage_count(k), self._filter(document, where), read=read)

    def ask(
        self,
        question: str,
        history: History = (),
        *,
        k: int = PASSAGES,
        document: str | None = None,
        where: DocumentFilter | None = None,
    ) -> Answer:
        """The answer to `question`, every quote of it checked, or a refusal. `history` holds the turns before it, as
        `Turn` or as `{"question": …, "answer": …}`. `document`, `where`: as in `retrieve`.

        Raises `QuestionError`, `UnknownDocumentError`; with a language model `ModelError`, unless the settings fall
        back.

        >>> with Assistant.open() as lsqa:
        ...     answer = lsqa.ask("あけぼの計画の令和7年度の予算はいくらですか")
        >>> answer.status, [c.citation.quote for claim in answer.claims for c in claim.citations][1]
        ('answered', '令和7年度の予算は12億円である。前年度の予算は9億円であった。')
        """
        *_, answer = self.stream(question, history, k=k, document=document, where=where)
        assert isinstance(answer, Answer)
        return answer

    @traced_stream("lsqa.ask")
    @streamed_in_snapshot
    def stream(
        self,
        question: str,
        history: History = (),
        *,
        k: int = PASSAGES,
        document: str | None = None,
        where: DocumentFilter | None = None,
        cancelled: threading.Event | None = None,
        manner: Manner | None = None,
    ) -> Iterator[CheckedClaim | Answer]:
        """Each claim of a language model as soon as it is whole and checked, and at last the answer, with all of them.
        Quotes and calculations come with the answer. Raises as `ask` does; where the settings fall back, what was
        already shown when the model failed is a partial answer.

        Setting `cancelled`, from whatever thread, raises `CalledOffError` here; so a slow model can be left. Closing
        the iterator leaves it too.

        >>> with Assistant.open() as lsqa:
        ...     for event in lsqa.stream("あけぼの計画の令和7年度の予算はいくらですか"):
        ...         print(type(event).__name__)
        Answer
        """
        manner = manner or Manner()
        use_model = self.has_model and manner.use_model
        watch, spent = Stopwatch(manner.on_stage), ModelTime()
        ask_model = partial(self._model.rewritten, cancelled=cancelled, spent=spent) if use_model else None
        asked, earlier, passages = question_text(question), turns(history), passage_count(k)
        doc_ids = self._filter(document, where)

        finished = partial(_finished, question, watch)
        if not is_read(asked):
            yield finished(unread_answer(asked, Trace({}, self._models(), asked)))
            return
        text, resolved_by = self._resolve(asked, earlier, watch, ask_model)
        resolved = with_other_names(analyse(text), other_names(self.library, analyse(text)))
        searched = self.library.catalogue.document_count if doc_ids is None else len(doc_ids)
        evidence, pages = watch.time("retrieve", lambda: self._read(resolved, passages, doc_ids))
        trace = Trace({}, self._models(), text, resolved_by=resolved_by)
        if told := self._told_unsearched(question, earlier, resolved, doc_ids, watch, trace):
            yield finished(told)
            return
        if use_model and evidence:
            draft: Draft | None = None
            try:
                draft = self._model.begin(resolved, evidence, self.library.catalogue.page, watch, cancelled, spent)
                yield from draft.supported()
            except CalledOffError:
                raise
            except ModelError as error:
                if self.settings.fallback != "quote":
                    raise
                trace = replace(trace, fallback=str(error), fallback_kind=type(error))
            # What was shown stays the answer: quotes beside it would be a second one.
            if draft is not None and not (trace.fallback and draft.misses_all):
                yield finished(drafted_answer(resolved, draft, lambda: self._quote(resolved, pages), searched, trace))
                return
        quotation = watch.time("answer", lambda: self._quote(resolved, pages))
        claims, cited = watch.time("check", lambda: self._check(quotation, evidence, manner.threshold))
        yield finished(quoted_answer(resolved, quotation, claims, cited or evidence[:NEAREST], searched, trace))

    def _resolve(
        self,
        question: str,
        history: Sequence[Turn],
        watch: Stopwatch,
        ask_model: Resolver | None,
    ) -> tuple[str, str]:
        """The question in words that stand alone, and by what it was put into them."""
        rewritten: str | None = None
        if history and ask_model is not None:
            rewritten = watch.time("resolve", lambda: ask_model(question, history))
        text = resolve(question, history, lambda *_: rewritten)
        return text, "" if text == question else "model" if rewritten else "rules"

    @property
    def has_model(self) -> bool:
        """Whether a language model is set."""
        return self._model.is_set

    def _filter(self, document: str | None, where: DocumentFilter | None) -> tuple[str, ...] | None:
        """The documents to search, or None for all."""
        conditions = where or DocumentFilter()
        if document is not None:
            conditions = replace(conditions, documents=(*conditions.documents, document))
        return None if conditions.is_empty else self.library.catalogue.admitted(conditions)

    def _read(
        self, question: Question, k: int, doc_ids: tuple[str, ...] | None
    ) -> tuple[tuple[Evidence, ...], tuple[RankedPage, ...]]:
        """The labelled evidence and the pages it stands on, best first."""
        hits = self.retriever.retrieve(question, k, doc_ids)
        return label_evidence(hits), ranked_pages(question, hits, self.library.catalogue)

    def _told_unsearched(
        self,
        asked: str,
        history: Sequence[Turn],
        question: Question,
        doc_ids: tuple[str, ...] | None,
        watch: Stopwatch,
        trace: Trace,
    ) -> Answer | None:
        """What no passage is read for: a turn that is no question, a calculation."""
        if history and (refused := refused_as(question.text)):
            return refused_turn(asked, question.language, refused, trace)
        return self._calculate(asked, question, doc_ids, watch, trace)

    def _calculate(
        self, asked: str, question: Question, doc_ids: tuple[str, ...] | None, watch: Stopwatch, trace: Trace
    ) -> Answer | None:
        """What the question asks to calculate, or why that cannot be done; None where it asks for no calculation."""
        if read_request(question.text) is None:
            return None
        catalogue = self.library.catalogue

        def page_text(doc_id: str, number: int) -> str:
            return catalogue.page(doc_id, number).text

        found = watch.time("answer", lambda: calculate(question.text, self._ledger(doc_ids), page_text))
        if found is None:
            return None
        return watch.time("check", lambda: calculated_answer(asked, question.language, found, catalogue, trace))

    def _ledger(self, doc_ids: tuple[str, ...] | None) -> Ledger:
        """The ledger of the library, or of some documents, read again when the library has changed."""
        key = self.library.catalogue.generation, doc_ids
        kept = self._ledger_in_memory  # read once: another thread may put another in its place
        if kept is None or kept[0] != key:
            kept = self._ledger_in_memory = key, Ledger(self.library.catalogue.ledger(doc_ids))
        return kept[1]

    def _quote(self, question: Question, pages: Sequence[RankedPage]) -> Quotation:
        similarity = self.retriever.similarity(question)
        return quote(question, pages, frequency_in(self.library), self.library.catalogue.chunk_count, similarity)

    def _check(
        self, quotation: Quotation, evidence: Sequence[Evidence], threshold: float
    ) -> tuple[tuple[CheckedClaim, ...], tuple[Evidence, ...]]:
        if quotation.probability < threshold:
            return (), ()
        pages: dict[tuple[str, int], Page] = {
            (u.ranked_page.doc_id, u.unit.page.number): u.unit.page for u in quotation.units
        }
        chunks = [c for place in pages for c in self.library.catalogue.chunks_on(*place)]
        claims, cited = cite(quotation.units, evidence, chunks)
        return place_in_sections(check(claims, cited), pages), cited

    def _models(self) -> dict[str, str]:
        return {"embedder": self.settings.embedder, "reranker": self.settings.reranker, "llm": self._model.name}

    def close(self) -> None:
        self.library.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _finished(question: str, watch: Stopwatch, answer: Answer) -> Answer:
    """The answer to `question` as it was put, with the time of each stage."""
    timed = replace(answer.trace, timings_ms={**_UNTIMED, **watch.milliseconds()})
    note(lsqa__status=answer.status, lsqa__mode=answer.mode)
    return replace(answer, question=question, trace=timed)
