"""What a verdict rests on, in the language of the sentence."""

from typing import Final

from lsqa.checking.judging import Judgement
from lsqa.checking.sentences import LONGEST_SENTENCE
from lsqa.statements.differences import Difference
from lsqa.text import Language, detect_language

_SHOWN: Final = 5
_KINDS: Final[dict[Language, dict[str, str]]] = {
    "ja": {"figure": "数値", "year": "年・日付", "name": "名称", "predicate": "述べ方"},
    "en": {"figure": "figure", "year": "year or date", "name": "name", "predicate": "predicate"},
}
_MOODS: Final = {
    "obligation": "義務",
    "prohibition": "禁止",
    "effort": "努力",
    "consideration": "検討",
    "possibility": "可能",
    "plan": "予定・目標",
    "negation": "否定",
    "assertion": "断定",
}


def reason(sentence: str, judgement: Judgement, *, too_long: bool = False) -> str:
    """Why a sentence is contradicted or not found; empty where it is supported."""
    language = detect_language(sentence)
    if too_long:
        return {
            "ja": f"{LONGEST_SENTENCE}字を超える文は照合しない。文を分ける",
            "en": f"a sentence of more than {LONGEST_SENTENCE} characters is not looked up; divide it",
        }[language]
    if judgement.verdict == "supported":
        return ""
    if judgement.differences:
        separator = "。" if language == "ja" else "; "
        return separator.join(_difference(d, language) for d in judgement.differences)
    if judgement.missing:
        words = judgement.missing[:_SHOWN]
        return ("資料に見当たらない語: " if language == "ja" else "not in the documents: ") + "、".join(words)
    return "資料に対応する記述がない" if language == "ja" else "nothing in the documents says this"


def _difference(difference: Difference, language: Language) -> str:
    kind = _KINDS[language][difference.kind]
    claimed, quoted = _said(difference.claimed, language), _said(difference.quoted, language)
    if language == "ja":
        return f"{kind}: この文は「{claimed}」、資料は" + (f"「{quoted}」" if quoted else "それを示さない")
    return f'{kind}: the sentence says "{claimed}", ' + (
        f'the document "{quoted}"' if quoted else "which the document does not say"
    )


def _said(text: str, language: Language) -> str:
    for mood, name in _MOODS.items() if language == "ja" else ():
        text = text.replace(f"({mood})", f"（{name}）")
    return text
