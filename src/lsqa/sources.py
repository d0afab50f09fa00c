"""An answer as text that stands alone: with what its labels stand for, for programs that only take text."""

from dataclasses import dataclass

from lsqa.answers import Answer


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


def text_with_sources(answer: Answer) -> str:
    """The text of an answer, the places that it cites, and what a partial answer leaves out."""
    absent = answer.refusal.reason if answer.status == "partial" and answer.refusal else ""
    places = "\n".join(map(str, cited_places(answer)))
    return "\n\n".join(part for part in (answer.text, places, absent) if part)
