"""A text, checked sentence by sentence against the documents of a library."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from lsqa.answers import citation_to_dict
from lsqa.checking.candidates import Candidate, join
from lsqa.checking.judging import Judgement, Verdict, fit, judge
from lsqa.checking.second_opinion import DecidedBy, Entailment, change
from lsqa.checking.sentences import LONGEST_SENTENCE, Sentence, sentences
from lsqa.checking.tables_meant import of_another_table
from lsqa.checking.wording import reason, taken_away, without_model
from lsqa.citations import CheckedCitation, CheckedClaim, Citation, Claim, check, place_in_sections
from lsqa.drafted import DraftingModel
from lsqa.errors import CalledOffError, ModelError
from lsqa.evidence import Evidence, label_evidence
from lsqa.library import Library, in_snapshot
from lsqa.models import embedder_fingerprint, open_embedder, open_reranker
from lsqa.questions import analyse
from lsqa.retrieval import Hit, Retriever
from lsqa.settings import load_settings
from lsqa.statements.differences import Difference
from lsqa.stopwatch import Stopwatch
from lsqa.text import Language, detect_language, fold, trim
from lsqa.tracing import note, traced
from lsqa.units import page_units

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_log = logging.getLogger(__name__)

_HITS = 10
_PAGES = 5
_UNITS = 8  # that are judged alone
_KEPT_PAGES = 200
_FAILURES = 2  # of a model in a row, after which it is not asked again about the same text


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence with its verdict. `citations` are what it rests on; `why` says what differs or what is missing, and
    that a language model was to be asked and failed; else it is empty where it is supported. It is in the sentence's
    language where no other was asked for.
    """

    sentence: Sentence
    verdict: Verdict
    citations: tuple[CheckedCitation, ...]
    why: str
    differences: tuple[Difference, ...] = ()
    decided_by: DecidedBy = "rules"

    def to_dict(self) -> dict[str, Any]:
        return {
            "text": self.sentence.text,
            "verdict": self.verdict,
            "citations": [citation_to_dict(citation) for citation in self.citations],
            "why": self.why,
            "differences": [
                {"kind": d.kind, "claimed": d.claimed, "quoted": d.quoted or None} for d in self.differences
            ],
            "start": self.sentence.start,
            "end": self.sentence.end,
            "decided_by": self.decided_by,
        }


