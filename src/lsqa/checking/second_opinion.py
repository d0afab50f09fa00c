"""What a language model's opinion of a sentence may change, and what not. The opinion is untrusted, all of it.

It may find support that the rules miss, for a sentence in other words, where its quotes stand in the passages word for
word and pass the check that every claim of an answer passes. It may find a contradiction where the check sees the
difference too. It may take a support away. What the rules call contradicted stays so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from lsqa.checking.judging import Judgement, Verdict
from lsqa.citations import MOST_OWN_WORDS, CheckedCitation, CheckedClaim, Citation, Claim, check
from lsqa.evidence import Evidence
from lsqa.guarding import guarded
from lsqa.statements.clauses import together
from lsqa.statements.differences import Difference, recast
from lsqa.statements.grounding import grounding
from lsqa.text import detect_language, locate

DecidedBy = Literal["rules", "model"]

# What a model may call supported beyond the rules: one word in five may be its own, as long as those that are not stand
# together. A model that calls all supported gets 23 % of the claims through that were written to be false
# (see `statements.clauses`), with half of the words its own it would be 31 %; the rules alone pass 7 %.
QUOTED_WORDS: Final = 0.8
_APART: Final = 0.1  # the share of the words found that may stand in another sentence than the rest of their clause


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a model says of a sentence, and the quotes it says so by. Untrusted."""

    verdict: Verdict
    quotes: tuple[str, ...] = ()


class Entailment(Protocol):
    """Says whether passages state a sentence. Raises `ModelError` where it cannot say."""

    def opinion(self, sentence: str, evidence: Sequence[Evidence]) -> Opinion: ...


@dataclass(frozen=True, slots=True)
class Change:
    """The verdict that an opinion brought about, with the citations it rests on."""

    verdict: Verdict
    citations: tuple[CheckedCitation, ...] = ()
    differences: tuple[Difference, ...] = ()


def change(sentence: str, ruled: Judgement, opinion: Opinion, evidence: Sequence[Evidence]) -> Change | None:
    """What `opinion` changes in the verdict that the rules came to; None where nothing."""
    if ruled.verdict == "contradicted" or ruled.verdict == opinion.verdict:
        return None
    if ruled.verdict == "supported":
        return Change("not_found")
    checked = _checked(sentence, opinion, evidence)
    if checked is None:
        return None
    if opinion.verdict == "supported" and _is_proven(checked):
        return Change("supported", checked.citations)
    if opinion.verdict == "contradicted" and _differs_in_one_thing(checked):
        return Change("contradicted", checked.citations, checked.differences)
    return None


def _checked(sentence: str, opinion: Opinion, evidence: Sequence[Evidence]) -> CheckedClaim | None:
    """The sentence as a claim with the quotes of the opinion; None where one of them stands nowhere."""
    citations: list[Citation] = []
    for quote in opinion.quotes:
        label = next((e.label for e in evidence if locate(quote, e.chunk.text)), None)
        if label is None:
            return None
        citations.append(Citation(label, quote))
    return check([Claim(sentence, tuple(dict.fromkeys(citations)))], evidence)[0] if citations else None


def _is_proven(checked: CheckedClaim) -> bool:
    if guarded(checked).verdict != "supported":
        return False
    quotes, context = _texts(checked)
    if detect_language(checked.text) != detect_language("\n".join(quotes)):
        return True
    covered = grounding(checked.text, "\n".join((*quotes, *context))).covered
    if covered < QUOTED_WORDS or recast(checked.text, quotes):
        return False
    return together(checked.text, quotes, context) >= covered - _APART


def _differs_in_one_thing(checked: CheckedClaim) -> bool:
    """Whether the quotes are of the same matter and have another thing of one kind in the place of the sentence's."""
    quotes, context = _texts(checked)
    ground = grounding(checked.text, "\n".join((*quotes, *context)))
    names = min(1, sum(d.kind == "name" for d in checked.differences))
    is_one = len({d.kind for d in checked.differences}) == 1 and all(d.quoted for d in checked.differences)
    return is_one and bool(ground.words) and ground.covered + names / ground.words >= MOST_OWN_WORDS


def _texts(checked: CheckedClaim) -> tuple[list[str], list[str]]:
    quotes = [c.citation.quote for c in checked.citations]
    cited = [c.evidence for c in checked.citations if c.evidence]
    context = [text for e in cited for text in (e.title, *e.chunk.heading_path)]
    return quotes, context
