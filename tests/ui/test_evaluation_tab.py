"""Stored runs on the page: shown in a frame that may do nothing, and held against each other."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import Invoke

from lsqa.evaluation.runs import stored_runs
from lsqa.settings import load_settings
from lsqa.ui.desk import Desk
from lsqa.ui.evaluation_tab import EvaluationTab
from lsqa.ui.parts import Parts

CASES = (
    {"id": "a", "question": "B-cureの令和7年度予算額は？", "language": "ja", "kind": "number", "gold": [["43億円"]]},
    {"id": "b", "question": "<script>x</script>の予算は？", "language": "ja", "kind": "number", "gold": [["9億円"]]},
)


@pytest.fixture
def tab(own_home: Path, invoke: Invoke, tmp_path: Path) -> Iterator[EvaluationTab]:
    cases = tmp_path / "cases.jsonl"
    cases.write_text("\n".join(json.dumps(case, ensure_ascii=False) for case in CASES), encoding="utf-8")
    for _ in range(2):
        invoke("eval", str(cases), "--home", own_home)
    desk = Desk(load_settings(home=str(own_home))[0])
    yield EvaluationTab(Parts(desk))
    desk.close()


def test_runs_are_shown_and_compared(tab: EvaluationTab, own_home: Path) -> None:
    names = [folder.name for folder in stored_runs(own_home / "runs")]
    assert len(names) == 2
    page = tab._show(names[0], {"language": "ja"})
    assert page.startswith('<iframe class="report" sandbox="" ')
    assert "<script" not in page
    assert "FactRecall" in page
    compared = tab._compare(names[1], names[0], {"language": "en"})
    assert "FactRecall" in compared
    assert "+0.000" in compared


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", None, "latest", ""])
def test_a_run_that_is_not_listed_is_no_path(own_home: Path, clean_settings: Path, name: str | None) -> None:
    desk = Desk(load_settings(home=str(own_home))[0])
    assert 'role="alert"' in EvaluationTab(Parts(desk))._show(name, {})
    desk.close()