@dataclass(frozen=True, slots=True)
class CheckedText:
    """The sentences of a text in order, and how long each stage took for all of them, in milliseconds."""

    sentences: tuple[CheckedSentence, ...]
    timings_ms: Mapping[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The JSON that `lsqa check --json` prints."""
        return {"sentences": [sentence.to_dict() for sentence in self.sentences]}


class Checker:
    """Checks texts against one library. Open it once; it keeps models and indexes in memory."""

    def __init__(self, library: Library, retriever: Retriever, entailment: Entailment | None = None) -> None:
        self.library = library
        self._retriever = retriever
        self._entailment = entailment
        self._failed = 0
        self._kept: tuple[int, dict[tuple[str, int], tuple[Candidate, ...]]] = (-1, {})

    @classmethod
    def open(cls, *, chat_model: "BaseChatModel | None" = None, **settings: str | None) -> "Checker":
        """The checker over the library that the settings name; keyword arguments (`home=`, `llm=`, …) override them.

        `chat_model` gives its opinion in the place of the model that the settings name.

        Raises `SettingsError`, `EmptyLibraryError`, `StaleIndexError`, `ModelUnavailableError`.
        """
        loaded, _ = load_settings(**settings)
        library = Library.open(loaded.home, embedder_fingerprint(loaded.embedder), chroma=loaded.chroma)
        embedder = open_embedder(loaded.embedder, loaded.home / "models", base_url=loaded.llm_base_url)
        retriever = Retriever(library, embedder, open_reranker(loaded.reranker, loaded.home / "models"))
        model = DraftingModel(loaded, chat_model)
        if not model.is_set:
            return cls(library, retriever)
        from lsqa.checking.entailing import ModelEntailment

        return cls(library, retriever, ModelEntailment(model.client(), loaded.llm_input_tokens))

    @traced("lsqa.check")
    def check(self, text: str, progress: Callable[[int, int], None] | None = None) -> CheckedText:
        """Every sentence of `text` with its verdict. `progress` is told how many are done, and of how many.

        Raises `UsageError` where the text is empty or too long.
        """
        found = sentences(text)
        checked: list[CheckedSentence] = []
        self._failed = 0
        watch = Stopwatch()
        note(lsqa__sentences=len(found))
        for sentence in found:
            checked.append(self.check_sentence(sentence, watch=watch))
            if progress:
                progress(len(checked), len(found))
        return CheckedText(tuple(checked), watch.milliseconds())

    @traced("lsqa.check_sentence")
    @in_snapshot
    def check_sentence(
        self, sentence: Sentence, language: Language | None = None, watch: Stopwatch | None = None
    ) -> CheckedSentence:
        """A sentence with its verdict, whose reason is given in `language`; None for that of the sentence. The times of
        its stages are added to those of `watch`."""
        watch = watch or Stopwatch()
        said_in = language or detect_language(sentence.text)
        if len(sentence.text) > LONGEST_SENTENCE:
            why = reason(Judgement("not_found"), said_in, too_long=True)
            return CheckedSentence(sentence, "not_found", (), why)
        hits = watch.time("retrieve", lambda: self._retriever.retrieve(analyse(sentence.text), _HITS))
        ruled, judgement, chosen = watch.time("judge", lambda: self._ruled(sentence, hits, said_in))
        entailment = self._entailment
        if entailment is None or not hits or (chosen and _stands_there(ruled, chosen)):
            return ruled
        return watch.time("opinion", lambda: self._with_opinion(entailment, ruled, judgement, hits, said_in))

    def _ruled(
        self, sentence: Sentence, hits: Sequence[Hit], said_in: Language
    ) -> tuple[CheckedSentence, Judgement, Candidate | None]:
        """The sentence with the verdict by rules, and the passage that it rests on."""
        candidates = self._candidates(sentence.text, hits)
        judgement = judge(sentence.text, [c.passage for c in candidates])
        chosen = None if judgement.passage is None else candidates[judgement.passage]
        cited = judgement.verdict != "not_found" and chosen is not None
        ruled = CheckedSentence(
            sentence,
            judgement.verdict,
            self._cite(chosen) if cited and chosen else (),
            reason(judgement, said_in),
            judgement.differences if chosen else (),
        )
        return ruled, judgement, chosen

    def _with_opinion(
        self,
        entailment: Entailment,
        ruled: CheckedSentence,
        judgement: Judgement,
        hits: Sequence[Hit],
        said_in: Language,
    ) -> CheckedSentence:
        """`ruled` after a language model was asked, who may fail."""
        text, evidence = ruled.sentence.text, label_evidence(hits)
        try:
            if self._failed >= _FAILURES:
                return replace(ruled, why=without_model(ruled.why, said_in))
            opinion = entailment.opinion(text, evidence)
        except CalledOffError:
            raise
        except ModelError as error:
            _log.info("a sentence is checked without a language model, as it fails: %s", error.for_log)
            self._failed += 1
            return replace(ruled, why=without_model(ruled.why, said_in, str(error)))
        self._failed = 0
        changed = change(text, judgement, opinion, evidence)
        if changed is None:
            return ruled
        places = {(c.evidence.chunk.doc_id, c.evidence.chunk.page) for c in changed.citations if c.evidence}
        pages = {place: self.library.catalogue.page(*place) for place in places}
        claim = CheckedClaim(text, changed.citations, "unsupported")
        why = reason(Judgement(changed.verdict, 0, changed.differences), said_in)
        return CheckedSentence(
            ruled.sentence,
            changed.verdict,
            place_in_sections([claim], pages)[0].citations,
            taken_away(said_in) if changed.verdict == "not_found" else why,
            changed.differences,
            "model",
        )

    def _candidates(self, sentence: str, hits: Sequence[Hit]) -> tuple[Candidate, ...]:
        """The units of the pages found that hold most of the sentence, and for each page its best ones together."""
        places = tuple(dict.fromkeys((hit.chunk.doc_id, hit.chunk.page) for hit in hits))[:_PAGES]
        pages = [_of_tables_meant(sentence, self._units(*place)) for place in places]
        alone = [candidate for units in pages for candidate in units]
        alone.sort(key=lambda c: -fit(sentence, c.passage))
        joined = [j for units in pages if (j := join(sentence, units))]
        return (*alone[:_UNITS], *joined)

    def _units(self, doc_id: str, number: int) -> tuple[Candidate, ...]:
        """The units of a page; those of the pages used last are kept, for a text comes back to them."""
        generation, kept = self._kept
        if generation != self.library.catalogue.generation or len(kept) >= _KEPT_PAGES:
            kept = {}
            self._kept = self.library.catalogue.generation, kept
        if (doc_id, number) not in kept:
            record = self.library.catalogue.record(doc_id)
            page = self.library.catalogue.page(doc_id, number)
            title, published = (record.title, record.published) if record else (doc_id, "")
            kept[doc_id, number] = tuple(Candidate(doc_id, title, page, (u,), published) for u in page_units(page))
        return kept[doc_id, number]

    def _cite(self, candidate: Candidate) -> tuple[CheckedCitation, ...]:
        """The quotes of a candidate, each looked up in its chunk like those of any claim."""
        place = candidate.doc_id, candidate.page.number
        evidence: dict[str, Evidence] = {}
        citations: list[Citation] = []
        for unit in candidate.units:
            for start, end in unit.spans:
                for chunk in self.library.catalogue.chunks_on(*place):
                    a, b = trim(candidate.page.text, max(start, chunk.start), min(end, chunk.end))
                    if a < b:
                        new = Evidence(len(evidence) + 1, chunk, candidate.title, 1.0, candidate.published)
                        label = evidence.setdefault(chunk.chunk_id, new).label
                        citations.append(Citation(label, candidate.page.text[a:b]))
        claim = Claim("\n".join(c.quote for c in citations), tuple(dict.fromkeys(citations)))
        return place_in_sections(check([claim], tuple(evidence.values())), {place: candidate.page})[0].citations

    def close(self) -> None:
        self.library.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _stands_there(ruled: CheckedSentence, candidate: Candidate) -> bool:
    """Whether a sentence that is supported stands in its passage word for word, so that there is nothing to ask."""
    return ruled.verdict == "supported" and any(
        fold(ruled.sentence.text).rstrip("。.") in fold(quote) for quote in candidate.passage.quotes
    )


def _of_tables_meant(sentence: str, units: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The units of a page without the rows of a table that the sentence does not speak of."""
    others = of_another_table(sentence, [candidate.units[0] for candidate in units])
    return tuple(candidate for i, candidate in enumerate(units) if i not in others)
