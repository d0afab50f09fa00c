"""What a run has to reach, and whether it may be called fine at all."""

from dataclasses import dataclass

from lsqa.errors import UsageError
from lsqa.evaluation.measures import Measure
from lsqa.evaluation.report_words import say
from lsqa.evaluation.runs import Run
from lsqa.text import Language


@dataclass(frozen=True, slots=True)
class Floor:
    """The least value of a measure; where less is better, the most.

    >>> str(Floor.parse("R@5=0.9"))
    'R@5=0.9'
    """

    measure: Measure
    bound: float

    @classmethod
    def parse(cls, text: str) -> "Floor":
        """Raises `UsageError` for what is no `MEASURE=NUMBER`."""
        name, _, number = text.partition("=")
        try:
            return cls(Measure.parse(name), float(number))
        except ValueError as error:
            raise UsageError(f"{text!r} is no floor", hint="write MEASURE=NUMBER, for example R@5=0.9") from error

    def __str__(self) -> str:
        return f"{self.measure}={self.bound:g}"

    def is_reached(self, run: Run) -> bool:
        """A measure that applied to no case reaches no floor."""
        values = run.values(self.measure) if self.measure in run.measures else []
        return bool(values) and self.measure.better_by(self.measure.total(values), self.bound) >= 0


def complaints(run: Run, floors: tuple[Floor, ...] = (), language: Language = "en") -> tuple[str, ...]:
    """What keeps a run from being fine, a sentence each: cases that failed, quotes that do not stand in their source,
    figures that nothing cited proves, refusal that is off or always on, floors that were not reached."""
    missed = (say("floor", language, floor=floor) for floor in floors if not floor.is_reached(run))
    return (*_defects(run, language), *missed)


def _defects(run: Run, language: Language) -> tuple[str, ...]:
    found = []
    failed = [i for i, outcome in run.outcomes.items() if outcome.error]
    missing = [case.id for case in run.cases if case.id not in run.outcomes]
    if failed or missing:
        wrong, first = len(failed) + len(missing), (failed + missing)[0]
        found.append(say("some-failed", language, wrong=wrong, all=len(run.cases), first=first))
    for name, key in (("QuoteFound", "quotes-wrong"), ("CitationRecall", "claims-wrong")):
        ids = [case.id for case in run.cases if (value := _value(run, name, case.id)) is not None and value < 1]
        if ids:
            found.append(say(key, language, n=len(ids), first=ids[0]))
    ids = [case.id for case in run.cases if (_value(run, "NumberErrors", case.id) or 0) > 0]
    if ids:
        found.append(say("figures-wrong", language, n=len(ids), first=ids[0]))
    return (*found, *_refusal_defects(run, language))


def _refusal_defects(run: Run, language: Language) -> tuple[str, ...]:
    asked = {o.case_id: o.status for o in run.outcomes.values() if o.status in ("answered", "partial", "refused")}
    to_refuse = [case.id for case in run.cases if not case.is_answerable and case.id in asked]
    answerable = [case.id for case in run.cases if case.is_answerable and case.id in asked]
    if to_refuse and not any(asked[i] == "refused" for i in to_refuse):
        return (say("nothing-refused", language),)
    if answerable and all(asked[i] == "refused" for i in answerable):
        return (say("all-refused", language),)
    return ()


def _value(run: Run, name: str, case_id: str) -> float | None:
    measure = Measure(name)
    return run.score(case_id, measure).value if measure in run.measures else None
