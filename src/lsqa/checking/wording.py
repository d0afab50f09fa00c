"""What a verdict rests on, in words."""

from typing import Final

from lsqa.checking.judging import Judgement
from lsqa.checking.sentences import LONGEST_SENTENCE
from lsqa.difference_wording import difference_text
from lsqa.text import Language

_SHOWN: Final = 5


def reason(judgement: Judgement, language: Language, *, too_long: bool = False) -> str:
    """Why a sentence is contradicted or not found; empty where it is supported."""
    if too_long:
        return {
            "ja": f"{LONGEST_SENTENCE}字を超える文は照合しない。文を分ける",
            "en": f"a sentence of more than {LONGEST_SENTENCE} characters is not looked up; divide it",
        }[language]
    if judgement.verdict == "supported":
        return ""
    if judgement.differences:
        separator = "。" if language == "ja" else "; "
        return separator.join(difference_text(d, language) for d in judgement.differences)
    if judgement.missing:
        words = judgement.missing[:_SHOWN]
        return ("資料に見当たらない語: " if language == "ja" else "not in the documents: ") + "、".join(words)
    if judgement.is_about:
        return {
            "ja": "語は資料にあるが、1つの記述としては述べられていない",
            "en": "its words stand in the documents, but in no one statement",
        }[language]
    return "資料に対応する記述がない" if language == "ja" else "nothing in the documents says this"


def taken_away(language: Language) -> str:
    """Why a sentence is not found although its words and figures stand in the documents."""
    return {
        "ja": "語と数値は資料にあるが、言語モデルは資料がこの文を述べているとは判断しなかった",
        "en": "its words and figures stand in the documents, but the language model does not find that they say this",
    }[language]


def without_model(why: str, language: Language, error: str = "") -> str:
    """`why` with the note that the language model was to be asked and did not answer."""
    if language == "ja":
        note = f"言語モデルを使わずに照合した（{error or '続けて応答がない'}）"
        return f"{why}。{note}" if why else note
    note = f"checked without the language model ({error or 'it failed twice in a row'})"
    return f"{why}; {note}" if why else note
