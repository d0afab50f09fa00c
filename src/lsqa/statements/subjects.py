"""What a sentence speaks of: 長崎大学 in 長崎大学はシナジー拠点である.

Japanese, clause by clause, by the first noun with は or が behind it, with what stands before that in its clause;
English by a name that the sentence begins with. A sentence that has none, or whose subject is meant by the one before,
speaks of anything.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from lsqa.statements.grounding import grounding
from lsqa.statements.names import compounds, names, unproven_names
from lsqa.text import detect_language

_MARKED: Final = re.compile(r"[」』）)]?(?:(?:に|で|と)?は|が)")
_CLAUSE: Final = re.compile(r"[^、，;；。\n]+")
_ADVERBIAL: Final = re.compile(r"(?:で|に|から|まで|において)")  # 農業分野でドイツは speaks of ドイツ
_OPENING: Final = 8  # characters before a name that begins an English sentence: "The new "
_SHARE: Final = 0.6  # of the words of a subject, where it is told in other words


@lru_cache(maxsize=1024)
def subjects(sentence: str) -> tuple[str, ...]:
    """What the clauses of `sentence` speak of, as written; empty where none says it."""
    if detect_language(sentence) == "en":
        return tuple(n.text for n in names(sentence) if n.start <= _OPENING)[:1]
    runs = [(run[0].token.start, run[-1].token.end) for run in compounds(sentence)]
    found: list[str] = []
    for clause in _CLAUSE.finditer(sentence):
        own = [(a, b) for a, b in runs if clause.start() <= a and b <= clause.end()]
        marked = next((i for i, (_, end) in enumerate(own) if _MARKED.match(sentence, end)), None)
        if marked is not None:
            cuts = [b for (_, a), (b, _) in pairwise(own[: marked + 1]) if _ADVERBIAL.fullmatch(sentence, a, b)]
            found.append(sentence[cuts[-1] if cuts else clause.start() : own[marked][1]].strip())
    return tuple(found)


def is_said_of(subject: str, texts: Sequence[str]) -> bool:
    """Whether `texts` tell of a subject: each of its names stands there, and most of its words."""
    ground = grounding(subject, *texts)
    return not unproven_names(subject, texts) and (not ground.words or ground.covered >= _SHARE)
