"""It must be able to fail: a planted defect moves the measure named for it, and no report calls such a run fine."""

import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.conftest import PROJECT, Ingested

from lsqa.assistant import Assistant
from lsqa.evaluation.asking import answering, page_texts
from lsqa.evaluation.cases import Case, read_cases
from lsqa.evaluation.facts import PageText
from lsqa.evaluation.floors import Floor, complaints
from lsqa.evaluation.measures import Measure
from lsqa.evaluation.outcomes import Outcome
from lsqa.evaluation.report import report_page
from lsqa.evaluation.running import ask_all, finished
from lsqa.evaluation.runs import Run, RunFolder, RunSetup, cases_sha256
from lsqa.evaluation.suites import Suite

Defect = Callable[[Case, Outcome], Outcome]
EVERY = 5  # of the shipped suite's cases, so that this takes seconds
FLOORS = (Floor.parse("nDCG@10=0.6"), Floor.parse("R@5=0.85"))


@pytest.fixture(scope="module")
def suite() -> Suite:
    cases = read_cases(PROJECT / "evals" / "briefing.jsonl")
    return Suite("briefing", cases[::EVERY])


@pytest.fixture(scope="module")
def assistant(corpus_library: Ingested) -> Iterator[Assistant]:
    with Assistant.open(home=str(corpus_library.home)) as assistant:
        yield assistant


def setup(suite: Suite) -> RunSetup:
    return RunSetup(
        suite=suite.name, mode=suite.mode, cases_sha256=cases_sha256(suite.cases), settings={}, models={}, index={},
        commit="", versions={}, seed=0, passages=50,
    )  # fmt: skip


def new_run(suite: Suite, run_id: str = "run") -> Run:
    return Run(run_id=run_id, started="2026-01-01T00:00:00+00:00", setup=setup(suite), cases=suite.cases, outcomes={})


