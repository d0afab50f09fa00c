"""Which of several tables of one page a sentence speaks of: that on the life sciences, not that on chemistry beside it.

The slide's title stands over both, so that a row of either holds most of the sentence; their own headings tell.
"""

from collections.abc import Sequence
from functools import lru_cache

from lsqa.figures import find_figures
from lsqa.lexicon import japanese_terms, synonyms
from lsqa.statements.predicates import content_tokens
from lsqa.text import detect_language, fold
from lsqa.units import Unit


def of_another_table(sentence: str, units: Sequence[Unit]) -> frozenset[int]:
    """The places in `units`, those of one page, of the tables, and their rows, over which less of the sentence stands
    than over another table with the same head."""
    heads = {i: head for i, unit in enumerate(units) if (head := _head(unit))}
    over = {i: _over(units[i]) for i in heads}
    tables: dict[str, set[str]] = {}
    for i, head in heads.items():
        tables.setdefault(head, set()).add(over[i])
    if all(len(beside) < 2 for beside in tables.values()):
        return frozenset()
    said = {text: _said(sentence, text) for text in set(over.values())}
    return frozenset(i for i, head in heads.items() if any(said[over[i]] < said[other] for other in tables[head]))


def _head(unit: Unit) -> str:
    """The head of the table that a unit quotes, or quotes a row of; empty where it quotes none."""
    lines = [quote for quote in unit.quotes if "\t" in quote]
    return lines[0] if len(lines) > 1 else ""


def _over(row: Unit) -> str:
    """The table's own heading and caption; the slide's stand over its neighbour too."""
    return fold("\n".join((*row.heading_path[-1:], row.caption)))


@lru_cache(maxsize=1024)
def _words(sentence: str) -> tuple[tuple[str, ...], ...]:
    """The words of a sentence, each by its folded forms; an English one by the Japanese terms."""
    if detect_language(sentence) == "en":
        return tuple(tuple(map(fold, term.japanese)) for term in japanese_terms(sentence))
    figures = find_figures(sentence)
    tokens = (t for t in content_tokens(sentence) if not any(f.start <= t.start < f.end for f in figures))
    return tuple(tuple(map(fold, (sentence[t.start : t.end], t.form, *synonyms(t.form)))) for t in tokens)


def _said(sentence: str, over: str) -> frozenset[int]:
    """Which words of the sentence stand over a table."""
    return frozenset(i for i, forms in enumerate(_words(sentence)) if any(form in over for form in forms))
