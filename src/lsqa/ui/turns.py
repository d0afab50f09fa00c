"""A conversation as the browser keeps it. It comes back from there, so it is read as strictly as any input."""

import re
import secrets
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lsqa.answers import Answer
from lsqa.citations import CheckedClaim
from lsqa.conversation import Turn

MOST_TURNS: Final = 40
MOST_KEPT: Final = 20  # conversations
_LONGEST = 20_000
_PLACE: Final = re.compile(r"(?:https?:/)?/\S+")

State = Literal["pending", "done", "stopped", "failed", "interrupted"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ShownCitation(_Record):
    """A quote and where it stands; `start`, `end` are offsets in the text of its page."""

    label: int = 0
    doc_id: str = Field(default="", max_length=500)
    title: str = Field(default="", max_length=2_000)
    page: int = Field(default=1, ge=1)
    section: tuple[str, ...] = ()
    quote: str = Field(default="", max_length=_LONGEST)
    start: int = -1
    end: int = -1


class ShownClaim(_Record):
    text: str = Field(default="", max_length=_LONGEST)
    citations: tuple[ShownCitation, ...] = ()


class ShownNearest(_Record):
    doc_id: str = Field(default="", max_length=500)
    title: str = Field(default="", max_length=2_000)
    page: int = Field(default=1, ge=1)
    section: tuple[str, ...] = ()
    text: str = Field(default="", max_length=_LONGEST)


class ShownScope(_Record):
    """What was searched and how. `count` documents were; `documents` are titles of those that were chosen, `more`
    whether there are others; `model` names the language model, empty without one."""

    count: int = 0
    documents: tuple[str, ...] = Field(default=(), max_length=10)
    more: bool = False
    publishers: tuple[str, ...] = Field(default=(), max_length=200)
    since: str = Field(default="", max_length=20)
    until: str = Field(default="", max_length=20)
    strictness: Literal["lenient", "standard", "strict"] = "standard"
    model: str = Field(default="", max_length=200)


class ShownTrace(_Record):
    """How an answer came about, as `Answer.trace` tells it; `evidence` are the pages that were found, (document, page).
    `fallback` names no address and no path."""

    timings_ms: dict[str, float] = Field(default={}, max_length=50)
    probability: float | None = None
    resolved_by: str = Field(default="", max_length=40)
    fallback: str = Field(default="", max_length=500)
    evidence: tuple[tuple[str, int], ...] = Field(default=(), max_length=100)


class ShownTurn(_Record):
    """A question and what became of it. `withheld` counts the statements that were not proven; `calculation` is the
    result in words of an answer that was calculated; `problem` is the key of the text that tells of an error.

    `scope` and `error` hold words, in turns that browsers have kept from before there were `searched` and `problem`.
    """

    id: str = Field(default="", max_length=40)
    question: str = Field(default="", max_length=_LONGEST)
    state: State = "pending"
    status: Literal["", "answered", "partial", "refused"] = ""
    mode: Literal["quote", "llm"] = "quote"
    language: Literal["ja", "en"] = "ja"
    text: str = Field(default="", max_length=_LONGEST)
    claims: tuple[ShownClaim, ...] = Field(default=(), max_length=200)
    withheld: int = 0
    reason: str = Field(default="", max_length=_LONGEST)
    missing: tuple[str, ...] = ()
    nearest: tuple[ShownNearest, ...] = Field(default=(), max_length=20)
    calculation: str = Field(default="", max_length=_LONGEST)
    resolved: str = Field(default="", max_length=_LONGEST)
    fallback: bool = False
    problem: str = Field(default="", max_length=40)
    searched: ShownScope | None = None
    error: str = Field(default="", max_length=_LONGEST)
    scope: str = Field(default="", max_length=_LONGEST)
    seconds: float = 0.0
    models: dict[str, str] = {}
    trace: ShownTrace | None = None

    def as_ended(self, state: State, problem: str = "") -> "ShownTurn":
        return self.model_copy(update={"state": state, "problem": problem})


def new_turn(
    question: str, searched: ShownScope | None, language: Literal["ja", "en"], mode: Literal["quote", "llm"]
) -> ShownTurn:
    """A turn that is about to be answered, most likely in that mode."""
    return ShownTurn(id=secrets.token_hex(8), question=question, searched=searched, language=language, mode=mode)


def with_claim(turn: ShownTurn, claim: CheckedClaim) -> ShownTurn:
    """The turn with a claim that passed the check while the answer is still being made."""
    return turn.model_copy(update={"claims": (*turn.claims, _claim(claim))})


def with_answer(turn: ShownTurn, answer: Answer) -> ShownTurn:
    """The turn when it has been answered."""
    refusal = answer.refusal
    resolved = answer.trace.resolved_question
    return turn.model_copy(
        update={
            "state": "done",
            "status": answer.status,
            "mode": answer.mode,
            "language": answer.language,
            "text": answer.text,
            "claims": _shown_claims(answer),
            "withheld": len(answer.unsupported),
            "reason": refusal.reason if refusal else "",
            "missing": refusal.missing if refusal else (),
            "nearest": tuple(
                ShownNearest(doc_id=n.doc_id, title=n.title, page=n.page, section=n.section, text=n.text)
                for n in (refusal.nearest if refusal else ())
            ),
            "calculation": _calculated(answer),
            "resolved": resolved if resolved.strip() != answer.question.strip() else "",
            "fallback": bool(answer.trace.fallback),
            "seconds": round(answer.trace.timings_ms.get("total", 0.0) / 1000, 2),
            "models": dict(answer.trace.models),
            "trace": _trace(answer),
        }
    )


def _trace(answer: Answer) -> ShownTrace:
    trace = answer.trace
    pages = dict.fromkeys((item.chunk.doc_id, item.chunk.page) for item in answer.evidence)
    return ShownTrace(
        timings_ms={name: round(ms, 1) for name, ms in trace.timings_ms.items()},
        probability=None if trace.probability is None else round(trace.probability, 4),
        resolved_by=trace.resolved_by,
        fallback=_PLACE.sub("…", trace.fallback)[:500],
        evidence=tuple(pages)[:100],
    )


def _shown_claims(answer: Answer) -> tuple[ShownClaim, ...]:
    """The supported claims; an operand that is quoted twice stands there once."""
    return tuple(dict.fromkeys(_claim(claim) for claim in answer.claims if claim.verdict == "supported"))


def _claim(claim: CheckedClaim) -> ShownClaim:
    found = tuple(
        ShownCitation(
            label=c.citation.label,
            doc_id=c.evidence.chunk.doc_id,
            title=c.evidence.title,
            page=c.evidence.chunk.page,
            section=tuple(c.section),
            quote=c.citation.quote,
            start=c.start,
            end=c.end,
        )
        for c in claim.citations
        if c.evidence is not None
    )
    return ShownClaim(text=claim.text, citations=found)


def _calculated(answer: Answer) -> str:
    """What was calculated, in words: the lines of the text before the first quote."""
    if answer.calculation is None or answer.status == "refused":
        return ""
    lines: list[str] = []
    for line in answer.text.split("\n"):
        if line.startswith(("「", '"')):
            lines = lines[:-1]  # the name of the slide that the quote stands under
            break
        lines.append(line)
    return "\n".join(lines)


def read_turns(value: Any) -> tuple[ShownTurn, ...]:
    """The turns that a browser sends back. What is none is dropped; one that was being answered counts as cut off."""
    if not isinstance(value, list):
        return ()
    turns: list[ShownTurn] = []
    for item in value[-MOST_TURNS:]:
        try:
            turn = ShownTurn.model_validate(item)
        except ValidationError:
            continue
        turns.append(turn.as_ended("interrupted") if turn.state == "pending" else turn)
    return tuple(turns)


def to_plain(turns: tuple[ShownTurn, ...]) -> list[dict[str, Any]]:
    """The turns as a browser keeps them."""
    return [turn.model_dump(mode="json", exclude_defaults=True) for turn in turns[-MOST_TURNS:]]


def history_of(turns: tuple[ShownTurn, ...]) -> tuple[Turn, ...]:
    """What a follow-up is understood by."""
    return tuple(Turn(turn.question, turn.text) for turn in turns if turn.state == "done")
