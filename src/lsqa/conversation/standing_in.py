"""What a question without a predicate stands for: the question before, with what it names in the place of its like."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from lsqa.conversation.editions import in_year, is_time, next_in_order
from lsqa.conversation.others import all_but, other_one, wants_others
from lsqa.conversation.subjects import ATTRIBUTE, SUPPLEMENTARY, is_subject, is_year
from lsqa.conversation.turn_forms import Correction
from lsqa.phrases import Phrase, begins_with_place, phrases, place_within, whole_phrase
from lsqa.questions import analyse
from lsqa.text import detect_language

REFERS_BACK: Final = re.compile(
    r"(?<![一-龠])(?:その(?!他|ため|ほか|後|際)|それ(?!ぞれ|ら?では|なら|とも)|そこ|そちら|これ(?!ら?まで|から)|同じ|同(?=プログラム|事業|計画|調査|表|拠点|戦略))|"
    r"\b(?:it|its|that|they|them|their|this (?:programme|program|one|project)|these|those|there)\b"
    r"(?! (?:is|are|was|were) (?:a|an|any|the)\b)",
    re.IGNORECASE,
)
LINK: Final = re.compile(
    r"^(?:では|じゃあ?|それでは|それなら|ちなみに|あと|また|なら|そして|で)[、,]?\s*|"
    r"^同じ(?:表|図|調査|資料|年度|年)(?:で|の|だと)(?:は)?[、,]?\s*|"
    r"^(?:(?:and|so|then|ok(?:ay)?)[, ]+)?(?:(?:what|how) about|and|for|in)\s+(?:(?:for|in|the)\s+(?!other))*",
    re.IGNORECASE,
)
_OPEN_END: Final = re.compile(
    r"(?:について|に関して)?(?:の(?:方|ほう|場合))?(?:は|だと|なら|では|って|も)?(?:どう(?:です|でしょう|なっ).*|どう|いかが.*)?[、？?。.\s]*$"
)
OTHER: Final = re.compile(
    r"もう(?:一つ|ひとつ|一方|片方|片一方)|他方|残り(?:の一つ)?|the other(?: one| programme| program| project)?",
    re.IGNORECASE,
)
# That the rest of what was asked stays: And Japan there? そこで日本は？
_SAME_SETTING: Final = re.compile(
    r"^(?:そこ|その(?:分野|表|調査|年度?|中))で(?:は|の)?[、,]?|\s+(?:there|then|in (?:that|this|the same) \w+)$",
    re.IGNORECASE,
)
_ENGLISH_VERB: Final = re.compile(
    r"\b(?:is|are|was|were|do|does|did|has|have|had|can|who|what|when|where|which|why|how)\b", re.IGNORECASE
)
_ARTICLE: Final = re.compile(r"^the ", re.IGNORECASE)
_TOGETHER: Final = re.compile(r"\s*(?:と|、|・|,|\band\b)\s*")
_OF: Final = re.compile(r"(.+)の(.+)")


def ellipsis(question: str) -> str | None:
    """What a question names that has no predicate (では韓国は？, "What about FY2024?"); None for a whole question."""
    bare = LINK.sub("", question.strip())
    rest = _SAME_SETTING.sub("", _OPEN_END.sub("", bare).strip())
    stands_in = bool(OTHER.fullmatch(rest)) or is_time(rest) or wants_others(rest)
    if detect_language(question) == "en":
        is_linked = bare != question.strip()
        is_asked = question.rstrip().endswith("?") and (stands_in or _is_name(_ARTICLE.sub("", rest)))
        is_bare = not _ENGLISH_VERB.search(rest) or wants_others(rest)
        return rest if (is_linked or is_asked) and is_bare else None
    of = _OF.fullmatch(rest)
    is_named = _is_phrase(rest) or (of is not None and all(map(_is_phrase, of.groups())))
    return rest if rest and (is_named or stands_in) else None


def _is_phrase(text: str) -> bool:
    """Whether the text is one noun phrase, or several side by side, and nothing beside."""
    whole = whole_phrase(text)
    return whole is not None and whole.start == 0


def _is_name(text: str) -> bool:
    """Whether an English text, in the place of a sentence, is one name: its first capital proves none (Really?)."""
    whole = whole_phrase(text)
    if whole is None or whole.start > 0:
        return False
    return whole.sort in ("place", "field") or " " in text or any(c.isupper() or c.isdigit() for c in text[1:])


def fill_in(rest: str, known: Sequence[str], answer: str = "") -> str | None:
    """The latest of the questions before with `rest` in the place of what is of its sort there; None where nothing is.

    `answer` is the text that question got. It may name the other of two things, nothing else.
    """
    before = known[-1]
    if OTHER.fullmatch(rest):
        return other_one(before, known, answer)
    if wants_others(rest):
        return all_but(rest, before)
    if is_time(rest):
        return in_year(rest, before)
    if REFERS_BACK.search(rest):
        return None  # its supplementary budget: of what is under discussion, not in its place
    if counted := next_in_order(rest, known):
        return counted
    if detect_language(rest) == "ja" and (of := _OF.fullmatch(rest)) and of[2] in before:
        rest = of[1]
    new = _as_phrase(rest)
    if new is None or new.text in before or (new.is_latin and SUPPLEMENTARY.search(new.text)):
        return None
    place = slot(new, before)
    return _put(rest, _with_its_like(place, before), before) if place else None


def _as_phrase(text: str) -> Phrase | None:
    found = phrases(text)
    return found[0] if len(found) == 1 else whole_phrase(text)


def _with_its_like(place: Phrase, before: str) -> Phrase:
    """`place` with the countries or fields that are named side by side with it, unless they are compared."""
    if not place.sort or analyse(before).compares:
        return place
    end = place.end
    for after in phrases(before):
        if after.start >= end and after.sort == place.sort and _TOGETHER.fullmatch(before[end : after.start]):
            end = after.end
    return replace(place, end=end)


def _put(text: str, place: Phrase, question: str) -> str:
    before = question[: place.start]
    return f"{before}{_ARTICLE.sub('', text) if before.lower().endswith('the ') else text}{question[place.end :]}"


def slot(new: Phrase, before: str) -> Phrase | None:
    """The phrase of the question before that `new` is of the sort of: a country for a country, a field for a field, one
    with the same head, or a name like it.
    """
    there = [p for p in phrases(before) if not is_year(p.text)]
    same_head = [p for p in there if p.head == new.head and p.has_number == new.has_number]
    if new.sort == "place":
        of_a_place = [p for p in there if p.is_name and not p.is_latin and begins_with_place(p.text)]
        within = [w for p in there if p.is_latin and (w := place_within(p))]
        alike = [*(p for p in there if p.sort == "place"), *within, *of_a_place]
    elif new.sort == "field":
        alike = [*same_head, *(p for p in there if p.sort == "field")]
    else:
        alike = [*same_head, *_names_like(new, there)]
    return next(iter(alike), None)


def _names_like(new: Phrase, there: Sequence[Phrase]) -> list[Phrase]:
    """Names that `new`, a name, may stand for: first those in the same letters, with a figure where it has one."""
    names = [p for p in there if new.is_name and p.is_name and p.sort not in ("place", "field")]
    names = [p for p in names if not ATTRIBUTE.search(p.text)]
    return sorted(names, key=lambda p: (p.is_latin != new.is_latin, p.has_number != new.has_number))


def put_right(correction: Correction, known: Sequence[str], answer: str) -> str | None:
    """The question before with what was meant in the place of what was understood; None where the correction is a
    question of its own.
    """
    before, thing = known[-1], _OPEN_END.sub("", correction.thing).strip()
    if (of := _OF.fullmatch(thing)) and of[2] in before:
        thing = of[1]
    whole = whole_phrase(thing)
    is_time_or_other = is_time(thing) or OTHER.fullmatch(thing)
    if not (whole or is_time_or_other):
        return None
    if correction.old:
        at = before.lower().find(correction.old.lower())
        if at >= 0:
            return f"{before[:at]}{whole.text if whole else thing}{before[at + len(correction.old) :]}"
    if filled := fill_in(thing, known, answer):
        return filled
    return _in_place_of_subject(whole, before) if whole and correction.is_marked else None


def _in_place_of_subject(new: Phrase, before: str) -> str | None:
    """The question before, asked of `new`, where it is about one thing only."""
    named = [p for p in phrases(before) if is_subject(p) and p.is_name and not is_year(p.text) and p.sort != "place"]
    is_subject_too = is_subject(new) and new.sort != "place" and new.text not in before
    return _put(new.text, named[0], before) if is_subject_too and len(named) == 1 else None
