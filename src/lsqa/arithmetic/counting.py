"""Whether what a question counts or lists are the rows of a table: 国はいくつ over a column of 国・地域."""

import re
from typing import Final

from lsqa.arithmetic.selecting import Selection
from lsqa.lexicon import japanese_terms

_HEAD_PARTS: Final = re.compile(r"[・／/、,\s]+")
_NOUN_EN: Final = re.compile(
    r"\b(?:how many|which|what|(?:list|name)(?: (?:the|all))*) (?P<noun>(?:\w+ ){1,4}?)"
    r"(?=(?:have|has|had|with|are|is|were|was|do|did|that|which|in|exceed\w*)\b)",
    re.IGNORECASE,
)


def counts_rows(question: str, selection: Selection) -> bool:
    """Whether the noun that is counted, or asked for, stands over the names of the rows."""
    heads = {line.entry.names[-2] for line in selection.lines if len(line.entry.names) > 1}
    parts = {part for head in heads for part in _HEAD_PARTS.split(head) if part}
    if noun := _NOUN_EN.search(question):
        translated = japanese_terms(noun["noun"])
        is_last = bool(translated) and translated[-1].end == len(noun["noun"].rstrip())
        return is_last and bool(parts & set(translated[-1].japanese))
    return len(heads) == 1 and any(
        re.search(
            rf"何(?:[かカヶ箇])?{p}|{p}(?:の数)?(?:は|が|って)[^、。]{{0,15}}いくつ|"
            rf"(?<=[るたい上下満内の]){p}(?:は|を|って)?(?:どこ|どれ|何|すべて|全|挙|教|[。？?]|$)|どの{p}",
            question,
        )
        for p in map(re.escape, parts)
    )
