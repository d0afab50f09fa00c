"""Answers and conversations as text that can be taken along: plain, Markdown with footnotes, JSON."""

import json
import re
from collections.abc import Sequence
from typing import Final

from lsqa.ui.texts import text
from lsqa.ui.turns import ShownCitation, ShownClaim, ShownTurn
from lsqa.wording import one_line

_CUT_OFF: Final = ("stopped", "interrupted", "failed")
_QUOTED: Final = ("「", '"', "“")
_LABELS_AT_THE_END: Final = re.compile(r"(?:\s*\\\[\d+\\\])+$")
_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]<>#|!~])")
_LIST: Final = re.compile(r"^(\s*)([-+]|\d+[.)])(?=\s)")


def sources(turn: ShownTurn) -> dict[int, ShownCitation]:
    """What the labels of an answer stand for."""
    found: dict[int, ShownCitation] = {}
    for claim in turn.claims:
        for citation in claim.citations:
            found.setdefault(citation.label, citation)
    return dict(sorted(found.items()))


def as_text(turn: ShownTurn) -> str:
    """The answer with its sources, plain."""
    listed = [f"[{label}] {_where(c)}" for label, c in sources(turn).items()] if turn.status != "refused" else []
    return "\n\n".join(part for part in (_said(turn), _remark(turn), "\n".join(listed)) if part)


def as_markdown(turn: ShownTurn) -> str:
    """The answer in Markdown, its sources as footnotes with what is quoted."""
    key = turn.id[:6]
    lines = [_noted(line, key, tuple(sources(turn))) for line in _said(turn).split("\n")]
    notes: list[str] = []
    for label, citation in sources(turn).items() if turn.status != "refused" else ():
        quotes = dict.fromkeys(_quote(c) for claim in turn.claims for c in claim.citations if c.label == label)
        quoted = "".join(f"「{_escaped(quote)}」" for quote in quotes)
        notes.append(f"[^{key}-{label}]: {_escaped(_where(citation))} {quoted}")
    return "\n\n".join(part for part in ("  \n".join(lines), _escaped(_remark(turn)), "\n".join(notes)) if part)


def conversation_as_markdown(turns: Sequence[ShownTurn]) -> str:
    """A conversation, a heading for each question."""
    parts = [f"## {_escaped(one_line(turn.question))}\n\n{as_markdown(turn) or '–'}" for turn in turns]
    return "\n\n".join(parts) + "\n"


def conversation_as_json(turns: Sequence[ShownTurn]) -> str:
    """A conversation as the browser keeps it, every field there."""
    plain = {"format": "lsqa-conversation-1", "turns": [turn.model_dump(mode="json") for turn in turns]}
    return json.dumps(plain, ensure_ascii=False, indent=2) + "\n"


def _said(turn: ShownTurn) -> str:
    """The text of the answer; of one that was cut off, the statements that had passed the check by then."""
    return turn.text or "\n".join(_stated(claim, turn) for claim in turn.claims)


def _stated(claim: ShownClaim, turn: ShownTurn) -> str:
    if turn.mode == "llm":
        return f"{claim.text} {''.join(f'[{label}]' for label in dict.fromkeys(c.label for c in claim.citations))}"
    left, right = ("“", "”") if turn.language == "en" else ("「", "」")
    return "\n".join(f"{left}{_quote(c)}{right}[{c.label}]" for c in claim.citations)


def _remark(turn: ShownTurn) -> str:
    """Why there is no more."""
    if turn.state in _CUT_OFF:
        return text(turn.state, turn.language)
    return turn.reason if turn.status == "partial" else ""


def _quote(citation: ShownCitation) -> str:
    return one_line(citation.quote.replace("\t", " | "))


def _noted(line: str, key: str, known: Sequence[int]) -> str:
    """A line in Markdown, its labels as references to the footnotes."""
    said, start = _escaped(line), 0
    if line.startswith(_QUOTED):  # behind a quote stand its labels; what looks like one within is the document's own
        found = _LABELS_AT_THE_END.search(said)
        start = found.start() if found else len(said)
    labels = said[start:]
    for label in known:
        labels = labels.replace(f"\\[{label}\\]", f"[^{key}-{label}]")
    return said[:start] + labels


def _where(citation: ShownCitation) -> str:
    section = " › ".join(citation.section)
    return f"{citation.title}, p. {citation.page}" + (f": {section}" if section else "")


def _escaped(line: str) -> str:
    """Text that Markdown shows as it is."""
    return _LIST.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", line))
