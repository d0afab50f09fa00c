"""Whether a statement leaves out the condition under which its quotes say it: 10人以下となった場合には参考値とする.

Japanese only, by 場合 and とき before a comma. What a statement says without the condition it says of all cases.
"""

import re
from collections.abc import Sequence
from typing import Final

from lsqa.statements.predicates import content_tokens
from lsqa.text import sentence_spans

_CONDITION: Final = re.compile(
    r"(?:^|[、。\n])([^、。\n]{0,60}?(?:場合|とき|有事|[非平常急害]時|の際)(?:に限り|にのみ|において|に)?は?)、(?!も)"
)
_CONDITIONAL: Final = re.compile(r"場合|際|有事|とき|時|れば|たら|限り|限っ|なら")
_CLAUSE_END: Final = re.compile(r"(?<=[。！？!?\n])")
_SHARE: Final = 0.8  # of the words of a sentence that stand behind the condition
_FEWEST: Final = 2  # words that tell a sentence from another


def dropped_condition(claim: str, quotes: Sequence[str]) -> str:
    """The condition under which alone the quotes say a sentence of `claim`, which has none; empty where there is none.

    Looked for in the sentences of the quotes that hold most of the words; where one of these sets no condition, there
    is none.
    """
    pieces = [quote[a:b] for quote in quotes for a, b in sentence_spans(quote)]
    for sentence in _CLAUSE_END.split(claim):
        words = _forms(sentence)
        if len(words) < _FEWEST or _CONDITIONAL.search(sentence):
            continue
        held = [len(words & _forms(piece)) for piece in pieces]
        most = max(held, default=0)
        if most < _SHARE * len(words):
            continue
        found = [_condition_over(words, piece) for piece, n in zip(pieces, held, strict=True) if n == most]
        if all(found):
            return found[0]
    return ""


def _condition_over(words: set[str], piece: str) -> str:
    """The condition in `piece` that `words` stand behind, none of them in it alone."""
    for match in _CONDITION.finditer(piece):
        behind = _forms(piece[match.end() :])
        if len(words & behind) >= _SHARE * len(words) and not words & (_forms(match[1]) - behind):
            return match[1]
    return ""


def _forms(text: str) -> set[str]:
    return {token.form for token in content_tokens(text)}
