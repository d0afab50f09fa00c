"""What went wrong, in the reader's language and in words of what they can do.

An error's own message is for whoever runs the program: it names folders, servers and commands. It is logged, but
for the words of a model's server, which may repeat the question.
"""

import logging
from typing import Final

from lsqa.errors import (
    CalledOffError,
    CaseError,
    ClosedError,
    ConversionError,
    DocumentError,
    EmptyLibraryError,
    HomeError,
    IndexUnavailableError,
    LibraryError,
    LockedError,
    LsqaError,
    MalformedDraftError,
    ModelError,
    ModelTimeoutError,
    ModelUnavailableError,
    QuestionError,
    SettingsError,
    StaleIndexError,
    UnknownDocumentError,
    UsageError,
)
from lsqa.text import Language
from lsqa.ui.escaping import escaped
from lsqa.ui.texts import text

KEYS_OF: Final[dict[type[LsqaError], str]] = {
    LsqaError: "unexpected",
    UsageError: "error-question",
    SettingsError: "error-settings",
    QuestionError: "error-question",
    LibraryError: "error-library",
    HomeError: "error-library",
    ClosedError: "error-library",
    IndexUnavailableError: "error-index-away",
    LockedError: "error-locked",
    EmptyLibraryError: "error-no-documents",
    UnknownDocumentError: "page-gone",
    StaleIndexError: "error-stale",
    DocumentError: "error-document",
    CaseError: "error-run",
    ModelError: "error-model",
    ModelUnavailableError: "error-model",
    ModelTimeoutError: "error-model-slow",
    MalformedDraftError: "error-model-reply",
    CalledOffError: "stopped",
    ConversionError: "error-model",
}
"""The text that tells of each kind of error."""

_log = logging.getLogger(__name__)


NO_DATE: Final = "not-a-date"
NOTHING_IN_SCOPE: Final = "nothing-in-scope"
KEYS: Final = frozenset({*KEYS_OF.values(), NO_DATE, NOTHING_IN_SCOPE})
"""All that `problem_of` gives, and what tells of a date that is none, and of conditions that no document meets."""


def problem_of(error: LsqaError | None) -> str:
    """The key of what a reader is told of an error, or of a fault where there is none; its message goes to the log."""
    if error is None:
        return "unexpected"
    _log.warning("%s", error.for_log)
    return next(KEYS_OF[kind] for kind in type(error).__mro__ if kind in KEYS_OF)


def told(error: LsqaError | None, language: Language) -> str:
    """What a reader is told of it."""
    return text(problem_of(error), language)


def problem_html(error: LsqaError, language: Language) -> str:
    """The same as a note that is read out at once."""
    return f'<p class="note problem" role="alert">{escaped(told(error, language))}</p>'
