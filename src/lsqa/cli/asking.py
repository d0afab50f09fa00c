"""`lsqa ask` and `lsqa retrieve`, for one question or a file of them."""

import codecs
import json
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lsqa.cli.options import Batch, Count, Document, Home, Json, Kind, Publisher, Since, Until
from lsqa.errors import LsqaError, QuestionError, UsageError

if TYPE_CHECKING:
    from lsqa.catalogue import DocumentFilter
    from lsqa.conversation import Turn
    from lsqa.retrieval import Hit

_log = logging.getLogger(__name__)
_HINT = 'one object a line: {"id": …, "question": "…", "history": [{"question": "…", "answer": "…"}]}'


def ask(
    question: Annotated[str | None, typer.Argument(help="The question, in Japanese or English.")] = None,
    *,
    batch: Batch = None,
    history: Annotated[
        Path | None, typer.Option("--history", help='Earlier turns: a JSON list of {"question", "answer"}.')
    ] = None,
    llm: Annotated[str | None, typer.Option("--llm", metavar="SPEC", help="none, or PROVIDER:MODEL.")] = None,
    fallback: Annotated[
        str | None, typer.Option("--fallback", metavar="WAY", help="quote: by quotes where the model fails. none.")
    ] = None,
    stream: Annotated[
        bool,
        typer.Option(
            "--stream", help="Show a language model's statements as each is checked; quotes come with the answer."
        ),
    ] = False,
    k: Count = 14,
    document: Document = None,
    publisher: Publisher = None,
    since: Since = "",
    until: Until = "",
    kind: Kind = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Answer a question with quotes from the documents, or say that they do not answer it."""
    from lsqa.assistant import Assistant
    from lsqa.cli.output import echo_answer, echo_json, echo_stream

    _one_of(question, batch)
    if stream and (as_json or batch is not None):
        raise UsageError("--stream is for one answer as text", hint="leave out --stream, or --json and --batch")
    asked = _readable(question or "")
    turns = _turns(_read_json(history), str(history)) if history else ()
    where = _where(publisher, since, until, kind)
    with Assistant.open(home=home, llm=llm, fallback=fallback) as lsqa:
        if batch is not None:
            run_batch(batch, lambda q, h: lsqa.ask(q, h, k=k, document=document, where=where).to_dict())
            return
        if stream:
            echo_stream(lsqa.stream(asked, turns, k=k, document=document, where=where))
            return
        answer = lsqa.ask(asked, turns, k=k, document=document, where=where)
        if as_json:
            echo_json(answer.to_dict())
        else:
            echo_answer(answer)


def retrieve(
    query: Annotated[str | None, typer.Argument(help="What to look for.")] = None,
    *,
    batch: Batch = None,
    k: Count = 10,
    document: Document = None,
    publisher: Publisher = None,
    since: Since = "",
    until: Until = "",
    kind: Kind = None,
    no_reader: Annotated[bool, typer.Option("--no-reader", help="Leave out the reader or reranker.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show the passages that fit a query best."""
    from lsqa.assistant import Assistant
    from lsqa.cli.output import echo_hits, echo_json
    from lsqa.search_results import hits_to_dict
    from lsqa.stopwatch import Stopwatch

    _one_of(query, batch)
    words = _readable(query or "")
    where = _where(publisher, since, until, kind)
    with Assistant.open(home=home) as lsqa:

        def search(asked: str) -> "tuple[Hit, ...]":
            return lsqa.retrieve(asked, k, document=document, where=where, read=not no_reader)

        def found(asked: str) -> dict[str, Any]:
            watch = Stopwatch()
            hits = watch.time("retrieve", lambda: search(asked))
            return hits_to_dict(asked, hits, watch.milliseconds())

        if batch is not None:
            run_batch(batch, lambda q, _: found(q))
        elif as_json:
            echo_json(found(words))
        else:
            echo_hits(search(words))


def _where(publisher: list[str] | None, since: str, until: str, kind: list[str] | None) -> "DocumentFilter":
    from lsqa.catalogue import DocumentFilter

    return DocumentFilter((), tuple(publisher or ()), since, until, tuple(kind or ()))


def _one_of(question: str | None, batch: Path | None) -> None:
    if (question is None) == (batch is None):
        raise UsageError(
            "give either a question or --batch FILE", hint="lsqa ask 「…」, or lsqa ask --batch FILE.jsonl"
        )


def run_batch(path: Path, answer: "Callable[[str, tuple[Turn, ...]], dict[str, Any]]") -> None:
    """One line out for each line in, in order; a line that fails says why and the rest go on."""
    from lsqa.cli.output import echo_json

    for number, line in _lines(path):
        identifier: Any = None
        try:
            record = _record(line, number)
            identifier = record.get("id")
            result = answer(*_question(record, number))
        except LsqaError as error:
            result = _failure(type(error).__name__, str(error))
        except Exception as error:  # noqa: BLE001 — the other lines are owed their answers, whatever this one met
            _log.debug("line %d failed", number, exc_info=True)
            result = _failure(type(error).__name__, f"line {number} failed unexpectedly ({error})")
        echo_json({"id": identifier, **result}, indent=None)
        sys.stdout.flush()


def _failure(kind: str, message: str) -> dict[str, Any]:
    return {"error": {"type": kind, "message": message}}


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, with their numbers."""
    try:
        with path.open("rb") as stream:
            for number, line in enumerate(stream, 1):
                content = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
                if content.strip():
                    yield number, content
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}", hint=f"give a UTF-8 file with {_HINT}") from error


def _record(line: bytes, number: int) -> dict[str, Any]:
    try:
        record = json.loads(line.decode())
        json.dumps(record, allow_nan=False)  # Python reads NaN and Infinity, which no JSON may hold
    except UnicodeDecodeError as error:
        raise QuestionError(f"line {number} is no UTF-8", hint="save the file as UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise QuestionError(f"line {number} is no JSON ({error})", hint=_HINT) from error
    if not isinstance(record, dict):
        raise QuestionError(f"line {number} is no JSON object", hint=_HINT)
    return record


def _question(record: dict[str, Any], number: int) -> "tuple[str, tuple[Turn, ...]]":
    question = record.get("question", record.get("query"))
    if not isinstance(question, str):
        raise QuestionError(f"line {number} has no question", hint=_HINT)
    history = record.get("history")
    return _readable(question), _turns([] if history is None else history, f"line {number}")


def _readable(text: str) -> str:
    """`text`, unless it holds bytes or halves of characters that no text has."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise QuestionError("the question is no valid Unicode text", hint="give it in UTF-8") from error
    return text


def _read_json(path: Path) -> Any:
    hint = 'give a JSON list of {"question", "answer"}'
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}", hint=hint) from error
    except (ValueError, RecursionError) as error:  # no UTF-8 is a ValueError, too
        raise UsageError(f"{path} is no JSON: {error}", hint=hint) from error


def _turns(history: Any, place: str) -> "tuple[Turn, ...]":
    from lsqa.conversation import Turn

    if not isinstance(history, list) or not all(map(_is_turn, history)):
        raise QuestionError(f"the history in {place} is malformed", hint='give a list of {"question", "answer"}')
    return tuple(Turn(_readable(turn["question"]), _readable(turn.get("answer") or "")) for turn in history)


def _is_turn(turn: Any) -> bool:
    if not isinstance(turn, dict):
        return False
    return isinstance(turn.get("question"), str) and isinstance(turn.get("answer"), str | None)
