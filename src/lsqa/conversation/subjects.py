"""What a question is about, and what it only asks of that: the programme, and its budget, its period, a year."""

import re
from typing import Final

from lsqa.figures import find_figures
from lsqa.lexicon import is_done
from lsqa.phrases import Phrase, phrases
from lsqa.questions import analyse
from lsqa.text import detect_language

ATTRIBUTE: Final = re.compile(
    r"予算|補正|決算|要求|年度|期間|金額|総額|額$|件数|割合|名称|略称|代表|目的|何|決定|"
    r"\b(?:budgets?|periods?|amounts?|numbers?|FY\d+)\b|^(?:universit\w+|programmes?|programs?|years?)$"
)
SUPPLEMENTARY: Final = re.compile(r"補正|\bsupplementary\b", re.IGNORECASE)
YEARS: Final = frozenset({"fiscal_year", "year"})
RELATIVE_YEAR: Final = re.compile(
    r"前年度?|昨年度?|翌年度?|(?:その)?[前次]の年度?|"
    r"(?:the )?(?:previous|prior|preceding|following|next|last) (?:fiscal )?year|"
    r"(?:the )?(?:fiscal )?year (?:before|after)|"
    r"(?:a|one) year (?:earlier|later|before|after)",
    re.IGNORECASE,
)
_DEFINES: Final = re.compile(r"とは|って何|の略|定義")
_FIGURE_ASKED: Final = re.compile(
    r"予算|決算|要求額|金額|総額|合計|(?:件|人|論文|機関|大学|校|社)数|割合|順位|シェア|\b(?:budgets?|amounts?|numbers?|shares?|ranks?)\b",
    re.IGNORECASE,
)
_OF_WHOM: Final = re.compile(r"(?:以上|以下|未満|以内|超)?の(?!予算|うち)")
_LIMITS: Final = frozenset({"duration", "percent"})
_THEY: Final = re.compile(r"\b(?:them|they|their|these|those)\b", re.IGNORECASE)
_ZERO: Final = re.compile(r"\bzero ")
_SHORT_ATTRIBUTE: Final = 6  # characters
_LONG_COMPOUND: Final = 3  # words


def is_year(text: str) -> bool:
    """Whether a text names a year and nothing else: 令和6年度, the year before."""
    figures = find_figures(text)
    return bool(RELATIVE_YEAR.fullmatch(text)) or (
        len(figures) == 1 and figures[0].kind in YEARS and figures[0].end == len(text) and figures[0].start == 0
    )


def is_subject(phrase: Phrase) -> bool:
    """Whether a phrase names what a question is about."""
    is_thing = phrase.sort not in ("action", "asked") and not ATTRIBUTE.search(phrase.text)
    return is_thing and (phrase.is_name or bool(naming_words(phrase.text)))


def _subject_of(question: str, asked: str) -> tuple[str, ...]:
    """What `question` is about, for `asked` after it, with the figure by which it is told from its like (研究時間,
    0時間 of the 0時間の人) unless `asked` has one of its own.
    """
    limits = not any(f.kind in _LIMITS for f in find_figures(asked))
    many = bool(_THEY.search(asked))
    named = [
        p.text
        for p in phrases(question)
        if is_subject(p)
        or (limits and _limits_subject(p, question))
        or (many and p.sort == "asked" and p.text.endswith("s"))
    ]
    # Of what the others are other than, more may be asked; 以外 itself would ask for everything else.
    return tuple((text if limits else _ZERO.sub("", text)).removesuffix("以外") for text in named)


def _limits_subject(phrase: Phrase, question: str) -> bool:
    """Whether a phrase is a length of time, a share or an age by which people or things are told apart."""
    kinds = {"duration" if f.unit == "歳" else f.kind for f in find_figures(phrase.text)}
    return bool(kinds) and kinds <= _LIMITS and (bool(_OF_WHOM.match(question, phrase.end)) or "について" in question)


def naming_words(question: str) -> tuple[str, ...]:
    """The naming words of a question, without those that say what is asked of the subject."""
    if not question.strip():
        return ()
    terms = (term for term in analyse(question).terms if not term.is_asked)
    # A long compound names something even where it is made of verbs (橋渡し研究支援プログラム).
    named = (term.text for term in terms if term.importance >= 1 or len(term.parts) >= _LONG_COMPOUND)
    return tuple(text for text in named if not is_done(text))


def names_something(question: str) -> bool:
    """Whether a question has a subject of its own, or is whole without one."""
    asked = analyse(question)
    terms = (term for term in asked.terms if not term.is_asked)
    return any(t.importance >= 1 or len(t.parts) >= _LONG_COMPOUND for t in terms) or asked.about_document


def asks_an_attribute(question: str, rest: str | None) -> bool:
    """Whether nothing is named but what is asked of something else: では実施期間は？, 担当課はどこですか. `rest` is
    what the question names, where it has no predicate.
    """
    named = phrases(rest if rest is not None else question)
    is_whole = bool(_DEFINES.search(question)) or analyse(question).about_document
    if detect_language(question) == "en":
        return rest is not None and all(ATTRIBUTE.search(p.text) or is_year(p.text) for p in named)
    if is_whole or any(p.is_name and not is_year(p.text) for p in named):
        return False
    only_attributes = all(ATTRIBUTE.search(p.text) for p in named)
    return rest is not None or only_attributes or (len(named) == 1 and len(named[0].text) <= _SHORT_ATTRIBUTE)


def with_subject(question: str, known: tuple[str, ...]) -> str:
    """`question` with the subject of the latest of the questions before it that named one."""
    for before in reversed(known):
        subject = [text for text in _subject_of(before, question) if text not in question]
        subject = subject or [word for word in naming_words(before) if word not in question]
        if subject:
            joined = " ".join(subject)
            year = _carried_year(question, before)
            if detect_language(question) == "en":
                return f"{joined}, {year}: {question}" if year else f"{joined}: {question}"
            return f"{joined}の{year}について、{question}" if year else f"{joined}について、{question}"
    return question


def _carried_year(question: str, before: str) -> str:
    """The year that `before` asks about, where `question` asks for another figure of it; else empty.

    A supplementary budget is left alone: beside a budget stands that of the year before it.
    """
    of_a_year = _FIGURE_ASKED.search(question) and not SUPPLEMENTARY.search(question)
    if not of_a_year or RELATIVE_YEAR.search(question) or any(f.kind in YEARS for f in find_figures(question)):
        return ""
    # 白書2025 is a name.
    named = [p for p in phrases(before) if p.is_name and p.has_number and not is_year(p.text)]
    figures = [f for f in find_figures(before) if f.kind in YEARS]
    years = {before[f.start : f.end] for f in figures if not any(p.start <= f.start and f.end <= p.end for p in named)}
    return years.pop() if len(years) == 1 else ""
