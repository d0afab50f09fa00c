"""A conversation as HTML. What comes from documents, models and people is escaped; only what stands here is markup."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Final

from lsqa.text import Language
from lsqa.ui.copying import as_markdown, as_text
from lsqa.ui.escaping import data, escaped
from lsqa.ui.feedback import Judged
from lsqa.ui.problems import KEYS
from lsqa.ui.scope import scope_in_words
from lsqa.ui.texts import text
from lsqa.ui.turns import ShownCitation, ShownClaim, ShownNearest, ShownTurn
from lsqa.wording import one_line

_FIRST_CLAIMS: Final = 4
_EXCERPT: Final = 120
_FIRST_SENTENCE: Final = re.compile(r"(.+?(?:。|[.](?=\s)))\s*(.*)", re.DOTALL)


def conversation_html(
    turns: Sequence[ShownTurn], language: Language, stage: str = "", judged: Mapping[str, Judged] = MappingProxyType({})
) -> str:
    """The turns in their order. `stage` says what is being done for one that is pending; `judged` what was noted of
    turns, by their ids."""
    return "".join(_turn(turn, language, stage, judged.get(turn.id)) for turn in turns)


def editing_html(turns: Sequence[ShownTurn], replaced: str, language: Language) -> str:
    """A line over the input while a question is edited: which one, what its turn takes away, and a way out."""
    place = next((n for n, turn in enumerate(turns) if replaced and turn.id == replaced), None)
    if place is None:
        return ""
    turn, later = turns[place], len(turns) - place - 1
    away = (
        f"<small>{escaped(text('editing-later', language, n=later))}</small>"
        f'<button type="button" class="away" data-act="away" data-turn="{escaped(turn.id)}" hidden></button>'
    )
    cancel = escaped(text("cancel-edit", language))
    return (
        f'<div class="editing" role="status"><span><span class="what">{escaped(text("editing", language))}'
        f"{escaped(turn.question)}</span>{away if later else ''}</span>"
        f'<button type="button" class="cancel" data-act="cancel" aria-label="{cancel}" title="{cancel}">×</button>'
        "</div>"
    )


def welcome_html(examples: Sequence[str], language: Language, *, can_upload: bool, is_empty: bool) -> str:
    """The first screen: what this is, in two lines, and questions worth a click."""
    intro = "".join(f"<p>{escaped(text(key, language))}</p>" for key in ("intro-1", "intro-2"))
    if is_empty:
        hint = escaped(text("empty" if can_upload else "empty-closed", language))
        return f'<div class="welcome">{intro}<p class="hint" role="status">{hint}</p></div>'
    buttons = "".join(
        f'<li><button type="button" data-act="example" data-question="{question}">{question}</button></li>'
        for question in map(escaped, examples)
    )
    listed = f"<h2>{escaped(text('examples', language))}</h2><ul>{buttons}</ul>" if examples else ""
    return f'<div class="welcome">{intro}{listed}</div>'


def _turn(turn: ShownTurn, language: Language, stage: str, judged: Judged | None) -> str:
    asked = f'<h2 class="asked"><span class="sr">{escaped(text("you", language))}: </span>{escaped(turn.question)}</h2>'
    body = "".join(_body(turn, language, stage, judged))
    busy = "true" if turn.state == "pending" else "false"
    return (
        f'<article class="turn {turn.state} {turn.status}" data-turn="{escaped(turn.id)}" aria-busy="{busy}">'
        f'{asked}<div class="answer">{body}</div></article>'
    )


def _body(turn: ShownTurn, language: Language, stage: str, judged: Judged | None) -> Iterator[str]:
    if turn.resolved:
        yield f'<p class="resolved">{escaped(text("understood-as", language))}{escaped(turn.resolved)}</p>'
    if turn.status == "refused":
        yield _refusal(turn, language)
    else:
        yield from _answer(turn, language)
    match turn.state:
        case "pending":
            said = stage or text("stage-start", language)
            yield f'<p class="stage" role="status"><span class="dot" aria-hidden="true"></span>{escaped(said)}</p>'
        case "stopped" | "interrupted":
            yield f'<p class="note" role="status">{escaped(text(turn.state, language))}</p>'
        case "failed":
            yield (
                f'<div class="note problem" role="alert"><strong>{escaped(text("failed", language))}</strong>'
                f"<p>{escaped(text(turn.problem, language) if turn.problem in KEYS else turn.error)}</p></div>"
            )
    if turn.state == "done":
        yield _about(turn, language)
    if turn.state != "pending":
        yield _actions(turn, language, judged)


def _answer(turn: ShownTurn, language: Language) -> Iterator[str]:
    if turn.calculation:
        lines = "".join(f"<p>{_labelled(line, turn, language)}</p>" for line in turn.calculation.split("\n"))
        badge = f'<span class="badge">{escaped(text("calculated", language))}</span>'
        yield f'<div class="calculation">{lines}{badge}</div>'
    groups = [list(claims) for _, claims in groupby(turn.claims, key=_place)]
    shown = hidden = 0
    rest: list[str] = []
    for claims in groups:
        html = _group(claims, turn, language)
        if shown < _FIRST_CLAIMS or turn.state == "pending" or turn.mode == "llm":
            yield html
            shown += len(claims)
        else:
            rest.append(html)
            hidden += len(claims)
    if rest:
        summary = escaped(text("more-quotes", language, n=hidden))
        yield f"<details><summary>{summary}</summary>{''.join(rest)}</details>"
    if turn.withheld:
        yield f'<p class="withheld">{escaped(text("withheld", language, n=turn.withheld))}</p>'
    if turn.status == "partial":
        yield (
            f'<div class="help">{_reason(turn.reason, text("partial", language))}'
            f"{_nearest(turn.nearest, language)}</div>"
        )


def _place(claim: ShownClaim) -> tuple[str, int, tuple[str, ...]]:
    first = claim.citations[0] if claim.citations else ShownCitation()
    return first.doc_id, first.page, first.section


def _group(claims: Sequence[ShownClaim], turn: ShownTurn, language: Language) -> str:
    """Claims that are quoted from one place, under its name."""
    first = claims[0].citations[0] if claims[0].citations else None
    body = "".join(_claim(claim, turn, language) for claim in claims)
    if first is None or turn.mode == "llm":
        return f'<section class="claims">{body}</section>'
    name = " › ".join(first.section) or first.title
    where = f"{first.title}, p. {first.page}"
    return f'<section class="claims"><h3>{escaped(name)}</h3><p class="where">{escaped(where)}</p>{body}</section>'


def _claim(claim: ShownClaim, turn: ShownTurn, language: Language) -> str:
    # Of a model's sentence other things are proven than of a quote.
    said, why = ("proven-model", "proven-model-why") if turn.mode == "llm" else ("proven", "proven-why")
    proven = (
        f'<span class="proven" title="{escaped(text(why, language))}">'
        f'<span aria-hidden="true">✓</span> {escaped(text(said, language))}</span>'
    )
    if turn.mode == "llm":
        buttons = "".join(_button(c, claim, language) for c in _one_a_label(claim.citations))
        return f'<div class="claim"><p>{escaped(claim.text)} {buttons} {proven}</p></div>'
    quotes = "".join(
        _quotes(list(same), language) for _, same in groupby(claim.citations, key=lambda c: "\t" in c.quote)
    )
    buttons = "".join(_button(c, claim, language) for c in _one_a_label(claim.citations))
    return f'<div class="claim">{quotes}<p class="proof">{buttons} {proven}</p></div>'


def _quotes(citations: Sequence[ShownCitation], language: Language) -> str:
    """Quotes of one form: rows as a table, the first its head where another follows; the others as they stand."""
    if "\t" not in citations[0].quote:
        left, right = ("“", "”") if language == "en" else ("「", "」")
        return "".join(f"<blockquote>{left}{escaped(one_line(c.quote))}{right}</blockquote>" for c in citations)
    rows = [c.quote.split("\t") for c in citations]
    has_head = len(rows) > 1 and all(len(row) == len(rows[0]) for row in rows)
    return table_html(rows, has_head=has_head)


def table_html(rows: Sequence[Sequence[str]], *, has_head: bool) -> str:
    """Rows of cells as a table that scrolls by itself where it is too wide."""
    parts: list[str] = []
    for number, row in enumerate(rows):
        cell = "th" if has_head and number == 0 else "td"
        scope = ' scope="col"' if cell == "th" else ""
        parts.append("<tr>" + "".join(f"<{cell}{scope}>{escaped(one_line(c))}</{cell}>" for c in row) + "</tr>")
    return f'<div class="table" tabindex="0"><table>{"".join(parts)}</table></div>'


def _one_a_label(citations: Sequence[ShownCitation]) -> tuple[ShownCitation, ...]:
    return tuple({c.label: c for c in reversed(citations)}.values())[::-1]


def _button(citation: ShownCitation, claim: ShownClaim, language: Language) -> str:
    """The number that opens the slide, with all that the claim quotes from its page marked there."""
    place = citation.doc_id, citation.page
    quoted = [
        {"quote": c.quote, "start": c.start, "end": c.end} for c in claim.citations if (c.doc_id, c.page) == place
    ]
    return open_button(
        str(citation.label), citation.title, citation.doc_id, citation.page, quoted, language, kind="cite"
    )


def open_button(
    label: str,
    title: str,
    doc_id: str,
    page: int,
    quoted: Sequence[dict[str, object]],
    language: Language,
    *,
    kind: str,
) -> str:
    """A button that opens a page, with what is quoted of it marked there."""
    said = text("open-slide", language, n=label, title=title, page=page)
    payload = data({"doc_id": doc_id, "page": page, "quoted": list(quoted)})
    return (
        f'<button type="button" class="{kind}" data-act="open" data-place="{payload}" '
        f'aria-label="{escaped(said)}">{escaped(label)}</button>'
    )


def _labelled(line: str, turn: ShownTurn, language: Language) -> str:
    """A line of a calculation, its [n] as numbers that open the slide."""
    buttons = {
        f"[{citation.label}]": _button(citation, claim, language)
        for claim in turn.claims
        for citation in _one_a_label(claim.citations)
    }
    return "".join(buttons.get(piece) or escaped(piece) for piece in re.split(r"(\[\d+\])", line))


def _refusal(turn: ShownTurn, language: Language) -> str:
    missing = ""
    if turn.missing:
        items = "".join(f"<li>{escaped(m)}</li>" for m in turn.missing)
        missing = f'<p class="label">{escaped(text("missing", language))}</p><ul class="missing">{items}</ul>'
    withheld = (
        f'<p class="withheld">{escaped(text("withheld", language, n=turn.withheld))}</p>' if turn.withheld else ""
    )
    return (
        f'<div class="help">{_reason(turn.reason or turn.text, text("refused", language))}{missing}{withheld}'
        f'<p class="label">{escaped(text("searched-in", language))}</p>'
        f'<p class="where">{escaped(_scope(turn, language))}</p>'
        f"{_nearest(turn.nearest, language)}</div>"
    )


def _reason(reason: str, otherwise: str) -> str:
    """Why nothing, or not all, is answered: its first sentence, which says that it is so, over the others. `otherwise`
    is said where no reason is given."""
    found = _FIRST_SENTENCE.match(reason)
    head, rest = (found[1], found[2]) if found else (reason or otherwise, "")
    return f"<strong>{escaped(head)}</strong>" + (f"<p>{escaped(rest)}</p>" if rest else "")


def _scope(turn: ShownTurn, language: Language) -> str:
    return scope_in_words(turn.searched, language) if turn.searched else turn.scope


def _nearest(nearest: Sequence[ShownNearest], language: Language) -> str:
    """The nearest slides, to be opened."""
    items: list[str] = []
    for found in {(n.doc_id, n.page, n.section): n for n in nearest}.values():
        name = " › ".join(found.section) or found.title
        excerpt = one_line(found.text.replace("\t", " | "))
        excerpt = excerpt if len(excerpt) <= _EXCERPT else excerpt[:_EXCERPT] + "…"
        payload = data({"doc_id": found.doc_id, "page": found.page, "quoted": [], "near": found.text[:2_000]})
        where = f"{found.title}, p. {found.page}"
        items.append(
            f'<li><button type="button" class="near" data-act="open" data-place="{payload}">'
            f'<span class="name">{escaped(name)}</span><span class="where">{escaped(where)}</span>'
            f'<span class="excerpt">{escaped(excerpt)}</span></button></li>'
        )
    if not items:
        return ""
    return f'<p class="label">{escaped(text("nearest", language))}</p><ul class="nearest">{"".join(items)}</ul>'


def _about(turn: ShownTurn, language: Language) -> str:
    parts = [text("by-model" if turn.mode == "llm" else "by-quotes", language)] if turn.status != "refused" else []
    if turn.fallback:
        parts.append(text("fell-back", language))
    parts.append(text("seconds", language, n=f"{turn.seconds:.1f}" if turn.seconds >= 1 else f"{turn.seconds:.2f}"))
    if turn.status != "refused" and (scope := _scope(turn, language)):
        parts.append(scope)
    return f'<p class="about">{escaped(" ・ ".join(parts) if language == "ja" else " · ".join(parts))}</p>'


def _actions(turn: ShownTurn, language: Language, judged: Judged | None) -> str:
    buttons = [_act("retry", "retry", turn, language), _act("edit", "edit", turn, language)]
    if turn.state == "done" or turn.claims:
        buttons += [_copy("copy", as_text(turn), language), _copy("copy-markdown", as_markdown(turn), language)]
    if turn.state == "done":
        rating = judged.rating if judged else 0
        votes = (_vote(value, key, turn, language, rating) for value, key in ((1, "good"), (-1, "bad")))
        buttons.append(f'<span class="votes">{"".join(votes)}</span>')
    comment = _comment(turn, language, judged) if turn.state == "done" else ""
    return f'<div class="actions">{"".join(buttons)}</div>{comment}'


def _act(act: str, key: str, turn: ShownTurn, language: Language) -> str:
    return (
        f'<button type="button" class="quiet" data-act="{act}" data-turn="{escaped(turn.id)}" '
        f'data-question="{escaped(turn.question)}">{escaped(text(key, language))}</button>'
    )


def _copy(key: str, content: str, language: Language) -> str:
    return (
        f'<button type="button" class="quiet" data-act="copy" data-copied="{escaped(text("copied", language))}" '
        f'data-content="{escaped(content)}">{escaped(text(key, language))}</button>'
    )


def _vote(rating: int, key: str, turn: ShownTurn, language: Language, noted: int) -> str:
    is_pressed = "true" if rating == noted else "false"
    return (
        f'<button type="button" class="quiet vote" data-act="vote" data-turn="{escaped(turn.id)}" '
        f'data-rating="{rating}" aria-pressed="{is_pressed}">{escaped(text(key, language))}</button>'
    )


def _comment(turn: ShownTurn, language: Language, judged: Judged | None) -> str:
    """A line for a reason, shown from when a thumb was pressed until there is one."""
    hidden = "" if judged and not judged.has_comment else " hidden"
    hint, send = (escaped(text(key, language)) for key in ("comment", "send"))
    return (
        f'<div class="comment"{hidden} data-turn="{escaped(turn.id)}"><span role="status"></span>'
        f'<input type="text" maxlength="1000" placeholder="{hint}" aria-label="{hint}">'
        f'<button type="button" class="quiet" data-act="comment" data-turn="{escaped(turn.id)}">{send}</button></div>'
    )
