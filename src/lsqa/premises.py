"""Which figures of a question it takes for granted: they have to stand with the answer."""

import re

from lsqa.figures import Figure

# A count in a question is mostly how many answers are wanted.
_PREMISE = frozenset({"amount", "percent", "rank", "fiscal_year", "year", "month", "date", "duration", "ordinal"})
_LEAST_LIMIT = 10
_LIMIT = re.compile(r"\s*(?:以上|以下|未満|超|を超え|を?[上下]回|より(?:も)?(?:多|少|大き|小さ)|に?(?:満た|届か|達し))")
_LIMIT_BEFORE = re.compile(
    r"\b(?:more|fewer|less|greater|higher|lower) than\s+$|\b(?:over|under|above|below|at (?:least|most))\s+$",
    re.IGNORECASE,
)
_WANTED = re.compile(
    r"(?:ほど|くらい|程度|ずつ|とも)?(?:を?(?:挙げ|教え|示し|答え|列挙|述べ|選ん)|あたり|当たり|ごと|以上挙げ)"
)
# 従業員110名の工場の場合: the case is the asker's own, and a rule for it (50人以上) does not name its figures.
_SUPPOSED = re.compile(
    r"[^。？?]{0,40}?(?:場合(?!の数)|と(?:仮定|想定)|だ?と(?:すると|したら|すれば)|であれば)|"
    r".{0,60}?\bin (?:that|such a) case\b",
    re.IGNORECASE,
)
_SUPPOSED_BEFORE = re.compile(r"\b(?:if|suppos(?:e|ing)|assum(?:e|ing))\b[^.?]{0,80}$", re.IGNORECASE)
_VERSION = re.compile(r"[A-Za-z][\w-]*\s+(?:version |ver\.? ?|v)?$", re.IGNORECASE)  # DCAT 4.0 is not DCAT 2.0
_NUMBERED = re.compile(r"(?:コード|番号|\bcode|\bNo\.)\s*$", re.IGNORECASE)  # code 99 is one of the codes
_OF_A_CASE = frozenset({"count", "percent", "amount", "number", "duration"})
_AS_LONG_AS = re.compile(r"まで(?:の|に|、)*(?:約|およそ)?$")  # 2001年から2021年までの20年間


def is_premise(text: str, figure: Figure) -> bool:
    """Whether a figure is taken for granted: not "the 1980s", no count of the answers wanted (二つ挙げて), nothing that
    is supposed only (従業員が110名の場合), and not how long it is from one year to another."""
    if figure.kind in _OF_A_CASE and (
        _SUPPOSED.match(text[figure.end :]) or _SUPPOSED_BEFORE.search(text[: figure.start])
    ):
        return False
    if figure.kind == "duration" and _AS_LONG_AS.search(text[: figure.start]):
        return False
    if figure.kind == "count":
        return (
            figure.value > 1
            and figure.unit not in ("", "つ", "個", "点", "例")
            and "つの" not in text[figure.start : figure.end]
            and not _WANTED.match(text[figure.end :])
        )
    if figure.kind in ("number", "year") and _NUMBERED.search(text[: figure.start]):
        return True
    if figure.kind == "number" and "." in text[figure.start : figure.end] and _VERSION.search(text[: figure.start]):
        return True
    if figure.kind == "number":  # more than 3,000 has to be told as such, or calculated
        limit = _LIMIT.match(text[figure.end :]) or _LIMIT_BEFORE.search(text[: figure.start])
        return figure.value >= _LEAST_LIMIT and bool(limit)
    return figure.kind in _PREMISE and figure.unit != "年代"
