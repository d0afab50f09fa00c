"""What the entries of a ledger are called, and whether a text holds a term of a question."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from lsqa.ledger import LedgerLine, clean_name, is_generic
from lsqa.question_forms import GENERIC_JA, RELATIONAL_JA
from lsqa.questions import Term, key
from lsqa.relevance import stands_in

_BRACKETS: Final = re.compile(r"[（(]([^（）()]{2,})[)）]")
_ENUMERATOR: Final = re.compile(r"^(?:([①-⑳])|[(（]?\d{1,2}[)）.．]|[ア-オ][.．)])\s*")
_SLIDE: Final = re.compile(r"スライド\d|注\d|^\d+$|^[\d,.%]+$")
NOT_NAMES: Final = (
    GENERIC_JA
    | RELATIONAL_JA
    | {"予算額", "金額", "予算", "合計", "総計", "割合", "前年度", "項目", "事業", "名称", "区分"}
)


class Ledger:
    """The lines of a library with what is needed to find them by name. Make it once for many questions."""

    def __init__(self, lines: Sequence[LedgerLine]) -> None:
        self.lines = tuple(lines)
        self.by_name: dict[str, set[int]] = {}
        self.by_alias: dict[str, set[int]] = {}
        self.by_row: dict[str, set[int]] = {}
        for number, line in enumerate(self.lines):
            for name in {*line.names, line.entry.programme, line.entry.measure} - {""}:
                self.by_name.setdefault(name, set()).add(number)
        for name, numbers in self.by_name.items():
            for alias in aliases_of(name):
                self.by_alias.setdefault(alias, set()).update(numbers)
        for number, line in enumerate(self.lines):
            for alias in aliases_of(line.entry.programme) if line.entry.series else ():
                self.by_row.setdefault(alias, set()).add(number)


@lru_cache(maxsize=65_536)
def aliases_of(name: str) -> tuple[str, ...]:
    """By what a name is called: whole, without its brackets, their content, without its number, before its colon."""
    bare = clean_name(_BRACKETS.sub("", name))
    numbered = _ENUMERATOR.match(bare)
    found = [clean_name(name), bare, *(clean_name(m) for m in _BRACKETS.findall(name))]
    found += [re.split(r"[：:]", bare)[0].strip()]
    if numbered:
        found += [bare[numbered.end() :]]
    keys = dict.fromkeys(fold_name(a) for a in found if _can_name(a))
    if numbered and numbered[1]:
        keys[fold_name(numbered[1])] = None
    return tuple(keys)


def _can_name(alias: str) -> bool:
    plain = alias.strip()
    return len(plain) >= 2 and not _SLIDE.search(plain) and plain not in NOT_NAMES and not is_generic(plain)


def fold_name(text: str) -> str:
    return key(text).replace(" ", "")


def holding(term: Term, text: str) -> int:
    """Whether a text holds a term: 2 as a whole, 1 by all of its words, 0 not."""
    folded = _key(text)
    if any(stands_in(spelling, folded) for spelling in term.alternatives):
        return 2
    return int(all(_part_stands(part.alternatives, part.units, folded) for part in term.parts))


def _part_stands(alternatives: Iterable[str], units: Sequence[str], folded: str) -> bool:
    if any(stands_in(spelling, folded) for spelling in alternatives):
        return True
    return bool(units) and all(stands_in(unit, folded) for unit in units)


@lru_cache(maxsize=16_384)
def _key(text: str) -> str:
    return key(text)
