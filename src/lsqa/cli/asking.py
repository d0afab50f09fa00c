"""`lsqa ask` and `lsqa retrieve`, for one question or a file of them."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lsqa.cli.options import Batch, Document, Home, Json, text
from lsqa.errors import LsqaError, QuestionError, UsageError

if TYPE_CHECKING:
    from lsqa.assistant import Assistant
    from lsqa.conversation import Turn

_HINT = 'one object a line: {"id": …, "question": "…", "history": [{"question": "…", "answer": "…"}]}'


def ask(
    question: Annotated[str | None, typer.Argument(help="The question, in Japanese or English.")] = None,
    *,
    batch: Batch = None,
    history: Annotated[
        Path | None, typer.Option("--history", help='Earlier turns: a JSON list of {"question", "answer"}.')
    ] = None,
    llm: Annotated[str | None, typer.Option("--llm", metavar="SPEC", help="none, or PROVIDER:MODEL.")] = None,
    k: Annotated[int, typer.Option("-k", min=1, help="How many passages to read.")] = 14,
    document: Document = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Answer a question with quotes from the documents, or say that they do not answer it."""
    from lsqa.assistant import Assistant
    from lsqa.cli.output import echo_answer, echo_json

    _one_of(question, batch)
    turns = _turns(_read_json(history), str(history)) if history else ()
    with Assistant.open(home=text(home), llm=llm) as lsqa:
        if batch is not None:
            _run_batch(lsqa, batch, lambda q, h: lsqa.ask(q, h, k=k, document=document).to_dict())
            return
        answer = lsqa.ask(question or "", turns, k=k, document=document)
        if as_json:
            echo_json(answer.to_dict())
        else:
            echo_answer(answer)


def retrieve(
    query: Annotated[str | None, typer.Argument(help="What to look for.")] = None,
    *,
    batch: Batch = None,
    k: Annotated[int, typer.Option("-k", min=1, help="How many passages to show.")] = 10,
    document: Document = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show the passages that fit a query best."""
    from lsqa.assistant import Assistant
    from lsqa.cli.output import echo_hits, echo_json, hits_to_dict
    from lsqa.stopwatch import Stopwatch

    _one_of(query, batch)
    with Assistant.open(home=text(home)) as lsqa:

        def found(asked: str) -> dict[str, Any]:
            watch = Stopwatch()
            hits = watch.time("retrieve", lambda: lsqa.retrieve(asked, k, document=document))
            return hits_to_dict(asked, hits, watch.milliseconds())

        if batch is not None:
            _run_batch(lsqa, batch, lambda q, _: found(q))
        elif as_json:
            echo_json(found(query or ""))
        else:
            echo_hits(lsqa.retrieve(query or "", k, document=document))


def _one_of(question: str | None, batch: Path | None) -> None:
    if (question is None) == (batch is None):
        raise UsageError("give either a question or --batch FILE", hint="lsqa ask 「…」, or lsqa ask --batch FILE.jsonl")


def _run_batch(
    lsqa: "Assistant", path: Path, answer: Callable[[str, "tuple[Turn, ...]"], dict[str, Any]]
) -> None:
    """One line out for each line in, in order; a line that fails says why and the rest go on."""
    from lsqa.cli.output import echo_json

    for number, line in enumerate(_lines(path), 1):
        identifier: Any = None
        try:
            record = _record(line, number)
            identifier = record.get("id")
            echo_json({"id": identifier, **answer(*_question(record, number))}, indent=None)
        except LsqaError as error:
            failure = {"type": type(error).__name__, "message": str(error)}
            echo_json({"id": identifier, "error": failure}, indent=None)
        sys.stdout.flush()


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8-sig") as stream:
            yield from (line for line in stream if line.strip())
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path}: {error}", hint=f"give a UTF-8 file with {_HINT}") from error


def _record(line: str, number: int) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise QuestionError(f"line {number} is no JSON ({error})", hint=_HINT) from error
    if not isinstance(record, dict):
        raise QuestionError(f"line {number} is no JSON object", hint=_HINT)
    return record


def _question(record: dict[str, Any], number: int) -> "tuple[str, tuple[Turn, ...]]":
    question = record.get("question", record.get("query"))
    if not isinstance(question, str):
        raise QuestionError(f"line {number} has no question", hint=_HINT)
    return question, _turns(record.get("history") or [], f"line {number}")


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise UsageError(f"cannot read {path}: {error}", hint='give a JSON list of {"question", "answer"}') from error


def _turns(history: Any, place: str) -> "tuple[Turn, ...]":
    from lsqa.conversation import Turn

    turns = history if isinstance(history, list) else [None]
    if not all(isinstance(t, dict) and isinstance(t.get("question"), str) for t in turns):
        raise QuestionError(f"the history in {place} is malformed", hint='give a list of {"question", "answer"}')
    return tuple(Turn(t["question"], str(t.get("answer") or "")) for t in turns)
