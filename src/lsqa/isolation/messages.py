"""What the program and its reading processes say to each other, as JSON.

JSON and not pickle: a process that a document has taken over can say something false of that document, but it cannot
make the program run code.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from lsqa.documents import Document, Source
from lsqa.readers.reading_options import Step


@dataclass(frozen=True, slots=True)
class FileToRead:
    """A file with what is known of it beside its content. `address` is where it was downloaded from, or empty."""

    path: Path
    source: Source
    address: str = ""


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """A file to be read, and how; `memory_mb` is what the process may take more than it has."""

    path: str
    source: Source
    password: str
    ocr_languages: str
    ocr_page_seconds: float
    memory_mb: int


@dataclass(frozen=True, slots=True)
class ReadStep:
    """A page was read, or is going to be recognised."""

    step: Step
    number: int
    kind: Literal["step"] = "step"


@dataclass(frozen=True, slots=True)
class ReadDocuments:
    documents: tuple[Document, ...]
    kind: Literal["documents"] = "documents"


@dataclass(frozen=True, slots=True)
class ReadFailure:
    """What a `DocumentError` holds."""

    message: str
    hint: str
    status: str
    kind: Literal["failure"] = "failure"


ReadReply = Annotated[ReadStep | ReadDocuments | ReadFailure, Field(discriminator="kind")]

REQUESTS: TypeAdapter[ReadRequest] = TypeAdapter(ReadRequest)
REPLIES: TypeAdapter[ReadReply] = TypeAdapter(ReadReply)
