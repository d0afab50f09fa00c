"""Asks every case of a suite, keeps what becomes of each, and scores the whole."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime

from lsqa.evaluation.cases import Case
from lsqa.evaluation.facts import PageText, answer_scores
from lsqa.evaluation.measures import Measure
from lsqa.evaluation.outcomes import Outcome
from lsqa.evaluation.ranking import ranking_scores
from lsqa.evaluation.runs import Run, RunFolder
from lsqa.evaluation.scores import Scores

Asker = Callable[[Case], Outcome]
"""Asks one case. What it raises becomes a failed outcome."""


class Pace:
    """At most `per_second` beginnings a second, over all threads; 0 for no limit."""

    def __init__(self, per_second: float) -> None:
        self._gap = 1.0 / per_second if per_second > 0 else 0.0
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Return when the next one may begin."""
        with self._lock:
            now = time.monotonic()
            begins = max(now, self._next)
            self._next = begins + self._gap
        time.sleep(begins - now)


def ask_all(
    folder: RunFolder,
    askers: Sequence[Asker],
    *,
    pace: Pace | None = None,
    progress: Callable[[int, int, Case], None] | None = None,
) -> None:
    """Ask the cases of `folder`'s run that have no outcome yet; each of `askers` asks one at a time.

    `progress` hears how many are done, of how many, and which was the last. An interruption keeps what was finished.
    """
    left = [case for case in folder.run.cases if case.id not in folder.run.outcomes]
    total = len(folder.run.cases)
    with ThreadPoolExecutor(len(askers)) as pool:
        free = list(askers)
        busy: dict[Future[Outcome], tuple[Case, Asker]] = {}
        try:
            while left or busy:
                while left and free:
                    case, asker = left.pop(0), free.pop()
                    busy[pool.submit(_ask, asker, case, pace)] = case, asker
                for done in wait(busy, return_when=FIRST_COMPLETED).done:
                    case, asker = busy.pop(done)
                    free.append(asker)
                    folder.keep(done.result())
                    if progress:
                        progress(len(folder.run.outcomes), total, case)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _ask(asker: Asker, case: Case, pace: Pace | None) -> Outcome:
    if pace:
        pace.wait()
    started = time.perf_counter()
    try:
        outcome = asker(case)
    except Exception as error:  # noqa: BLE001
        # Whatever goes wrong with one case is a result of the evaluation: it is scored and told, and the rest go on.
        return Outcome.failed(case.id, error)
    if outcome.milliseconds:
        return outcome
    return outcome.model_copy(update={"milliseconds": 1e3 * (time.perf_counter() - started)})


def score_all(run: Run, page_text: PageText, measures: Sequence[Measure]) -> dict[str, Scores]:
    """Every measure of every case. A case without an outcome is one that failed."""
    missing = {c.id: Outcome(case_id=c.id, status="failed", error="it was not asked") for c in run.cases}
    outcomes = {**missing, **run.outcomes}
    ranked = ranking_scores(run.cases, outcomes, [m for m in measures if m.family == "ranking"])
    others = [m for m in measures if m.family != "ranking"]
    scores: dict[str, Scores] = {}
    for case in run.cases:
        both = ranked[case.id] | answer_scores(case, outcomes[case.id], page_text, others)
        scores[case.id] = {measure: both[measure] for measure in measures}
    return scores


def finished(run: Run, page_text: PageText, measures: Sequence[Measure]) -> Run:
    """The run with all its scores."""
    return run.with_scores(score_all(run, page_text, measures), datetime.now(UTC).isoformat(timespec="seconds"))
