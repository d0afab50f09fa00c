"""The question before, asked of another year, of another edition of what it names, or of the next in order."""

import re
from collections.abc import Sequence
from typing import Final

from lsqa.conversation.subjects import RELATIVE_YEAR, YEARS, is_year
from lsqa.figures import Figure, find_figures
from lsqa.phrases import phrases
from lsqa.text import detect_language

_RELATIVE_EDITION: Final = re.compile(
    r"(?:その)?(?:一つ|ひとつ|1つ)?[前次後]の(?:年度?)?の?(?:版|年版)|(?:前|翌)年度?版|"
    r"(?:the )?(?:previous|preceding|prior|earlier|next|following|later) (?:edition|version)|"
    r"(?:the )?(?:edition|version) (?:before|after)(?: that)?",
    re.IGNORECASE,
)
_EDITION: Final = re.compile(r"\s*(?:年?度?の?版|(?:edition|version|one)s?)", re.IGNORECASE)
_LATER: Final = re.compile(r"翌|次|後|following|next|after|later", re.IGNORECASE)
_ARTICLE: Final = re.compile(r"^the ", re.IGNORECASE)


def is_time(rest: str) -> bool:
    """Whether a text names another year or edition and nothing else: 令和6年度, 2024年版, the previous edition."""
    return is_year(rest) or bool(_RELATIVE_EDITION.fullmatch(rest)) or _edition(rest) is not None


def _edition(rest: str) -> Figure | None:
    """The year of 2024年版 or "the 2024 edition"."""
    bare = _ARTICLE.sub("", rest)
    figures = [f for f in find_figures(bare) if f.kind in YEARS]
    is_edition = len(figures) == 1 and figures[0].start == 0 and _EDITION.fullmatch(bare[figures[0].end :])
    return figures[0] if is_edition else None


def in_year(rest: str, before: str) -> str | None:
    """The question before, asked of another year; None where it is another edition of what names none."""
    years = [f for f in find_figures(before) if f.kind in YEARS]
    if years:
        return f"{before[: years[0].start]}{_written(rest, before, years[0])}{before[years[0].end :]}"
    if _RELATIVE_EDITION.fullmatch(rest):
        return None
    english = detect_language(before) == "en"
    return f"{before.rstrip('?. ')} in {rest}?" if english else f"{rest}について、{before}"


def _written(rest: str, before: str, base: Figure) -> str:
    """The year that `rest` means, as it stands in the place of `base`: 白書2025 has an edition 白書2024."""
    is_relative = RELATIVE_YEAR.fullmatch(rest) or _RELATIVE_EDITION.fullmatch(rest)
    meant = next((f for f in find_figures(rest) if f.kind in YEARS), None)
    year = int(base.value) + (1 if _LATER.search(rest) else -1) if is_relative or meant is None else int(meant.value)
    if (before[base.start : base.end].isdigit() and _names_edition(before, base)) or _edition(rest) is not None:
        return str(year) + _counter(before, base)
    if not is_relative:
        return _ARTICLE.sub("", rest)
    if base.kind == "year":
        return str(year) + _counter(before, base)
    return f"FY{year}" if rest.isascii() else f"{year}年度"


def _counter(before: str, base: Figure) -> str:
    """年度 of 令和7年度, 年 of 2024年, nothing of 2024."""
    return re.sub(r"^(?:令和|平成|昭和|[RHS])?(?:\d+|元)", "", before[base.start : base.end])


def _names_edition(before: str, year: Figure) -> bool:
    """Whether a year ends a name: 白書2023."""
    return any(p.start < year.start and year.end == p.end for p in phrases(before))


def next_in_order(rest: str, known: Sequence[str]) -> str | None:
    """The latest question that speaks of a numbered thing, asked of another number of it: 第4期 for 第3期."""
    new = find_figures(rest)
    if len(new) != 1 or new[0].kind != "ordinal" or rest[new[0].start : new[0].end] != rest:
        return None
    for before in reversed(known):
        for figure in find_figures(before):
            if figure.kind == "ordinal" and figure.unit == new[0].unit and figure.value != new[0].value:
                return f"{before[: figure.start]}{rest}{before[figure.end :]}"
    return None
