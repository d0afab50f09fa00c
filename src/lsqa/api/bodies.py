"""What requests and responses look like. Requests are held to it; responses are described by it (they come from
`to_dict`)."""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from lsqa.api import examples
from lsqa.catalogue import DocumentFilter
from lsqa.conversation import Turn

LONGEST_QUESTION: Final = 8_000
LONGEST_TEXT: Final = 200_000
LONGEST_ID: Final = 512
MOST_PASSAGES: Final = 100
_MOST_TURNS: Final = 50
_MOST_NAMED: Final = 200

Identifier = Annotated[str, Field(min_length=1, max_length=LONGEST_ID)]
Question = Annotated[str, Field(min_length=1, max_length=LONGEST_QUESTION)]
Count = Annotated[int, Field(ge=1, le=MOST_PASSAGES)]
Date = Annotated[str, Field(pattern=r"^([0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?)?$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Earlier(_Body):
    """A question that was asked before, and its answer."""

    question: Question
    answer: str | None = Field(default=None, max_length=LONGEST_TEXT)


class Searched(_Body):
    """Which documents are searched; what is left out is no condition."""

    documents: list[Identifier] = Field(default=[], max_length=_MOST_NAMED)
    publishers: list[Identifier] = Field(default=[], max_length=_MOST_NAMED)
    since: Date = ""
    until: Date = ""
    kinds: list[Literal["pdf", "pptx", "docx", "xlsx", "csv", "html", "markdown", "text", "passage"]] = Field(
        default=[], max_length=9
    )

    def to_filter(self) -> DocumentFilter:
        return DocumentFilter(tuple(self.documents), tuple(self.publishers), self.since, self.until, tuple(self.kinds))


class RetrieveBody(_Body):
    """What to look for."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"query": "B-cureの予算", "k": 5}]})

    query: Question
    k: Count = 10
    where: Searched = Searched()
    read: bool = Field(default=True, description="Whether the reader reads the foremost passages, where there is one.")


class AskBody(_Body):
    """A question with what was said before it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "question": "令和6年度は？",
                    "history": [{"question": "B-cureの2025年度の予算はいくらですか？", "answer": "…"}],
                }
            ]
        },
    )

    question: Question
    history: list[Earlier] = Field(default=[], max_length=_MOST_TURNS)
    k: Count = 14
    where: Searched = Searched()
    stream: bool = Field(default=False, description="Server-sent events instead of one JSON object.")

    def turns(self) -> tuple[Turn, ...]:
        return tuple(Turn(turn.question, turn.answer or "") for turn in self.history)


class CheckBody(_Body):
    """A text to be checked sentence by sentence."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"text": "B-cureの2025年度の予算は35億円である。"}]}
    )

    text: str = Field(min_length=1, max_length=LONGEST_TEXT)


class _Told(BaseModel):
    model_config = ConfigDict(extra="allow")


def _as_in(example: dict[str, Any]) -> ConfigDict:
    return ConfigDict(extra="allow", json_schema_extra={"examples": [example]})


class HitShown(_Told):
    model_config = _as_in(examples.HIT)

    rank: int
    doc_id: str
    chunk_id: str
    title: str
    page: int
    section: list[str]
    text: str
    score: float
    vector_rank: int | None
    keyword_rank: int | None


class Hits(_Told):
    """As `lsqa retrieve --json`."""

    model_config = _as_in(examples.HITS)

    query: str
    hits: list[HitShown]
    timings_ms: dict[str, float]


class CitationShown(_Told):
    model_config = _as_in(examples.CITATION)

    label: int
    doc_id: str | None
    title: str | None
    page: int | None
    section: list[str]
    quote: str
    start: int | None
    end: int | None
    verdict: str


class ClaimShown(_Told):
    text: str
    verdict: Literal["supported", "unsupported"]
    citations: list[CitationShown]


class AnswerShown(_Told):
    """As `lsqa ask --json`."""

    model_config = _as_in(examples.ANSWER)

    question: str
    status: Literal["answered", "partial", "refused"]
    mode: Literal["quote", "llm"]
    language: str
    text: str
    claims: list[ClaimShown]
    refusal: dict[str, Any] | None
    evidence: list[dict[str, Any]]
    timings_ms: dict[str, float]
    models: dict[str, str]


class SentenceShown(_Told):
    text: str
    verdict: Literal["supported", "contradicted", "not_found"]
    citations: list[CitationShown]
    why: str


class CheckedShown(_Told):
    """As `lsqa check --json`."""

    model_config = _as_in(examples.CHECKED)

    sentences: list[SentenceShown]


class DocumentShown(_Told):
    """What is known of a document without its text."""

    model_config = _as_in(examples.DOCUMENT)

    doc_id: str
    title: str
    publisher: str
    published: str
    url: str
    licence: str
    sha256: str
    kind: str
    pages: int
    chunks: int
    warnings: list[str]


class DocumentsShown(_Told):
    model_config = _as_in(examples.DOCUMENTS)

    documents: list[DocumentShown]


class PageShown(_Told):
    """The text of a page, which offsets of citations count in."""

    model_config = _as_in(examples.PAGE)

    doc_id: str
    page: int
    title: str
    text: str


class IngestShown(_Told):
    """As `lsqa ingest --json`; `path` is the name that a file came with."""

    model_config = _as_in(examples.INGESTED)

    files: list[dict[str, Any]]
    totals: dict[str, Any]


class RemovedShown(_Told):
    model_config = _as_in(examples.REMOVED)

    removed: str


class Problem(_Told):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str


class Alive(_Told):
    """The process answers."""

    model_config = _as_in(examples.ALIVE)

    status: Literal["ok"]


class Ready(_Told):
    """Questions can be answered, over so many documents."""

    model_config = _as_in(examples.READY)

    status: Literal["ready"]
    documents: int
