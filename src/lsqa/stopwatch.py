"""Times of the stages of an answer."""

from collections.abc import Callable
from time import perf_counter
from typing import TypeVar

from lsqa.tracing import span

Result = TypeVar("Result")


class Stopwatch:
    """Runs stages and remembers how long each took; made at the start of what is timed. `on_stage` hears of each as it
    begins; each is a span of the trace, where there is one."""

    def __init__(self, on_stage: Callable[[str], None] | None = None) -> None:
        self._on_stage = on_stage
        self._started = perf_counter()
        self._stages: dict[str, float] = {}

    def time(self, stage: str, run: Callable[[], Result]) -> Result:
        """The result of `run`, its time added to that of `stage`."""
        if self._on_stage is not None:
            self._on_stage(stage)
        started = perf_counter()
        with span(stage):
            result = run()
        self._stages[stage] = self._stages.get(stage, 0.0) + perf_counter() - started
        return result

    def milliseconds(self) -> dict[str, float]:
        """Every stage and the `total` so far, in milliseconds."""
        times = {**self._stages, "total": perf_counter() - self._started}
        return {stage: round(1000 * seconds, 2) for stage, seconds in times.items()}
