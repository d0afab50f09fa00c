"""Verdicts on claims: does each quote stand in the evidence it cites, and does the claim say what its quotes say?

Pure and deterministic. A quote stands there, folded, or it does not. A claim says what its quotes say where every
figure stands in them with its unit, its year and its name, every body and programme in them or in the headings over
them, where negation and modality agree, and where most of its words stand there too. A claim that fails is marked,
never repaired. What is checked here comes from a language model or from our own quoting; both are treated as untrusted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from lsqa.documents import Page
from lsqa.evidence import Evidence
from lsqa.figures import find_figures
from lsqa.sections import HeadingPath, heading_path_at
from lsqa.statements.differences import Difference, differences
from lsqa.statements.grounding import grounding
from lsqa.text import Span, detect_language, locate
from lsqa.tokens import tokenize

CitationVerdict = Literal["quote_found", "quote_missing", "number_mismatch", "statement_mismatch", "unknown_label"]
ClaimVerdict = Literal["supported", "unsupported"]
Failing = Literal[
    "", "no_citation", "unknown_label", "quote_missing", "says_otherwise", "own_words", "markup", "orders"
]
"""What a claim fails by. `says_otherwise`: see its differences. `own_words`: its quotes do not speak of what it says.
`markup`: it has links, markup or signs that are not seen. `orders`: it, or what it quotes, gives orders to a model."""

# A claim may put a thing in its own words, but not most of it: below this share its quotes are of something else.
MOST_OWN_WORDS: Final = 0.5
LONGEST_GAP: Final = 3
"""Content words in a row of which the quotes hold none: what they name stands nowhere in them."""
_FEWEST_WORDS: Final = 3  # of fewer words a share says nothing


@dataclass(frozen=True, slots=True)
class Citation:
    """What a drafter states: evidence `label` says `quote`, word for word. Untrusted.

    >>> Citation(1, "予算は12億円である。").label
    1
    """

    label: int
    quote: str


@dataclass(frozen=True, slots=True)
class Claim:
    """What a drafter states, and what it stands on. Untrusted.

    >>> Claim("予算は12億円です。", (Citation(1, "予算は12億円である。"),)).text
    '予算は12億円です。'
    """

    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class CheckedCitation:
    """A citation with its verdict.

    `start`, `end` are offsets in the text of the cited page, both -1 where the quote is not found; `section` is the
    heading path at the quote.
    """

    citation: Citation
    verdict: CitationVerdict
    evidence: Evidence | None
    start: int = -1
    end: int = -1
    section: HeadingPath = ()


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A claim is supported when it has citations, all of them are found, and it says what they say.

    `differences` are what it says otherwise; `why` says in words what it fails by, where that was put into words.
    """

    text: str
    citations: tuple[CheckedCitation, ...]
    verdict: ClaimVerdict
    differences: tuple[Difference, ...] = ()
    failing: Failing = ""
    why: str = ""


def check(claims: Sequence[Claim], evidence: Sequence[Evidence]) -> tuple[CheckedClaim, ...]:
    """A verdict for every claim and for every citation in it, in the order given.

    >>> with Assistant.open() as lsqa:
    ...     evidence = lsqa.ask("あけぼの計画の令和7年度の予算はいくらですか").evidence
    >>> quote = (Citation(evidence[0].label, "令和7年度の予算は12億円である。"),)
    >>> [c.verdict for c in check([Claim("令和7年度の予算は12億円です。", quote)], evidence)]
    ['supported']
    >>> [c.verdict for c in check([Claim("令和7年度の予算は13億円です。", quote)], evidence)]
    ['unsupported']
    """
    by_label = {item.label: item for item in evidence}
    return tuple(_check_claim(claim, by_label) for claim in claims)


def _check_claim(claim: Claim, by_label: dict[int, Evidence]) -> CheckedClaim:
    checked = tuple(_check_citation(citation, by_label.get(citation.label)) for citation in claim.citations)
    if not checked or any(c.verdict != "quote_found" for c in checked):
        return CheckedClaim(claim.text, checked, "unsupported", failing=_missing(checked))
    quotes, context = under_head(checked), _context(checked)
    found = differences(claim.text, quotes, context, _published(checked))
    if not found and _says_what_is_quoted(claim.text, (*quotes, *context)):
        return CheckedClaim(claim.text, checked, "supported")
    verdict: CitationVerdict = (
        "number_mismatch" if any(d.kind in ("figure", "year") for d in found) else "statement_mismatch"
    )
    failing: Failing = "says_otherwise" if found else "own_words"
    marked = tuple(replace(c, verdict=verdict) for c in checked)
    return CheckedClaim(claim.text, marked, "unsupported", found, failing)


