"""Whether a question is put in a language that is read: Japanese or English.

Words in other scripts make no terms, neither of the index nor of the analysis. A question of such words with one name
in Latin letters would be taken for that name alone, and whatever is said of the name for its answer.
"""

import re
import unicodedata
from typing import Final

_JAPANESE: Final = ("HIRAGANA", "KATAKANA", "CJK", "HALFWIDTH")
_LETTERS: Final = frozenset({"Lu", "Ll", "Lt", "Lo"})  # not ー and other modifiers, which several scripts share
_LATIN_WORD: Final = re.compile(r"[^\W\d_]+(?:[-'’][^\W_]+)*")
# Without one of them, Latin letters are names, which any language writes so.
_ENGLISH: Final = re.compile(
    r"an?|and|are|at|by|did|do|does|for|from|had|has|have|how|in|is|its?|list|many|much|name|of|on|or|tell|than|that|"
    r"the|their|there|to|was|were|what|when|where|which|who|whom|whose|why|will|with",
    re.IGNORECASE,
)
_GREEK_SYMBOL: Final = re.compile(r"(?<![Α-Ωα-ωΆ-ώ])[Α-Ωα-ω](?![Α-Ωα-ωΆ-ώ])")


def is_read(question: str) -> bool:
    """Whether the question is in Japanese or English, whatever names of other scripts it holds: at most half of the
    letters that tell a language are of such a script. A Greek letter alone is a symbol (α, μm)."""
    text = _GREEK_SYMBOL.sub(" ", unicodedata.normalize("NFKC", question))
    scripts = [script for c in text if unicodedata.category(c) in _LETTERS and (script := _script(c))]
    foreign = sum(script not in (*_JAPANESE, "LATIN") for script in scripts)
    return foreign <= sum(script in _JAPANESE for script in scripts) + _english_letters(text)


def _script(character: str) -> str:
    return unicodedata.name(character, "").partition(" ")[0]


def _english_letters(text: str) -> int:
    """The letters of words that are no names, where English binds them together; else none."""
    words = [word for word in _LATIN_WORD.findall(text) if word.isascii()]
    if not any(map(_ENGLISH.fullmatch, words)):
        return 0
    return sum(len(word) for word in words if word.islower() or _ENGLISH.fullmatch(word))
