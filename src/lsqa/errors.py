"""What can go wrong, and what the user can do about it.

    LsqaError
    ├── UsageError                 the call itself is wrong (exit code 2)
    │   ├── SettingsError          an unknown or malformed setting
    │   └── QuestionError          an empty or oversized question, or conditions that are none
    ├── LibraryError               the data folder
    │   ├── HomeError              cannot be created, read or written
    │   ├── LockedError            another process is writing
    │   ├── ClosedError            it was closed before
    │   ├── EmptyLibraryError      nothing has been ingested
    │   ├── UnknownDocumentError   no document of that id
    │   ├── IndexUnavailableError  the Chroma server does not answer
    │   └── StaleIndexError        made with another encoder, chunking or folding
    ├── DocumentError              one file cannot be read; the rest go on
    ├── CaseError                  evaluation cases or a stored run cannot be read
    └── ModelError
        ├── ModelUnavailableError  an optional library, a key or a server is missing
        ├── ModelTimeoutError      no whole reply in the time that a model has
        ├── MalformedDraftError    what a language model drafted is not in the form that was asked for
        ├── CalledOffError         whoever asked called the answer off
        └── ConversionError        the bundled weights could not be converted

Every error says what happened and where (`message`) and what to do (`hint`). A refusal is not an error: it is an
answer.
"""

import traceback
from collections.abc import Iterator


class LsqaError(Exception):
    """Base of all errors that lsqa raises on purpose.

    `message` is one line: what happened, where. `hint` is one line: what the user can do.

    >>> with Assistant.open() as lsqa:
    ...     try:
    ...         lsqa.ask("")
    ...     except LsqaError as error:
    ...         print(error.message)
    the question is empty
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} — {self.hint}"

    @property
    def for_log(self) -> str:
        """What a log may hold where it is to tell nothing of questions."""
        return f"{type(self).__name__}: {self}"


class UsageError(LsqaError):
    """The call itself is wrong."""

    exit_code = 2


class SettingsError(UsageError):
    """A setting has an unknown name or a value that cannot be used."""


class QuestionError(UsageError):
    """The question is empty, no text or longer than can be asked; or what is asked for with it cannot be meant: a
    history that is none, no passage at all, a date that no calendar has."""


class LibraryError(LsqaError):
    """The data folder cannot serve."""


class HomeError(LibraryError):
    """The data folder cannot be created, read or written."""


class LockedError(LibraryError):
    """Another process is writing to the data folder."""


class ClosedError(LibraryError):
    """The library, or the assistant over it, has been closed."""


class EmptyLibraryError(LibraryError):
    """Nothing has been ingested yet."""


class UnknownDocumentError(LibraryError):
    """No document of that id is in the library."""


class IndexUnavailableError(LibraryError):
    """The server that holds the vector index does not answer. What is known of it may be right again later."""


class StaleIndexError(LibraryError):
    """The index was made with another encoder, chunking or folding than the settings ask for."""


class DocumentError(LsqaError):
    """One file cannot be read. `status` is the word that `lsqa ingest` reports for it."""

    def __init__(self, message: str, *, hint: str, status: str = "failed") -> None:
        super().__init__(message, hint=hint)
        self.status = status


class CaseError(LsqaError):
    """A file of evaluation cases, a public data set or a stored run is not there or malformed."""


class ModelError(LsqaError):
    """A model cannot serve. Its message may hold the words of the model's server, which may repeat the question."""

    @property
    def for_log(self) -> str:
        return f"{type(self).__name__}{''.join(map(_named, _causes(self)))} — {self.hint}"


class ModelUnavailableError(ModelError):
    """A model needs a library, a key or a server that is not there."""


class ModelTimeoutError(ModelError):
    """A language model gave no whole reply in the time it has."""


class MalformedDraftError(ModelError):
    """What a language model drafted is not in the form that was asked for, at the second try either."""


class CalledOffError(ModelError):
    """Whoever asked called the answer off while a language model was drafting it."""


class ConversionError(ModelError):
    """The bundled weights could not be converted; nothing half-written is left."""


def trace_for_log(error: BaseException) -> str:
    """Where an error that nobody foresaw was raised, and those that led to it, without their messages: these may hold
    anything."""
    chain = reversed((error, *_causes(error)))
    return "\n".join("".join(traceback.format_tb(one.__traceback__)) + type(one).__name__ for one in chain)


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen = {id(error)}
    while (cause := error.__cause__ or error.__context__) is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        error = cause


def _named(cause: BaseException) -> str:
    status = getattr(cause, "status_code", None)
    return f" from {type(cause).__name__}" + (f" {status}" if isinstance(status, int) else "")
