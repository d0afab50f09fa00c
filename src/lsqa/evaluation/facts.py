"""Measures of what an answer states: facts, quotes, figures, and whether it answers or refuses."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Final

from lsqa.evaluation.cases import Case
from lsqa.evaluation.citing import citation_precision, citation_recall, quote_stands
from lsqa.evaluation.measures import Measure
from lsqa.evaluation.outcomes import Outcome
from lsqa.evaluation.scores import NOT_ASKED, Score, Scores
from lsqa.figures import unsupported_figures
from lsqa.text import locate

PageText = Callable[[str, int], str]
"""Document id and page number -> the stored text of the page; empty where there is none."""

_UNSEEN: Final = re.compile(r"[\s*|]+")  # cells of a row are shown with bars between them, tabs in the page
_SHOWN_PIECES: Final = re.compile(r"[「」\"\n]+")
_LABEL: Final = re.compile(r"\[\d+\]")


def plain(text: str) -> str:
    """Text as facts are compared: NFKC, without white space and marks of layout."""
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).lower()


def answer_scores(case: Case, outcome: Outcome, page_text: PageText, measures: Sequence[Measure]) -> Scores:
    """A score for each of `measures`, whatever became of the case."""
    return {measure: _score(measure, case, outcome, page_text) for measure in measures}


def _score(measure: Measure, case: Case, outcome: Outcome, page_text: PageText) -> Score:
    if measure.name == "Errors":
        return Score(float(bool(outcome.error)), outcome.error)
    if outcome.error:
        return Score(measure.of_an_error, outcome.error)
    if measure.name in ("Latency", "Tokens", "Cost"):
        values = {"Latency": outcome.milliseconds, "Tokens": float(outcome.tokens), "Cost": outcome.cost}
        return Score(values[measure.name])
    if outcome.status == "retrieved":
        return Score(None, NOT_ASKED)
    if measure.family == "refusal":
        return _refusal(measure.name, case, outcome)
    return _content(measure.name, case, outcome, page_text)


def _refusal(name: str, case: Case, outcome: Outcome) -> Score:
    refused = outcome.status == "refused"
    if name == "RefusalPrecision":
        return Score(float(not case.is_answerable)) if refused else Score(None, "it was answered")
    if name == "RefusalRecall":
        return Score(None, "it can be answered") if case.is_answerable else Score(float(refused))
    return Score(float(refused)) if case.is_answerable else Score(None, "it cannot be answered")


def _content(name: str, case: Case, outcome: Outcome, page_text: PageText) -> Score:
    if name == "Judged":
        return Score(None, "no judge was asked") if outcome.judged is None else Score(float(outcome.judged))
    if name == "FactRecall":
        return Score(fact_recall(case, outcome)) if case.gold else Score(None, "the case has no gold facts")
    if not outcome.claims:  # refused: nothing is stated, so nothing of it can be wrong
        return Score(None, "nothing was stated")
    if name == "FactPrecision":
        return Score(fact_precision(case, outcome)) if case.gold else Score(None, "the case has no gold facts")
    if name == "NumberErrors":
        return Score(float(number_errors(case, outcome, page_text)))
    if name == "QuoteFound":
        quotes = [citation for claim in outcome.claims for citation in claim.citations]
        return Score(sum(quote_stands(q, page_text) for q in quotes) / len(quotes) if quotes else 0.0)
    measured = citation_recall if name == "CitationRecall" else citation_precision
    return Score(measured(outcome.claims, page_text))


def fact_recall(case: Case, outcome: Outcome) -> float:
    """The share of the gold facts that the text states; 0 for a refusal, whose text may repeat the question."""
    if outcome.status == "refused":
        return 0.0
    text = plain(outcome.text)
    return sum(any(plain(spelling) in text for spelling in group) for group in case.gold) / len(case.gold)


def fact_precision(case: Case, outcome: Outcome) -> float:
    """The share of the claims that state a gold fact."""
    spellings = [plain(spelling) for group in case.gold for spelling in group]
    hits = sum(any(s in plain(claim.text) for s in spellings) for claim in outcome.claims)
    return hits / len(outcome.claims)


def number_errors(case: Case, outcome: Outcome, page_text: PageText) -> int:
    """How many figures of the text and the claims stand on no page that is cited, nor come of a calculation that is
    right and whose operands all stand on such pages."""
    proofs = [page_text(c.doc_id, c.page) for claim in outcome.claims for c in claim.citations]
    if (done := outcome.calculation) and done.is_right and all(any(locate(f, p) for p in proofs) for f in done.figures):
        proofs += done.stated
    if outcome.status == "partial":
        proofs.append(case.question)  # what is missing is said in its words
    pieces = _SHOWN_PIECES.split(_LABEL.sub(" ", outcome.text))  # a quote stands for itself: "1." at its start counts
    stated = [*pieces, *(claim.text for claim in outcome.claims)]
    return sum(len(unsupported_figures(text, proofs)) for text in stated)
