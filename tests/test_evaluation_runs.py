"""Runs: stored case by case, gone on with after a kill, compared pair by pair, shown on one page."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import PROJECT, Ingested, Invoke
from tests.test_evaluation_defects import new_run, setup

from lsqa.errors import CaseError
from lsqa.evaluation.cases import Case, Place, read_cases, write_cases
from lsqa.evaluation.comparison import compare_runs
from lsqa.evaluation.floors import Floor
from lsqa.evaluation.outcomes import FoundPage, Outcome
from lsqa.evaluation.report import report_page
from lsqa.evaluation.running import Pace, ask_all, finished
from lsqa.evaluation.runs import Run, RunFolder, read_run, stored_runs
from lsqa.evaluation.suites import Suite
from lsqa.text import Language

CASES = tuple(
    Case(id=f"c{n}", question=f"問{n}？", language="ja", kind="lookup", gold=(("甲",),), places=(Place(doc_id="d"),))
    for n in range(40)
)
SUITE = Suite("own", CASES)
GOOD = (FoundPage(doc_id="d", page=1, score=1.0),)


def no_text(doc_id: str, page: int) -> str:
    return ""


def answers(case: Case, *, right: bool = True, milliseconds: float = 10.0) -> Outcome:
    text = "甲である。" if right else "乙である。"
    return Outcome(case_id=case.id, status="answered", found=GOOD, text=text, milliseconds=milliseconds)


def stored(runs: Path, run_id: str, ask: Callable[[Case], Outcome], suite: Suite = SUITE) -> Run:
    folder = RunFolder.create(runs, new_run(suite, run_id))
    ask_all(folder, [ask])
    folder.finish(finished(folder.run, no_text, suite.measures))
    return folder.run


def test_a_run_is_read_as_it_was_stored(tmp_path: Path) -> None:
    run = stored(tmp_path, "20260101-a", answers)
    assert read_run("latest", tmp_path) == run
    assert read_run("20260101", tmp_path) == run
    assert read_run(tmp_path / "20260101-a" / "result.json", tmp_path) == run
    assert [path.name for path in stored_runs(tmp_path)] == ["20260101-a"]
    plain = json.loads((tmp_path / "20260101-a" / "result.json").read_text())
    assert plain["setup"].keys() >= {"settings", "models", "index", "commit", "versions", "seed"}
    assert plain["scores"]["c0"]["FactRecall"] == [1.0, ""]


@pytest.mark.parametrize(
    ("given", "reason"), [("none", "there is no run 'none'"), ("2026", "2 runs begin with '2026'")]
)
def test_a_run_that_is_not_one(tmp_path: Path, given: str, reason: str) -> None:
    stored(tmp_path, "2026-a", answers)
    stored(tmp_path, "2026-b", answers)
    with pytest.raises(CaseError, match=reason):
        read_run(given, tmp_path)


def test_an_interrupted_run_goes_on_with_what_is_missing(tmp_path: Path) -> None:
    asked: list[str] = []

    def ask(case: Case) -> Outcome:
        if len(asked) == 7:
            raise KeyboardInterrupt
        asked.append(case.id)
        return answers(case)

    with pytest.raises(KeyboardInterrupt):
        ask_all(RunFolder.create(tmp_path, new_run(SUITE)), [ask])
    with (tmp_path / "run" / "outcomes.jsonl").open("a") as stream:
        stream.write('{"case_id": "c39", "sta')  # what a kill cuts off
    again = RunFolder.resume(tmp_path, setup(SUITE))
    assert again is not None
    assert set(again.run.outcomes) == set(asked)
    asked.clear()
    asked.extend(["x"] * 8)
    ask_all(again, [ask])
    assert asked[8:] == [case.id for case in CASES[7:]]
    again.finish(finished(again.run, no_text, SUITE.measures))
    assert RunFolder.resume(tmp_path, setup(SUITE)) is None
    assert len(read_run("latest", tmp_path).outcomes) == len(CASES)


def test_a_run_of_another_setup_is_not_gone_on_with(tmp_path: Path) -> None:
    RunFolder.create(tmp_path, new_run(SUITE))
    assert RunFolder.resume(tmp_path, setup(SUITE).model_copy(update={"seed": 1})) is None
    assert RunFolder.resume(tmp_path, setup(Suite("own", CASES[1:]))) is None
    assert RunFolder.resume(tmp_path, setup(SUITE)) is not None


def test_several_are_asked_at_a_time_and_none_twice(tmp_path: Path) -> None:
    lock, together, most, asked = threading.Lock(), 0, 0, []
    first = threading.Barrier(4, timeout=60)  # the first four wait until all of them are there

    def ask(case: Case) -> Outcome:
        nonlocal together, most
        with lock:
            together += 1
            most = max(most, together)
            asked.append(case.id)
            is_early = len(asked) <= 4
        if is_early:
            first.wait()
        with lock:
            together -= 1
        return answers(case)

    ask_all(RunFolder.create(tmp_path, new_run(SUITE)), [ask] * 4)
    assert (most, sorted(asked)) == (4, sorted(case.id for case in CASES))


def test_a_rate_limit_holds_over_all_workers(tmp_path: Path) -> None:
    started = time.monotonic()
    ask_all(RunFolder.create(tmp_path, new_run(Suite("own", CASES[:11]))), [answers] * 4, pace=Pace(50))
    assert time.monotonic() - started >= 0.2


def test_a_run_compared_with_itself_differs_in_nothing(tmp_path: Path, invoke: Invoke) -> None:
    stored(tmp_path / "home" / "runs", "20260101-a", answers)
    done = invoke("eval", "compare", "20260101", "latest", "--fail-on-loss", "--home", tmp_path / "home", "--json")
    assert done.code == 0
    assert {m["better_by"] for m in done.json["measures"]} == {0.0}
    assert not any(m["won"] or m["lost"] or m["significant"] for m in done.json["measures"])


def test_a_real_loss_is_told_and_fails_and_a_real_gain_does_not(tmp_path: Path, invoke: Invoke) -> None:
    runs = tmp_path / "home" / "runs"
    stored(runs, "a-better", answers)
    stored(runs, "b-worse", lambda case: answers(case, right=int(case.id[1:]) % 3 != 0))
    worse = invoke("eval", "compare", "a-better", "b-worse", "--fail-on-loss", "--home", tmp_path / "home")
    assert worse.code == 1
    assert re.search(r"▼ FactRecall .*won 0, lost 14", worse.out)
    assert "lost in FactRecall: c0, c3, c6" in worse.out
    assert "worse, beyond chance" in worse.complaint
    assert invoke("eval", "compare", "a-better", "b-worse", "--home", tmp_path / "home").code == 0
    assert invoke("eval", "compare", "b-worse", "a-better", "--fail-on-loss", "--home", tmp_path / "home").code == 0


def test_one_lost_case_of_forty_may_be_chance_and_slowness_fails_nothing(tmp_path: Path) -> None:
    old = stored(tmp_path, "old", answers)
    one = stored(tmp_path, "one", lambda case: answers(case, right=case.id != "c5"))
    slow = stored(tmp_path, "slow", lambda case: answers(case, milliseconds=500.0))
    found = {str(d.measure): d for d in compare_runs(old, one).differences}
    assert found["FactRecall"].lost == ("c5",)
    assert not compare_runs(old, one).has_loss
    latency = next(d for d in compare_runs(old, slow).differences if d.measure.name == "Latency")
    assert latency.is_significant
    assert not compare_runs(old, slow).has_loss


def test_runs_that_cannot_be_compared(tmp_path: Path) -> None:
    old = stored(tmp_path, "old", answers)
    other = Suite("own", tuple(case.model_copy(update={"id": "x" + case.id}) for case in CASES))
    changed = Suite("own", (CASES[0].model_copy(update={"question": "別の問い？"}), *CASES[1:]))
    with pytest.raises(CaseError, match="share no case"):
        compare_runs(old, stored(tmp_path, "other", answers, other))
    with pytest.raises(CaseError, match="another question now"):
        compare_runs(old, stored(tmp_path, "changed", answers, changed))
    fewer = compare_runs(old, stored(tmp_path, "fewer", answers, Suite("own", CASES[:10])))
    assert (fewer.cases, fewer.only_first, fewer.only_second) == (10, 30, 0)


def test_the_page_needs_no_network_and_runs_nothing_it_was_given(tmp_path: Path) -> None:
    attack = '<script>alert("x")</script><img src="https://example.org/x.png">'
    case = CASES[0].model_copy(update={"question": attack, "reference": attack})
    suite = Suite("own", (case, *CASES[1:]))

    def ask(asked: Case) -> Outcome:
        return answers(asked, right=False).model_copy(update={"text": attack, "evidence": (attack,)})

    page = report_page(stored(tmp_path, "run", ask, suite))
    assert "<script" not in page
    assert not re.search(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", page)
    assert "&lt;script&gt;" in page
    assert page.count("<svg") >= 3
    assert re.findall(r"url\((?!#)", page) == []


_ENGLISH_WORDS = re.compile(r"[A-Za-z]{2,} [a-z]{2,}")
_JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


def test_the_page_is_said_in_one_language(tmp_path: Path) -> None:
    """All but what was asked and answered, and the names of settings and packages."""
    question = CASES[0].model_copy(update={"question": "?", "reference": "", "gold": (("1",),)})
    suite = Suite("own", tuple(question.model_copy(update={"id": f"m{n}"}) for n in range(8)))

    def ask(asked: Case) -> Outcome:
        if asked.id == "m0":
            return Outcome(case_id=asked.id, status="failed", error="-")
        return answers(asked, right=asked.id > "m4").model_copy(update={"text": "-", "evidence": ("-",)})

    run = stored(tmp_path, "run", ask, suite)
    foreign: tuple[tuple[Language, re.Pattern[str]], ...] = (("ja", _ENGLISH_WORDS), ("en", _JAPANESE))
    for language, other in foreign:
        page = report_page(run, (Floor.parse("FactRecall=0.999"),), language)
        head, settings = page.split("<h2>")[0], page.split("<h2>")[-1]
        said = page.replace(head, "").replace(settings, "")
        words = re.sub(r"<!--.*?-->|<style.*?</style>|<metadata.*?</metadata>|<[^>]*>", "\n", said, flags=re.S)
        assert [line for line in words.split("\n") if other.search(line)] == []
        assert f'<html lang="{language}">' in page
        assert not other.search(re.sub(r"<[^>]*>", "\n", head.split("<body>")[1]))
    assert "事実の再現率（FactRecall）" in report_page(run, (), "ja")


def test_the_page_of_a_large_run_stays_small_and_says_what_it_leaves_out(tmp_path: Path) -> None:
    many = Suite("own", tuple(CASES[0].model_copy(update={"id": f"m{n}"}) for n in range(1_500)))
    folder = RunFolder.create(tmp_path, new_run(many))
    long = "長い答え。" * 2_000
    folder.run.outcomes.update(
        {
            c.id: answers(c, right=False).model_copy(update={"text": long, "evidence": (long, long, long)})
            for c in many.cases
        }
    )
    page = report_page(finished(folder.run, no_text, many.measures))
    assert len(page.encode()) <= 2_000_000
    assert "more in result.json" in page


@pytest.mark.skipif(sys.platform == "win32", reason="kills a process")
def test_a_killed_evaluation_asks_only_what_is_missing(
    corpus_library: Ingested, own_home: Path, tmp_path: Path
) -> None:
    write_cases(read_cases(PROJECT / "evals" / "briefing.jsonl")[:40], tmp_path / "own.jsonl")
    clean = {k: v for k, v in os.environ.items() if not k.startswith("LSQA_")}
    command = [sys.executable, "-m", "lsqa", "eval", str(tmp_path / "own.jsonl"), "--home", str(own_home), "--json"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=clean, cwd=tmp_path) as victim:
        end = time.monotonic() + 120
        while _lines(own_home) < 2:  # early: however late this process gets its turn, some are left
            assert time.monotonic() < end
            time.sleep(0.02)
        victim.send_signal(signal.SIGKILL)
    kept = _lines(own_home)
    assert kept < 40
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=clean, cwd=tmp_path)
    (summary,) = json.loads(done.stdout)["runs"]
    (folder,) = (own_home / "runs").iterdir()
    assert summary["run_id"] == folder.name
    assert _lines(own_home) in (40, 41)  # a line that was cut off may stand beside its second writing
    run = read_run("latest", own_home / "runs")
    assert set(run.outcomes) == {case.id for case in run.cases}


def _lines(home: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in home.glob("runs/*/outcomes.jsonl"))


def test_retrieval_alone_over_the_corpus_reaches_its_floors(
    corpus_library: Ingested, invoke: Invoke, own_home: Path
) -> None:
    """What continuous integration holds to: below these, retrieval has become worse."""
    suite = PROJECT / "evals" / "briefing.jsonl"
    floors = ["--floor", "R@5=0.93", "--floor", "Success@1=0.6", "--floor", "nDCG@10=0.8"]
    done = invoke("eval", suite, "--retrieval", *floors, "--home", own_home, "--json")
    assert (done.code, done.json["runs"][0]["complaints"]) == (0, [])
    higher = invoke("eval", suite, "--retrieval", "--floor", "R@5=1.01", "--home", own_home)
    assert higher.code == 1
    assert "not fine: R@5=1.01 was not reached" in higher.out
    assert [row["suite"] for row in invoke("eval", "runs", "--home", own_home, "--json").json["runs"]] == [
        "briefing"
    ] * 2
    assert invoke("eval", "report", "--home", own_home).out.strip().endswith("report.html")


@pytest.mark.parametrize(
    ("suite", "floors"),
    [
        ("arithmetic", ("FactRecall=0.97", "RefusalRecall=1", "NumberErrors=0", "FalseRefusals=0.03")),
        ("conversation", ("FactRecall=0.89", "RefusalRecall=0.75", "NumberErrors=0", "FalseRefusals=0")),
    ],
)
def test_calculations_and_follow_ups_reach_what_they_have_reached(
    corpus_library: Ingested, invoke: Invoke, own_home: Path, suite: str, floors: tuple[str, ...]
) -> None:
    cases = PROJECT / "evals" / f"{suite}.jsonl"
    options = [word for floor in floors for word in ("--floor", floor)]
    done = invoke("eval", cases, *options, "--home", own_home, "--json")
    assert (done.code, done.json["runs"][0]["complaints"]) == (0, [])
