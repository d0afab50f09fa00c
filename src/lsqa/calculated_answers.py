"""The answer to a question that was calculated: every operand quoted and checked, then the result; or a refusal."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from lsqa.answers import Answer, Nearest, Refusal, Trace
from lsqa.arithmetic import Calculation, NotComputable, Operand, expression, is_proven
from lsqa.chunks import Chunk
from lsqa.citations import CheckedClaim, Citation, Claim, check, place_in_sections
from lsqa.documents import Page
from lsqa.evidence import Evidence
from lsqa.ledger import LedgerLine
from lsqa.sections import heading_path_at
from lsqa.text import Language, Span, trim
from lsqa.wording import LONGEST_TEXT, quoted_text, refusal_text

_NEAREST = 3


class Pages(Protocol):
    """Where pages and their chunks come from; the catalogue."""

    def page(self, doc_id: str, number: int) -> Page: ...
    def chunks_on(self, doc_id: str, page: int) -> tuple[Chunk, ...]: ...


def calculated_answer(
    asked: str, language: Language, found: Calculation | NotComputable, pages: Pages, trace: Trace
) -> Answer | None:
    """The answer with a claim for each operand, or the refusal. None where the check does not prove the operands."""
    if isinstance(found, NotComputable):
        return _refused(asked, language, found, pages, trace)
    claims, evidence = _cite(found.operands, pages)
    places = {(o.line.doc_id, o.line.entry.page) for o in found.operands}
    checked = place_in_sections(check(claims, evidence), {place: pages.page(*place) for place in places})
    if not is_proven(found, checked):
        return None
    text = _text(found, checked, pages, language)
    return Answer(asked, "answered", "quote", language, text, checked, evidence, None, trace, found)


def _cite(operands: Sequence[Operand], pages: Pages) -> tuple[tuple[Claim, ...], tuple[Evidence, ...]]:
    """A claim for each operand, in their order, and the evidence cited, labelled from 1."""
    labels: dict[str, Evidence] = {}
    claims: list[Claim] = []
    for operand in operands:
        line = operand.line
        text = pages.page(line.doc_id, line.entry.page).text
        citations: list[Citation] = []
        for chunk, (start, end) in _pieces(line, text, pages):
            item = labels.setdefault(chunk.chunk_id, Evidence(len(labels) + 1, chunk, line.title, 1.0))
            citations.append(Citation(item.label, text[start:end]))
        claims.append(Claim("\n".join(c.quote for c in citations), tuple(citations)))
    return tuple(claims), tuple(labels.values())


def _pieces(line: LedgerLine, text: str, pages: Pages) -> Iterator[tuple[Chunk, Span]]:
    """The quoted spans of an entry, each with the chunk that holds it, cut where a chunk ends."""
    for start, end in (*line.entry.context, line.entry.quote):
        for chunk in pages.chunks_on(line.doc_id, line.entry.page):
            a, b = trim(text, max(start, chunk.start), min(end, chunk.end))
            if a < b:
                yield chunk, (a, b)


def _text(calculation: Calculation, claims: Sequence[CheckedClaim], pages: Pages, language: Language) -> str:
    """The result, the calculation with the label of each operand, what is to be noted, and the quotes that fit."""
    labels = [_label(o, claim) for o, claim in zip(calculation.operands, claims, strict=True)]
    said = expression(calculation.operation, calculation.value, calculation.operands, labels)
    lines = [calculation.statement, said, *calculation.notices]
    if len("\n".join(lines)) > LONGEST_TEXT:
        lines[1] = calculation.expression
    names = [_place_name(o.line, pages) for o in calculation.operands]
    for line in quoted_text(claims, names, language).split("\n"):
        if len("\n".join([*lines, line])) > LONGEST_TEXT:
            break
        lines.append(line)
    return "\n".join(lines)


def _label(operand: Operand, claim: CheckedClaim) -> int:
    """The label of the citation that holds the figure."""
    start = operand.line.entry.start
    return next(c.citation.label for c in claim.citations if c.start <= start < c.end)


def _place_name(line: LedgerLine, pages: Pages) -> str:
    page = pages.page(line.doc_id, line.entry.page)
    return " ".join((page.title or (line.entry.names or (line.title,))[0]).split())


def _refused(asked: str, language: Language, found: NotComputable, pages: Pages, trace: Trace) -> Answer:
    nearest = tuple(_nearest(line, pages) for line in found.known[:_NEAREST])
    refusal = Refusal("not_computable", found.reason, found.missing, nearest)
    shown = [(_place_name(line, pages), line.entry.page) for line in found.known[:_NEAREST]]
    text = refusal_text(found.reason, shown, language)
    return Answer(asked, "refused", "quote", language, text, (), (), refusal, trace)


def _nearest(line: LedgerLine, pages: Pages) -> Nearest:
    page = pages.page(line.doc_id, line.entry.page)
    start, end = line.entry.quote
    path = heading_path_at(page, line.entry.start)
    return Nearest(line.doc_id, line.title, page.number, path, page.text[start:end])
