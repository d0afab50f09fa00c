"""A noun that a follow-up leaves to the question before: the supplementary one, which ones."""

import re
from typing import Final

from lsqa.phrases import phrases
from lsqa.text import detect_language

_ONE: Final = re.compile(
    r"\b(?P<which>(?:the|its|their|a|an) "
    r"(?!other\b|same\b|first\b|second\b|third\b|last\b|next\b|previous\b|only\b)[a-z-]+) ones?\b"
    r"(?! (?:of|who|that|which)\b)",
    re.IGNORECASE,
)
_WHICH_ONES: Final = re.compile(
    r"(?:(?:and|so) )?(?:which(?: ones)?(?: (?:are they|is it|exactly))?|who(?: are they| exactly)?|what are they|"
    r"(?:can you |please )?(?:name|list) (?:them|these|those))[?.!\s]*|"
    r"(?:具体的に(?:は)?|それ(?:ら)?は)?(?P<asked>どこ(?:どこ)?|どれ(?:どれ)?|誰(?:々|と誰)?|だれ|何(?:と何)?)(?:です|でしょう)?か?[？?。\s]*|"
    r"具体的に(?:は)?(?:教えて(?:ください)?)?[？?。\s]*",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"[数額]$")
_HOW_MANY: Final = re.compile(r"\bhow many\b", re.IGNORECASE)
_HOW_MANY_JA: Final = re.compile(
    r"(?:は|が|って)?(?:全部で|全体で|合計で)?(?:いくつ|何(?:つ|人|名|件|校|社|機関|大学|拠点|か国|カ国|国|種類|課題|事業|箇所|か所))"
    r"(?:あり?ます|ある|い(?:ます|る)|です|でしょう)?(?:の?か|の)?[。？?\s]*$"
)
_COUNTS: Final = re.compile(
    r"(?:(?:and|so) )?how many(?: (?:of (?:them|these|those)|in (?:all|total)))?(?: (?:are|were) (?:there|they|those))?"
    r"(?: (?:in (?:all|total)|altogether))?[?.!\s]*|"
    r"(?:それは)?(?:全部で|全体で)?(?:いくつ|何(?:つ|人|名|件|校|社|機関|大学|拠点|か国|カ国|国|種類|課題|事業|箇所|か所))"
    r"(?:あり?ます|ある|い(?:ます|る)|です|でしょう)?(?:の?か|の)?[。？?\s]*",
    re.IGNORECASE,
)
_WHICH: Final = re.compile(r"\bwhich(?= \w+s\b)", re.IGNORECASE)
_WHICH_JA: Final = re.compile(r"どの(?=機関|大学|拠点|国|課題|事業|社|校)")


def with_noun_for_one(question: str, before: str) -> str:
    """An English `question` with the noun that its "one" stands for: the supplementary budget. As it is where the
    question before asks for no noun of its own.
    """
    one = _ONE.search(question)
    asked = [p for p in phrases(before) if p.is_latin and not p.is_name and p.sort != "action"] if one else []
    return f"{question[: one.end('which')]} {asked[-1].text}{question[one.end() :]}" if one and asked else question


def named_not_counted(question: str, before: str) -> str | None:
    """What the question before counted, by name: "Which ones?" after "How many firms took part?"; None elsewhere."""
    which = _WHICH_ONES.fullmatch(question)
    if which is None:
        return None
    if detect_language(before) == "en":
        asked = _HOW_MANY.sub(lambda m: "Which" if m[0][0].isupper() else "which", before, count=1)
        return asked if asked != before else None
    counts = _HOW_MANY_JA.search(before)
    counted = before[: counts.start()] if counts else ""
    return f"{counted}は{which['asked'] or '何'}ですか。" if counted and not _NUMBER.search(counted) else None


def counted_not_named(question: str, before: str) -> str | None:
    """How many there are of what the question before asked to name: "How many?" after "Which firms took part?"; None
    elsewhere.
    """
    if not _COUNTS.fullmatch(question):
        return None
    if detect_language(before) == "en":
        asked = _WHICH.sub(lambda m: "How many" if m[0][0].isupper() else "how many", before, count=1)
    else:
        asked = _WHICH_JA.sub("何", before, count=1)
    return asked if asked != before else None
