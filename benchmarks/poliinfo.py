"""Measures `lsqa check` by rules on claims about answers in an assembly, true and false: the whole confusion table.

    python benchmarks/poliinfo.py [FOLDER]

FOLDER holds `train.json` of NTCIR-16 PoliInfo-4's answer verification; where it is absent the measurement is left out.
Nothing is fitted here, so nothing is divided into folds; the thresholds of `lsqa.checking.judging` were chosen by hand
on these claims, so the figures flatter them somewhat.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Final

from lsqa.checking import Passage, judge
from lsqa.checking.judging import Verdict

FOLDER: Final = Path(__file__).resolve().parent.parent.parent / "shared/data/poliinfo4-av"
VERDICTS: Final[tuple[Verdict, ...]] = ("supported", "contradicted", "not_found")


def judged(path: Path) -> Counter[tuple[bool, Verdict]]:
    """How often a claim that is true, or not, got each verdict; claims without words are left out."""
    rows = [row for row in json.loads(path.read_text(encoding="utf-8")) if row["AnswerSummary"].strip()]
    return Counter(
        (
            bool(row["PredictedClass"]),
            judge(row["AnswerSummary"], [Passage((row["AnswerOriginal"],), published=row["Date"])]).verdict,
        )
        for row in rows
    )


def report(counts: Counter[tuple[bool, Verdict]]) -> None:
    """Print the table, and what follows from it with `supported` as the verdict that says true."""
    print(f"{'claim':<8}" + "".join(f"{verdict:>14}" for verdict in VERDICTS))
    for is_true in (True, False):
        print(f"{'true' if is_true else 'false':<8}" + "".join(f"{counts[is_true, v]:>14}" for v in VERDICTS))
    right, wrong = counts[True, "supported"], counts[False, "supported"]
    true, total = sum(counts[True, v] for v in VERDICTS), counts.total()
    majority = max(true, total - true)
    print(f"accuracy {(right + total - true - wrong) / total:.3f} (the larger class alone: {majority / total:.3f})")
    print(f"precision of supported {right / max(right + wrong, 1):.3f}, recall {right / max(true, 1):.3f}, n {total}")


def main() -> None:
    path = (Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER) / "train.json"
    if not path.is_file():
        print(f"left out: there is no {path.name} of PoliInfo-4 in {path.parent}")
        return
    report(judged(path))


if __name__ == "__main__":
    main()
