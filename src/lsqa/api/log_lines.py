"""The log of a server: each line an object of JSON, with the id of the request that it belongs to.

Of an exception it tells the kind and the frames, not the words: they may quote what was asked or read.
"""

import json
import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final

request_id_of_task: ContextVar[str] = ContextVar("request_id_of_task", default="")
"""The id of the request that is being answered; empty outside of any. Threads that answer have it too."""

ACCESS: Final = "lsqa.access"
_LONGEST_CHAIN: Final = 8


class JsonLines(logging.Formatter):
    """`time` (ISO 8601, UTC), `level`, `logger`, `message`; `id`, `exception` and the members of `extra={"fields": …}`
    where there are any."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line: dict[str, Any] = {
            "time": at,
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := request_id_of_task.get():
            line["id"] = request_id
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = _chain(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def log_in_lines() -> None:
    """Let everything that is logged in this process come as such lines on stderr, with one for each request."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.ERROR, handlers=[handler], force=True)
    logging.getLogger("lsqa").setLevel(logging.WARNING)
    logging.getLogger(ACCESS).setLevel(logging.INFO)


def _chain(error: BaseException) -> list[dict[str, Any]]:
    """An exception, then what it came from."""
    told: list[dict[str, Any]] = []
    behind: BaseException | None = error
    while behind is not None and len(told) < _LONGEST_CHAIN:
        told.append({"type": type(behind).__name__, "frames": _frames(behind.__traceback__)})
        behind = behind.__cause__ or (None if behind.__suppress_context__ else behind.__context__)
    return told


def _frames(raised: TracebackType | None) -> list[str]:
    """Where it was raised, outermost first, as `file:line function`."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(raised)]
