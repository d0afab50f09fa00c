"""Editions of a document, 統合イノベーション戦略2025 or 2024年改訂版: what one says is not what the other does."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from lsqa.questions import Question, key

_SERIES: Final = "戦略|計画|方針|白書|プラン|ビジョン|綱要|大綱|指針|ガイドライン|ロードマップ|構想|報告|要覧|便覧|年鑑"
_EDITION: Final = re.compile(
    rf"(?<!\d)((?:19|20)\d\d)年?(?:改[訂定])?版|(?:{_SERIES})[\s(（]*((?:19|20)\d\d)(?![\d年–-])"
)
BEHIND_YEAR: Final = re.compile(r"年?度?(?:改[訂定])?版")
"""What makes a year the name of an edition."""


@lru_cache(maxsize=4096)
def editions_in(text: str) -> frozenset[str]:
    """The years that name editions in a text."""
    return frozenset(next(g for g in match.groups() if g) for match in _EDITION.finditer(key(text)))


def other_editions(question: Question, lines: Sequence[str]) -> Iterator[str]:
    """The editions that a question is about where `lines`, a unit and what stands over it, are about others: none of
    them speaks of it, or what else is asked about stands in lines on others alone."""
    asked = editions_in(question.text)
    told = [(key(line), editions_in(line)) for line in lines]
    if not asked or not any(editions for _, editions in told):
        return
    subject = [t for t in question.terms if t.importance >= 1 and not t.is_asked and not _is_series(t.text, question)]
    holding = [[editions for line, editions in told if any(s in line for s in t.alternatives)] for t in subject]
    of_others = any(found and all(e and not e & asked for e in found) for found in holding)
    if of_others or not any(editions & asked for _, editions in told):
        yield from sorted(f"{year}年版" if question.language == "ja" else year for year in asked)


def without_other_editions(question: str, text: str) -> str:
    """`text` without the lines that speak of other editions alone than the one that `question` names."""
    asked = editions_in(question)
    if not asked:
        return text
    return "\n".join(line for line in text.split("\n") if not (told := editions_in(line)) or told & asked)


def _is_series(name: str, question: Question) -> bool:
    """Whether a term stands right before the year of the edition, or is what an edition is called by."""
    return bool(re.search(rf"{re.escape(name)}[\s(（]*(?:19|20)\d\d|^改?[訂定]?版$", question.text)) or "版" in name