@pytest.fixture(scope="module")
def sound(suite: Suite, assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A real run of lsqa as it is."""
    folder = RunFolder.create(tmp_path_factory.mktemp("runs"), new_run(suite))
    ask_all(folder, [answering(assistant)])
    return finished(folder.run, page_texts(assistant), suite.measures)


@pytest.fixture(scope="module")
def page_text(assistant: Assistant) -> PageText:
    return page_texts(assistant)


def with_defect(sound: Run, suite: Suite, page_text: PageText, defect: Defect) -> Run:
    outcomes = {case.id: defect(case, sound.outcomes[case.id]) for case in sound.cases}
    return finished(sound.model_copy(update={"outcomes": outcomes}), page_text, suite.measures)


def total(run: Run, name: str) -> float:
    measure = Measure.parse(name)
    return measure.total(run.values(measure))


def _shuffled(case: Case, outcome: Outcome) -> Outcome:
    pages = list(outcome.found)
    random.Random(case.id).shuffle(pages)
    return outcome.model_copy(update={"found": tuple(pages)})


def _shifted(case: Case, outcome: Outcome) -> Outcome:
    claims = tuple(
        claim.model_copy(
            update={"citations": tuple(c.model_copy(update={"page": c.page + 1}) for c in claim.citations)}
        )
        for claim in outcome.claims
    )
    return outcome.model_copy(update={"claims": claims})


def _digits_altered(case: Case, outcome: Outcome) -> Outcome:
    def alter(text: str) -> str:  # 3 becomes 4; labels stay
        return re.sub(r"(?<!\[)\d(?!\])", lambda digit: str((int(digit[0]) + 1) % 10), text)

    if outcome.status == "refused":
        return outcome
    claims = tuple(claim.model_copy(update={"text": alter(claim.text)}) for claim in outcome.claims)
    return outcome.model_copy(update={"claims": claims, "text": alter(outcome.text)})


def _never_refuses(case: Case, outcome: Outcome) -> Outcome:
    return outcome.model_copy(update={"status": "answered"}) if outcome.status == "refused" else outcome


def _always_refuses(case: Case, outcome: Outcome) -> Outcome:
    return outcome.model_copy(update={"status": "refused", "claims": (), "text": "資料からは答えられません。"})


def _crashes(case: Case, outcome: Outcome) -> Outcome:
    return Outcome.failed(case.id, ValueError("planted")) if int(case.id[1:]) % 10 == 1 else outcome


DEFECTS: dict[str, tuple[Defect, tuple[str, ...], str]] = {
    "retrieval shuffled": (_shuffled, ("nDCG@10", "MRR", "R@5"), "was not reached"),
    "citations shifted by one slide": (_shifted, ("QuoteFound", "CitationRecall", "CitationPrecision"), "do not stand"),
    "digits altered": (_digits_altered, ("NumberErrors", "FactRecall"), "figures that nothing cited proves"),
    "refusal switched off": (_never_refuses, ("RefusalRecall",), "nothing was refused"),
    "refusal always on": (_always_refuses, ("FalseRefusals", "FactRecall"), "everything was refused"),
    "a crash in one case of ten": (_crashes, ("Errors", "FactRecall"), "cases failed, the first is"),
}


def test_a_sound_run_is_called_fine(sound: Run) -> None:
    assert complaints(sound, FLOORS) == ()
    assert "Not fine" not in report_page(sound, FLOORS)
    assert total(sound, "QuoteFound") == total(sound, "CitationRecall") == 1
    assert total(sound, "NumberErrors") == 0


@pytest.mark.parametrize("name", list(DEFECTS))
def test_a_planted_defect_moves_its_measures_and_is_told(
    sound: Run, suite: Suite, page_text: PageText, name: str
) -> None:
    defect, moved, complaint = DEFECTS[name]
    run = with_defect(sound, suite, page_text, defect)
    for measure in map(Measure.parse, moved):
        assert measure.better_by(total(run, str(measure)), total(sound, str(measure))) < -0.04, measure
    assert any(complaint in text for text in complaints(run, FLOORS))
    assert "Not fine" in report_page(run, FLOORS)


def test_every_case_of_a_run_has_every_measure(sound: Run, suite: Suite, page_text: PageText) -> None:
    for run in (sound, with_defect(sound, suite, page_text, _crashes)):
        assert set(run.scores) == {case.id for case in suite.cases}
        assert {tuple(of_case) for of_case in run.scores.values()} == {tuple(map(str, suite.measures))}
        assert all(reason for of_case in run.scores.values() for value, reason in of_case.values() if value is None)


def test_a_case_that_was_never_asked_is_one_that_failed(sound: Run, suite: Suite, page_text: PageText) -> None:
    some = dict(list(sound.outcomes.items())[3:])
    run = finished(sound.model_copy(update={"outcomes": some}), page_text, suite.measures)
    assert total(run, "Errors") == pytest.approx(3 / len(suite.cases))
    assert any("cases failed" in text for text in complaints(run))


def test_an_asker_that_raises_is_a_failed_case_and_the_rest_go_on(suite: Suite, tmp_path: Path) -> None:
    def ask(case: Case) -> Outcome:
        if case.id == suite.cases[1].id:
            raise RuntimeError("planted\nin two lines")
        return Outcome(case_id=case.id, status="refused", text="x")

    folder = RunFolder.create(tmp_path, new_run(suite))
    ask_all(folder, [ask])
    assert len(folder.run.outcomes) == len(suite.cases)
    assert folder.run.outcomes[suite.cases[1].id].error == "RuntimeError: planted in two lines"


def test_a_floor_holds_in_the_direction_of_its_measure(sound: Run) -> None:
    assert Floor.parse("FalseRefusals=1").is_reached(sound)
    assert not Floor.parse("FalseRefusals=1").is_reached(sound.with_scores({}, ""))  # it applied to no case
    assert not Floor.parse("R@5=1.01").is_reached(sound)
