"""The figures of the corpus: every altered one is rejected, one only written otherwise is nearly always accepted."""

from collections import Counter
from collections.abc import Sequence

import pytest
from tests.altered_figures import Case, altered, of_another_row, reworded

from lsqa.citations import check

SEEDS = (1, 2, 3)


def accepted(cases: Sequence[Case]) -> list[Case]:
    return [c for c in cases if check([c.claim], [c.evidence])[0].verdict == "supported"]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_altered_figure_is_rejected(seed: int) -> None:
    cases = altered(300, seed)
    assert len(cases) == 300
    assert min(Counter(c.change for c in cases)[way] for way in ("digit", "unit", "year", "programme")) >= 40
    assert [(c.change, c.claim.text) for c in accepted(cases)] == []


def test_every_figure_of_another_row_is_rejected() -> None:
    cases = of_another_row(300, 1)
    assert len(cases) == 300
    assert [c.claim.text for c in accepted(cases)] == []


@pytest.mark.parametrize("seed", SEEDS)
def test_figures_in_another_notation_are_accepted(seed: int) -> None:
    cases = reworded(300, seed)
    assert len(cases) == 300
    assert len(accepted(cases)) >= 0.98 * 300
