"""Cases: questions with what a right answer holds and where it stands. A file has one JSON object a line.

The schema of a line is published as `evals/case.schema.json` (JSON Schema 2020-12), made by `case_schema`.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from lsqa.conversation import Turn
from lsqa.errors import CaseError

Kind = Literal[
    "lookup", "number", "table", "list", "comparison", "multi-slide", "temporal", "definition", "follow-up",
    "unanswerable", "false premise",
]  # fmt: skip
TO_REFUSE: frozenset[str] = frozenset({"unanswerable", "false premise"})
_FROZEN = ConfigDict(frozen=True, extra="forbid")


class Place(BaseModel):
    """Where an answer stands: a page of a document, counted from 1. `relevance` is the gain of finding it."""

    model_config = _FROZEN

    doc_id: str
    page: int = Field(default=1, ge=1)
    relevance: int = Field(default=1, ge=1)


class CaseTurn(BaseModel):
    """An earlier question of the conversation, and the answer it got."""

    model_config = _FROZEN

    question: str
    answer: str = ""


class Case(BaseModel):
    """One question.

    `gold` is what an answer has to state: groups of spellings, of which each group needs one; compared in NFKC without
    white space. `places` are where that stands, any of them. Both are empty where a right answer is a refusal. `gold`
    may be empty with `places` where retrieval alone is measured. `reference` is a right answer in words, for judges.
    `reviewed` is false for a case that no person has looked at: it is never counted with those that were.
    """

    model_config = _FROZEN

    id: str = Field(min_length=1)
    question: str = Field(min_length=1)
    language: Literal["ja", "en"]
    kind: Kind
    gold: tuple[tuple[str, ...], ...] = ()
    places: tuple[Place, ...] = ()
    history: tuple[CaseTurn, ...] = ()
    tags: tuple[str, ...] = ()
    reference: str = ""
    reviewed: bool = True

    @model_validator(mode="after")
    def _is_whole(self) -> "Case":
        if any(not group or not all(group) for group in self.gold):
            raise ValueError("a group of gold facts is empty")
        if self.is_answerable and not (self.gold or self.places):
            raise ValueError("an answerable case needs gold facts or places")
        if not self.is_answerable and (self.gold or self.places):
            raise ValueError(f"a case of the kind {self.kind} has neither gold facts nor places")
        if self.kind == "follow-up" and not self.history:
            raise ValueError("a follow-up needs a history")
        return self

    @property
    def is_answerable(self) -> bool:
        return self.kind not in TO_REFUSE

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The history as `Assistant.ask` takes it."""
        return tuple(Turn(turn.question, turn.answer) for turn in self.history)


def case_schema() -> dict[str, Any]:
    """The JSON schema of a line."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Case.model_json_schema()}


def read_cases(path: Path) -> tuple[Case, ...]:
    """The cases of a file, in order. Raises `CaseError` that names the line which is none, or repeats an id."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"cannot read the cases of {path}: {error}", hint="check the path; cases are UTF-8") from error
    numbered = [(f"{path.name}, line {n}", line) for n, line in enumerate(lines, 1) if line.strip()]
    return unique((place, _parse(line, place)) for place, line in numbered)


def unique(cases: Iterable[tuple[str, Case]]) -> tuple[Case, ...]:
    """The cases, each with the place it came from. Raises `CaseError` where two have one id, or there are none."""
    seen: dict[str, Case] = {}
    for place, case in cases:
        if case.id in seen:
            raise CaseError(f"{place} repeats the id {case.id!r}", hint="give every case an id of its own")
        seen[case.id] = case
    if not seen:
        raise CaseError("there are no cases", hint="write one JSON object a line; see evals/case.schema.json")
    return tuple(seen.values())


def write_cases(cases: Iterable[Case], path: Path) -> None:
    """Write cases as `read_cases` reads them; what is as by default is left out."""
    path.write_text("".join(f"{line}\n" for line in case_lines(cases)), encoding="utf-8")


def case_lines(cases: Iterable[Case]) -> Iterator[str]:
    """A line of JSON for each case."""
    for case in cases:
        yield json.dumps(case.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False)


def _parse(line: str, place: str) -> Case:
    try:
        return Case.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "the case"
        reason = f"{place}: {field}: {first['msg'].removeprefix('Value error, ')}"
        raise CaseError(reason, hint="see evals/case.schema.json") from error
