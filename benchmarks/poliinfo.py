"""Measures `lsqa check` by rules on claims about answers in an assembly, true and false: the whole confusion table.

    python benchmarks/poliinfo.py [FOLDER]

FOLDER holds `train.json` of NTCIR-16 PoliInfo-4's answer verification, and `train-fakes.json`, claims that players of a
game made to deceive, all of them false; where the first is absent the measurement is left out.
Nothing is fitted here, so nothing is divided into folds; the thresholds of `lsqa.checking.judging` were chosen by hand
on these claims, so the figures flatter them somewhat.

The labels say whether a claim is a right summary, not whether the answer says it: so beside the table stands how many
of the false claims that are supported say, nearly letter for letter, what a true claim says of the same answer.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lsqa.checking import Passage, judge
from lsqa.checking.judging import Verdict

FOLDER: Final = Path(__file__).resolve().parent.parent.parent / "shared/data/poliinfo4-av"
VERDICTS: Final[tuple[Verdict, ...]] = ("supported", "contradicted", "not_found")


_TWIN: Final = 0.9  # of the pairs of neighbouring characters
_NOTATION: Final = re.compile(r"[、。\s]|など|等")


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim about `answer` with its label and the verdict."""

    claim: str
    answer: str
    is_true: bool
    verdict: Verdict


def judged(path: Path) -> tuple[Judged, ...]:
    """The claims of `path` with their verdicts; claims without words are left out."""
    rows = [row for row in json.loads(path.read_text(encoding="utf-8")) if row["AnswerSummary"].strip()]
    return tuple(
        Judged(
            row["AnswerSummary"],
            row["AnswerOriginal"],
            bool(row["PredictedClass"]),
            judge(row["AnswerSummary"], [Passage((row["AnswerOriginal"],), published=row["Date"])]).verdict,
        )
        for row in rows
    )


def twins(claims: Sequence[Judged]) -> int:
    """How many of the false claims that are supported say the same as a true one about their answer."""
    true: dict[str, list[set[str]]] = {}
    for claim in claims:
        if claim.is_true:
            true.setdefault(claim.answer, []).append(_pairs(claim.claim))
    wrong = [c for c in claims if not c.is_true and c.verdict == "supported"]
    return sum(
        any(len(mine & other) >= _TWIN * len(mine) for other in true.get(c.answer, ()))
        for c in wrong
        if (mine := _pairs(c.claim))
    )


def _pairs(claim: str) -> set[str]:
    text = _NOTATION.sub("", claim)
    return {text[i : i + 2] for i in range(len(text) - 1)}


def report(claims: Sequence[Judged]) -> None:
    """Print the table, and what follows from it with `supported` as the verdict that says true."""
    counts = Counter((c.is_true, c.verdict) for c in claims)
    print(f"{'claim':<8}" + "".join(f"{verdict:>14}" for verdict in VERDICTS))
    for is_true in (True, False):
        print(f"{'true' if is_true else 'false':<8}" + "".join(f"{counts[is_true, v]:>14}" for v in VERDICTS))
    right, wrong = counts[True, "supported"], counts[False, "supported"]
    true, total = sum(counts[True, v] for v in VERDICTS), counts.total()
    majority = max(true, total - true)
    print(f"accuracy {(right + total - true - wrong) / total:.3f} (the larger class alone: {majority / total:.3f})")
    print(f"precision of supported {right / max(right + wrong, 1):.3f}, recall {right / max(true, 1):.3f}, n {total}")
    print(f"of the {wrong} false and supported, {twins(claims)} say what a claim labelled true says of the same answer")


def main() -> None:
    path = (Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER) / "train.json"
    if not path.is_file():
        print(f"left out: there is no {path.name} of PoliInfo-4 in {path.parent}")
        return
    report(judged(path))
    fakes = path.with_name("train-fakes.json")
    if fakes.is_file():
        counts = Counter(c.verdict for c in judged(fakes))
        print(f"made to deceive: {counts['supported']} of {counts.total()} supported")


if __name__ == "__main__":
    main()
