"""An answer as text that stands alone: with what its labels stand for, for programs that only take text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lsqa.answers import Answer
from lsqa.wording import quoted, stated

_LABELS = re.compile(r"(?:\[\d+\])+$")
_LABEL = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class CitedPlace:
    """What a label of an answer stands for. `quotes` are those of all claims that cite it."""

    label: int
    doc_id: str
    title: str
    page: int
    section: tuple[str, ...]
    quotes: tuple[str, ...]

    def __str__(self) -> str:
        return f"[{self.label}] {self.title}, p. {self.page}: {' > '.join(self.section)}".removesuffix(": ")


def cited_places(answer: Answer) -> tuple[CitedPlace, ...]:
    """The places that an answer cites, by label."""
    cited = [c for claim in answer.claims for c in claim.citations if c.evidence]
    first = {c.citation.label: c for c in reversed(cited)}
    quotes = {
        label: tuple(dict.fromkeys(c.citation.quote for c in cited if c.citation.label == label)) for label in first
    }
    return tuple(
        CitedPlace(label, c.evidence.chunk.doc_id, c.evidence.title, c.evidence.chunk.page, c.section, quotes[label])
        for label, c in sorted(first.items())
        if c.evidence
    )


@dataclass(frozen=True, slots=True)
class LabelAt:
    """A label that stands at `text[start:end]`."""

    start: int
    end: int
    label: int


def labels_in(answer: Answer) -> tuple[LabelAt, ...]:
    """The labels in `text_with_sources(answer)` that stand for its citations, in their order. What looks like one
    within a quote, a footnote's mark, is none."""
    whole = text_with_sources(answer)
    found = {at for words in _lines(answer) for at in _ends(answer.text, words) if _is_line(answer.text, words, at)}
    found |= _in_calculation(answer)
    offset = len(answer.text) + 2
    for place in cited_places(answer) if answer.text else ():
        start = whole.index(str(place), offset)
        found.add(LabelAt(start, start + len(f"[{place.label}]"), place.label))
        offset = start + len(str(place))
    return tuple(sorted(found, key=lambda at: at.start))


def labels_behind(words: str) -> tuple[LabelAt, ...]:
    """The labels that one line ends with."""
    return tuple(_ends(words, words))


def _lines(answer: Answer) -> Iterator[str]:
    """The lines of an answer's text that end with labels, as the wording puts them there."""
    for claim in answer.claims:
        yield stated(claim)
        for citation in claim.citations:
            yield quoted(citation.citation.quote, citation.citation.label, answer.language)


def _in_calculation(answer: Answer) -> set[LabelAt]:
    """The labels of operands, which stand in the second line."""
    if not answer.calculation:
        return set()
    first, _, rest = answer.text.partition("\n")
    line = rest.partition("\n")[0]
    labels = {c.citation.label for claim in answer.claims for c in claim.citations}
    words = {f"{o.written} [{label}]" for o in answer.calculation.operands for label in labels}
    later = len(first) + 1
    return {LabelAt(at.start + later, at.end + later, at.label) for one in words for at in _ends(line, one)}


def _is_line(text: str, words: str, at: LabelAt) -> bool:
    """Whether `words`, of whose labels one is `at`, stand in `text` from the start of a line to the end of one."""
    end = text.find("\n", at.end)
    upto = text[: end if end >= 0 else len(text)]
    return upto == words or upto.endswith(f"\n{words}")


def _ends(text: str, words: str) -> Iterator[LabelAt]:
    """The labels at the end of `words`, wherever these stand in `text`."""
    ending = _LABELS.search(words)
    at = text.find(words)
    while ending and at >= 0:
        for label in _LABEL.finditer(words, ending.start()):
            yield LabelAt(at + label.start(), at + label.end(), int(label[1]))
        at = text.find(words, at + 1)


def text_with_sources(answer: Answer) -> str:
    """The text of an answer, the places that it cites, and what a partial answer leaves out."""
    absent = answer.refusal.reason if answer.status == "partial" and answer.refusal else ""
    places = "\n".join(map(str, cited_places(answer)))
    return "\n\n".join(part for part in (answer.text, places, absent) if part)
