"""The other of two things that were spoken of, and all others but the one under discussion."""

import re
from collections.abc import Sequence
from typing import Final

from lsqa.conversation.subjects import is_subject, is_year
from lsqa.phrases import Phrase, names_its_sort, phrases, whole_phrase
from lsqa.text import detect_language
from lsqa.tokens import stem_english, tokenize

_ENUMERATES: Final = re.compile(r"\s*(?:と|、|や|及び|および|,|and|or)\s*(?:(?:that|those) of )?(?:the )?\s*")
_ALL_OTHERS: Final = re.compile(
    r"(?:(?:その)?(?:他|ほか)|(?:それ|これ|そこ|そちら)以外|別)(?:に|の(?P<noun>(?!年|方$|ほう$).+)|で)?|"
    r"(?:(?:what|who|anything|anyone|any) )?(?:else|(?:the )?others|"
    r"(?:any |the )?other (?P<noun_en>(?!one$|year)\w+s))",
    re.IGNORECASE,
)
_OTHER_ROW: Final = re.compile(r"その(?:他|ほか)の")  # その他の経費 is a row's own name
_WHOLE: Final = re.compile(
    r"^(?P<said>他|ほか|(?:それ|これ|そこ|そちら)以外)"
    r"(?:の(?P<noun>[^のはがでにをと、]+)[のはがでにをと]|に(?:は|も)?(?:どんな|どのような|何という)(?P<sort>[^はがでにをと、]+)|に(?:は|も)?何[がか])"
)
# What others may be meant by is no thing of the same sort: another source, other people.
_OF_NO_SORT: Final = re.compile(
    r"資料|文書|文献|報告書|スライド|ページ|人|方|者|もの|こと|点|観点|意味|理由|質問|"
    r"sources|documents|reports|people|slides|pages|reasons|things|questions",
    re.IGNORECASE,
)
# What is cut short (…) is no name.
_CELLS: Final = re.compile(r" \| |\t|。|\n|\S*…\S*| > |[「」]")
_READ: Final = 4_000  # characters of an answer
_NATIONS: Final = re.compile(r"国|か国|国・地域|countries|nations")


def wants_others(rest: str) -> bool:
    """Whether a text asks for the others and says no more: 他に, 別の拠点, the others."""
    found = _ALL_OTHERS.fullmatch(rest)
    if found is None or _OTHER_ROW.match(rest):
        return False
    return found["noun"] is None or whole_phrase(found["noun"]) is not None


def all_but(rest: str, before: str) -> str | None:
    """The question before, asked of all others of its sort; None where it names none that they may be other than."""
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
    mine = _under_discussion(before, begins["noun"] or begins["sort"] or "") if begins else None
    return f"{mine.text}以外{question[begins.end('said') :]}" if begins and mine else None


def _under_discussion(before: str, noun: str) -> Phrase | None:
    """What others that are called `noun` are other than; of several what the question says something of (日本は)."""
    named = [p for p in phrases(before) if is_subject(p) and p.is_name and not is_year(p.text)]
    fits = [p for p in named if _may_be(p, noun, before)]
    of_sort = [p for p in fits if noun and (p.text.endswith(noun) or p.sort == "place")]
    topic = [p for p in fits if before.startswith("は", p.end)]
    return next(iter([*of_sort, *topic, *fits]), None)


def _may_be(mine: Phrase, noun: str, before: str) -> bool:
    """Whether a thing may be called `noun`: 海洋計画 is no 拠点, as it is called a 計画; UTOPIA may be anything."""
    if not noun or mine.text.endswith(noun) or before.startswith(f"の{noun}", mine.end):
        return True
    if _NATIONS.fullmatch(noun) or mine.sort == "place":
        return bool(_NATIONS.fullmatch(noun)) and mine.sort == "place"
    tells_its_sort = names_its_sort(mine) and stem_english(noun) != mine.head
    return not tells_its_sort and not _OF_NO_SORT.fullmatch(noun)


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
