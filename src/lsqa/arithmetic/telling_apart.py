"""Of several lines those that are meant: none twice, those of the programme that is named, of the latest year."""

import re
from collections.abc import Sequence

from lsqa.arithmetic.names import Ledger, aliases_of, holding
from lsqa.arithmetic.naming import Requirement
from lsqa.ledger import LedgerLine


def distinct(lines: Sequence[LedgerLine]) -> list[LedgerLine]:
    """One of several that say the same: another place, or another wording that leaves the year open."""
    kept: list[LedgerLine] = []
    for line in sorted(lines, key=lambda x: not (x.entry.fiscal_year and x.entry.status)):
        if not any(_says_the_same(line, other) for other in kept):
            kept.append(line)
    return kept


def _says_the_same(a: LedgerLine, b: LedgerLine) -> bool:
    x, y = a.entry, b.entry
    if (x.kind, x.value, x.unit) != (y.kind, y.value, y.unit):
        return False
    columns = (a.doc_id, x.page, x.series), (b.doc_id, y.page, y.series)
    if x.kind != "amount" and x.series and y.series and columns[0] != columns[1] and x.measure != y.measure:
        return False
    years = not x.fiscal_year or not y.fiscal_year or x.fiscal_year == y.fiscal_year
    return years and (not x.status or not y.status or x.status == y.status)


def about(lines: list[LedgerLine], needed: Sequence[Requirement]) -> list[LedgerLine]:
    """Where some lines are of a programme that the question names, only these, and not parts of it."""
    named = [r for r in needed if r.kind == "name"]

    def is_named(line: LedgerLine) -> bool:
        own = Ledger([line])
        return any(_meets(r, own, line.entry.programme) for r in named)

    return [line for line in lines if is_named(line)] or lines


def _meets(requirement: Requirement, own: Ledger, name: str) -> bool:
    if requirement.terms:
        return bool(holding(requirement.terms[0], name))
    return bool(set(aliases_of(requirement.text)) & set(aliases_of(name)))


def latest(lines: list[LedgerLine], needed: Sequence[Requirement]) -> tuple[list[LedgerLine], int]:
    """Where the question names no year: the lines of the latest, and which that is."""
    years = {line.entry.fiscal_year for line in lines if line.entry.fiscal_year}
    if any(r.kind == "year" for r in needed) or not years:
        return lines, 0
    latest = max(years)
    return [line for line in lines if line.entry.fiscal_year == latest], latest


def names_of(lines: Sequence[LedgerLine]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.entry.programme or line.title for line in lines))


def section(line: LedgerLine, others: Sequence[LedgerLine]) -> str:
    """The heading that a line does not share with the others, with its own name."""
    own = own_heading(line, others)
    return f"{line.entry.programme}（{own}）" if line.entry.programme not in (own, "") else own


def own_heading(line: LedgerLine, others: Sequence[LedgerLine]) -> str:
    """The heading that a line does not share with the others, as far as its colon where that tells it apart."""
    shared = set.intersection(*(set(o.names) for o in others))
    own = next((n for n in reversed(line.names) if n not in shared), line.title)
    others_own = [n for o in others if o is not line for n in o.names if n not in shared]
    brief = re.split(r"[：:]", own)[0].strip()
    return brief if len(brief) > 1 and not any(n.startswith(brief) for n in others_own) else own
