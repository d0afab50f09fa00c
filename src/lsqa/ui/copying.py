"""Answers and conversations as text that can be taken along: plain, Markdown with footnotes, JSON."""

import json
import re
from collections.abc import Sequence
from typing import Final

from lsqa.ui.turns import ShownCitation, ShownTurn
from lsqa.wording import one_line

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
    reason = turn.reason if turn.status == "partial" else ""
    return "\n\n".join(part for part in (turn.text, reason, "\n".join(listed)) if part)


def as_markdown(turn: ShownTurn) -> str:
    """The answer in Markdown, its sources as footnotes with what is quoted."""
    key = turn.id[:6]
    lines: list[str] = []
    for line in turn.text.split("\n"):
        said = _escaped(line)
        for label in sources(turn):
            said = said.replace(f"\\[{label}\\]", f"[^{key}-{label}]")
        lines.append(said)
    notes: list[str] = []
    for label, citation in sources(turn).items() if turn.status != "refused" else ():
        quotes = dict.fromkeys(
            one_line(c.quote.replace("\t", " | ")) for claim in turn.claims for c in claim.citations if c.label == label
        )
        quoted = "".join(f"「{_escaped(quote)}」" for quote in quotes)
        notes.append(f"[^{key}-{label}]: {_escaped(_where(citation))} {quoted}")
    reason = _escaped(turn.reason) if turn.status == "partial" else ""
    return "\n\n".join(part for part in ("  \n".join(lines), reason, "\n".join(notes)) if part)


def conversation_as_markdown(turns: Sequence[ShownTurn]) -> str:
    """A conversation, a heading for each question."""
    parts = [f"## {_escaped(one_line(turn.question))}\n\n{as_markdown(turn) or '–'}" for turn in turns]
    return "\n\n".join(parts) + "\n"


def conversation_as_json(turns: Sequence[ShownTurn]) -> str:
    """A conversation as the browser keeps it, every field there."""
    plain = {"format": "lsqa-conversation-1", "turns": [turn.model_dump(mode="json") for turn in turns]}
    return json.dumps(plain, ensure_ascii=False, indent=2) + "\n"


def _where(citation: ShownCitation) -> str:
    section = " › ".join(citation.section)
    return f"{citation.title}, p. {citation.page}" + (f": {section}" if section else "")


def _escaped(line: str) -> str:
    """Text that Markdown shows as it is."""
    return _LIST.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", line))