def _missing(checked: Sequence[CheckedCitation]) -> Failing:
    verdicts = {c.verdict for c in checked}
    return "unknown_label" if "unknown_label" in verdicts else "quote_missing" if verdicts else "no_citation"


def _says_what_is_quoted(claim: str, texts: Sequence[str]) -> bool:
    if any(claim in text for text in texts):
        return True
    ground = grounding(claim, *texts)
    if ground.words < _FEWEST_WORDS:
        # 中国は95件: too few words for a share, but what a figure is said of has to stand there.
        is_translated = detect_language(claim) == "en"
        return is_translated or not find_figures(claim) or not _nouns(claim).intersection(ground.missing)
    return ground.covered >= MOST_OWN_WORDS and ground.longest_gap < LONGEST_GAP


def _nouns(claim: str) -> frozenset[str]:
    return frozenset(claim[t.start : t.end] for t in tokenize(claim) if t.part[0] == "名詞")


def under_head(checked: Sequence[CheckedCitation]) -> tuple[str, ...]:
    """The quotes; before a table's row the head of the table, where that is not quoted itself."""
    quotes: list[str] = []
    head = ""
    for citation in checked:
        quote = citation.citation.quote
        over = head_over(citation) if "\t" in quote else ""
        if over and over != head and over not in quotes:
            quotes.append(over)
        head = over or (quote if "\t" in quote else "")
        quotes.append(quote)
    return tuple(quotes)


def head_over(checked: CheckedCitation) -> str:
    """The first line of the table that a quoted row stands in, as far as its chunk knows it; else empty."""
    if checked.evidence is None or checked.start < 0:
        return ""
    chunk = checked.evidence.chunk
    before = chunk.text[: checked.start - chunk.start].split("\n")[:-1]
    lines: list[str] = []
    while before and "\t" in before[-1]:
        lines.append(before.pop())
    if not before and chunk.table_head:
        return chunk.table_head
    return lines[-1] if lines else ""


def _context(checked: Sequence[CheckedCitation]) -> tuple[str, ...]:
    """The headings and titles that the quotes stand under."""
    cited = [c.evidence for c in checked if c.evidence is not None]
    return tuple(dict.fromkeys(text for e in cited for text in (*e.chunk.heading_path, e.title) if text))


def _published(checked: Sequence[CheckedCitation]) -> str:
    """The date of the documents cited; empty where they have several."""
    dates = {c.evidence.published for c in checked if c.evidence is not None}
    return dates.pop() if len(dates) == 1 else ""


def _check_citation(citation: Citation, evidence: Evidence | None) -> CheckedCitation:
    if evidence is None:
        return CheckedCitation(citation, "unknown_label", None)
    spans = locate(citation.quote, evidence.chunk.text)
    if not spans:
        return CheckedCitation(citation, "quote_missing", evidence)
    start, end = _in_page(spans[0], evidence)
    return CheckedCitation(citation, "quote_found", evidence, start, end, evidence.chunk.heading_path)


def _in_page(span: Span, evidence: Evidence) -> Span:
    return evidence.chunk.start + span[0], evidence.chunk.start + span[1]


def place_in_sections(
    claims: Sequence[CheckedClaim], pages: Mapping[tuple[str, int], Page]
) -> tuple[CheckedClaim, ...]:
    """The claims with the exact section of every quote; a chunk that spans sections knows only what they share.

    `pages` holds pages by document id and number.
    """

    def place(checked: CheckedCitation) -> CheckedCitation:
        if checked.evidence is None or checked.start < 0:
            return checked
        page = pages.get((checked.evidence.chunk.doc_id, checked.evidence.chunk.page))
        return replace(checked, section=heading_path_at(page, checked.start)) if page else checked

    return tuple(replace(claim, citations=tuple(place(c) for c in claim.citations)) for claim in claims)
