"""Whether questions can be answered, found out by searching and remembered for a while: probes come often."""

import asyncio
import time
from typing import Final

from lsqa.api.service import Service
from lsqa.errors import EmptyLibraryError

_KEPT_SECONDS: Final = 5.0
_SECONDS: Final = 10.0  # that a probe waits
_SEARCHED: Final = "lsqa"


class NotReadyError(Exception):
    """A search did not end."""


class Readiness:
    """Of one server, whose event loop asks. Any number of probes together make one search, in one thread."""

    def __init__(self, service: Service, kept_seconds: float = _KEPT_SECONDS, seconds: float = _SECONDS) -> None:
        self._service = service
        self._kept_seconds = kept_seconds
        self._seconds = seconds
        self._trial: asyncio.Task[int] | None = None
        self._holds_until = 0.0

    async def documents(self) -> int:
        """The number of documents, where a search among them has just been carried out.

        Raises what the search raised; `NotReadyError` where it does not end.
        """
        if self._trial is None or (self._trial.done() and time.monotonic() >= self._holds_until):
            self._trial = asyncio.create_task(asyncio.to_thread(self._search))
            self._trial.add_done_callback(self._keep)
        try:
            return await asyncio.wait_for(asyncio.shield(self._trial), self._seconds)
        except TimeoutError:
            raise NotReadyError(f"a search has not ended in {self._seconds:g} s") from None

    def _search(self) -> int:
        assistant = self._service.assistant()
        assistant.retrieve(_SEARCHED, 1)
        return assistant.library.catalogue.document_count

    def _keep(self, trial: asyncio.Task[int]) -> None:
        # That there is nothing yet costs nothing to find, and is over with the first document.
        is_kept = not trial.cancelled() and not isinstance(trial.exception(), EmptyLibraryError)
        self._holds_until = time.monotonic() + (self._kept_seconds if is_kept else 0.0)
