"""What a claim says otherwise, and why it is withheld, in the language of whoever reads it."""

from typing import Final

from lsqa.citations import CheckedClaim, Failing
from lsqa.statements.differences import Difference
from lsqa.text import Language

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
_FAILINGS: Final[dict[Failing, tuple[str, str]]] = {
    "no_citation": ("引用がない", "it has no citation"),
    "unknown_label": ("存在しない資料番号を引いている", "it cites a label that no passage has"),
    "quote_missing": ("引用が資料にその通りには存在しない", "a quote does not stand in the passage it cites"),
    "own_words": ("引用はこの内容を述べていない", "its quotes do not speak of what it says"),
    "markup": ("リンク・マークアップ・不可視文字を含む", "it has a link, markup or unseen characters"),
    "orders": ("言語モデルへの指示を含む文か、その引用である", "it is, or quotes, an order to a language model"),
}


def withheld_because(claim: CheckedClaim, language: Language) -> str:
    """Why a claim of a draft is not shown; empty for one that is."""
    if claim.differences:
        return ("。" if language == "ja" else "; ").join(difference_text(d, language) for d in claim.differences)
    return _FAILINGS[claim.failing][language == "en"] if claim.failing in _FAILINGS else ""


def difference_text(difference: Difference, language: Language) -> str:
    """One difference in words."""
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
