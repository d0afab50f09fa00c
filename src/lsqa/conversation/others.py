"""The other of two things that were spoken of, and all others but the one under discussion."""

import re
from collections.abc import Sequence
from typing import Final

from lsqa.conversation.subjects import is_subject, is_year
from lsqa.phrases import Phrase, phrases
from lsqa.text import detect_language
from lsqa.tokens import tokenize

_ENUMERATES: Final = re.compile(r"\s*(?:と|、|や|及び|および|,|and|or)\s*(?:(?:that|those) of )?(?:the )?\s*")
_ALL_OTHERS: Final = re.compile(
    r"(?:(?:その)?(?:他|ほか)|(?:それ|これ|そこ|そちら)以外|別)(?:に|の(?P<noun>(?!年|方$|ほう$).+)|で)?|"
    r"(?:(?:what|who|anything|anyone|any) )?(?:else|(?:the )?others|"
    r"(?:any |the )?other (?P<noun_en>(?!one$|year)\w+s))",
    re.IGNORECASE,
)
_OTHER_ROW: Final = re.compile(r"その(?:他|ほか)の")  # その他の経費 is a row's own name
_WHOLE: Final = re.compile(r"^(?:(?:他|ほか)(?=[のに])|(?:それ|これ|そこ|そちら)以外(?=[のに]))")
# What is cut short (…) is no name.
_CELLS: Final = re.compile(r" \| |\t|。|\n|\S*…\S*| > |[「」]")
_READ: Final = 4_000  # characters of an answer
_NATIONS: Final = re.compile(r"国|か国|国・地域|countries|nations")


def wants_others(rest: str) -> bool:
    """Whether a text asks for the others and says no more: 他に, 別の拠点, the others."""
    return bool(_ALL_OTHERS.fullmatch(rest)) and not _OTHER_ROW.match(rest)


def all_but(rest: str, before: str) -> str | None:
    """The question before, asked of all others of its sort; None where it names nothing."""
    found = _ALL_OTHERS.fullmatch(rest)
    noun = (found["noun"] or found["noun_en"] or "") if found else ""
    mine = _under_discussion(before, noun)
    if mine is None:
        return None
    if detect_language(before) == "en":
        return f"{before[: mine.start]}{noun or 'anything'} other than {mine.text}{before[mine.end :]}"
    of_it = f"の{noun}" if noun else ""
    end = mine.end + len(of_it) if before.startswith(of_it, mine.end) else mine.end
    return f"{before[: mine.start]}{mine.text}以外{of_it}{before[end:]}"


def asked_of_others(question: str, before: str) -> str | None:
    """A whole question about the others (他にどんな拠点がありますか) with what they are other than; else None."""
    begins = _WHOLE.match(question)
    mine = _under_discussion(before, "") if begins else None
    return f"{mine.text}以外{question[begins.end() :]}" if begins and mine else None


def _under_discussion(before: str, noun: str) -> Phrase | None:
    """What the others are other than: of the noun's sort where it has one, else what the question says something of."""
    named = [p for p in phrases(before) if is_subject(p) and p.is_name and not is_year(p.text)]
    same = [p for p in named if noun and p.text != noun and p.text.endswith(noun)]
    nations = [p for p in named if p.sort == "place"] if _NATIONS.fullmatch(noun) else []
    topic = [p for p in named if before.startswith("は", p.end)]
    return next(iter([*same, *nations, *topic, *named]), None)


def other_one(before: str, known: Sequence[str], answer: str) -> str | None:
    """The question before, asked of the other of two things that were spoken of: named together with the one that it is
    about, asked about earlier in its place, or shown beside it in the answer. None where more than two were asked
    about.
    """
    current = [p for p in phrases(before) if is_subject(p)]
    if len(_asked_about(current, known)) > 1:
        return None
    for earlier in reversed(known):
        others = [p for p in phrases(earlier) if is_subject(p) and p.text not in before]
        for mine in current:
            alike = [o for o in others if o.head == mine.head or (o.is_name and mine.is_name)]
            if mine.text in earlier:
                alike = [o for o in alike if _stand_together(mine, o, earlier)]
            if len({o.text for o in alike}) == 1:
                return f"{before[: mine.start]}{alike[0].text}{before[mine.end :]}"
    return _shown_beside(current, before, answer)


def _shown_beside(current: Sequence[Phrase], before: str, answer: str) -> str | None:
    """The question before, asked of the one other thing of the same sort that `answer` names.

    An answer comes back from whoever asks, so that it names what is asked about next and proves nothing.
    """
    for mine in (p for p in current if p.is_name):
        shown = {
            p.text for cell in _CELLS.split(answer[:_READ]) for p in phrases(cell) if p.is_name and p.head == mine.head
        }
        others = {text for text in shown if not _is_short_for(text, mine.text)}
        others = {text for text in others if not any(_is_short_for(text, o) for o in others - {text})}
        if len(others) == 1 and len(others) < len(shown):
            return f"{before[: mine.start]}{others.pop()}{before[mine.end :]}"
    return None


def _is_short_for(one: str, other: str) -> bool:
    """Whether all words of one of two names stand in the other: 橋渡しプログラム, 橋渡し支援プログラム."""
    some, more = ({t.form for t in tokenize(text)} for text in (one, other))
    return some <= more or more <= some


def _asked_about(current: Sequence[Phrase], known: Sequence[str]) -> frozenset[str]:
    """What of the sort of `current` was asked about beside it, where nothing was named together with it."""
    mine = {p.text for p in current}
    found: set[str] = set()
    for earlier in known:
        there = [p for p in phrases(earlier) if is_subject(p)]
        if len(there) > 1 and mine & {p.text for p in there}:
            return frozenset()
        alike = [p for p in there if any(p.head == c.head or (p.is_name and c.is_name) for c in current)]
        found |= {p.text for p in alike} - mine
    return frozenset(found)


def _stand_together(mine: Phrase, other: Phrase, question: str) -> bool:
    """Whether two phrases are enumerated: A と B, A or B."""
    at, there = sorted((question.find(mine.text), other.start))
    first = mine if question.find(mine.text) == at else other
    between = question[at + len(first.text) : there]
    return bool(_ENUMERATES.fullmatch(between))
