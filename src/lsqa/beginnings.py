"""Whether a text says when something begins, or ends, where a question asks for that: no other date in it does."""

from collections.abc import Sequence

from lsqa.figures import Figure
from lsqa.question_forms import BEGINS_ASKED, BEGINS_SAID, BEGINS_SAID_BEFORE, ENDS_ASKED, ENDS_SAID, ENDS_SAID_BEFORE

_BEFORE = 30


def asks_for_ends(question: str) -> bool:
    """Whether a question asks when something begins or ends."""
    return bool(BEGINS_ASKED.search(question) or ENDS_ASKED.search(question))


def tells_ends(question: str, text: str, figures: Sequence[Figure]) -> bool:
    """Whether `figures` of `text`, times, tell the begin and the end, as far as `question` asks for them; true where it
    asks for neither."""
    ways = ((BEGINS_ASKED, BEGINS_SAID, BEGINS_SAID_BEFORE), (ENDS_ASKED, ENDS_SAID, ENDS_SAID_BEFORE))
    return all(
        any(said.match(text[f.end :]) or said_before.search(text[max(0, f.start - _BEFORE) : f.start]) for f in figures)
        for asked, said, said_before in ways
        if asked.search(question)
    )
