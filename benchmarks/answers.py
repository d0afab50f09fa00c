"""Measures the answers without a language model on another edition of the briefing: the suites of evals/ against a
library that holds one document. `lsqa eval` measures them on the corpus.

    python benchmarks/answers.py [--document FILE] [--failures] [SUITE.jsonl …]

With a folder in the place of FILE all its documents are asked, and all cases of the suites.

A line of a suite is a case: `question`, `kind`, `language`, and for a question that has an answer `gold`, groups of
spellings. Such a case is right when each group has a spelling that stands in the answer's text; a case of the kinds
`unanswerable` and `false premise` when it is refused. Text and gold are compared in NFKC, without white space and
`*`. Every quote in every text is looked up in the document's stored pages, without the code that made it; one that is
not there is an error, and the exit code is 1.
"""

import argparse
import json
import re
import sys
import tempfile
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lsqa import Answer, Assistant
from lsqa.ingest import ingest
from lsqa.library import WritableLibrary
from lsqa.models import embedder_fingerprint, open_embedder
from lsqa.settings import load_settings

ROOT: Final = Path(__file__).resolve().parent.parent
BRIEFING: Final = "mext-life-science-2025"
TO_REFUSE: Final = frozenset({"unanswerable", "false premise"})
# Cells of a row are shown with bars between them, tabs in the page.
_UNSEEN: Final = re.compile(r"[\s*|]+")
_QUOTED: Final = re.compile(r'^(?:「(.*)」\[\d+\]|"(.*)" \[\d+\])$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Case:
    """A question of a suite. `gold` is empty where the document does not answer it."""

    suite: str
    case_id: str
    question: str
    kind: str
    language: str
    gold: tuple[tuple[str, ...], ...]

    @property
    def is_answerable(self) -> bool:
        return self.kind not in TO_REFUSE


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a case; `foreign` are quotes in its text that stand nowhere in the document."""

    case: Case
    status: str
    text: str
    is_right: bool
    foreign: tuple[str, ...]


def plain(text: str) -> str:
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text))


def read_suite(path: Path, document: str | None = BRIEFING) -> list[Case]:
    """The cases of a suite that are asked without a history and that `document` alone answers, in order; with None,
    whatever answers them."""
    records = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    return [
        Case(path.name, r["id"], r["question"], r["kind"], r["language"], tuple(map(tuple, r.get("gold") or ())))
        for r in records
        if not r.get("history") and all(document in (None, place["doc_id"]) for place in r.get("places", ()))
    ]


def judge(case: Case, answer: Answer, pages: Sequence[str]) -> Outcome:
    """`pages` are the document's pages, plain."""
    text = plain(answer.text)
    if case.is_answerable:
        is_right = all(any(plain(spelling) in text for spelling in group) for group in case.gold)
    else:
        is_right = answer.status == "refused"
    quotes = [japanese or english for japanese, english in _QUOTED.findall(answer.text)]
    if answer.status == "refused":
        quotes = []  # what a refusal shows in brackets are words of the question
    foreign = tuple(q for q in quotes if not any(plain(q) in page for page in pages))
    return Outcome(case, answer.status, answer.text, is_right, foreign)


def ask_all(document: Path, cases: Sequence[Case], home: Path) -> list[Outcome]:
    """Ingest `document` alone into `home` and ask every case."""
    settings, _ = load_settings(home=str(home), embedder="bundled", reranker="none", llm="none")
    fingerprint = embedder_fingerprint(settings.embedder)
    with WritableLibrary.open_for_writing(home, fingerprint) as library:
        report = ingest([document], library, open_embedder(settings.embedder, home / "models"))
    if report.has_failures:
        raise SystemExit(f"{document}: {report.files[0].reason}")
    with Assistant.open(home=str(home), embedder="bundled", reranker="none", llm="none") as assistant:
        catalogue = assistant.library.catalogue
        pages = [plain(p.text) for r in catalogue.documents() for p in catalogue.document(r.doc_id).pages]
        return [judge(case, assistant.ask(case.question), pages) for case in cases]


def share(outcomes: Iterable[Outcome]) -> str:
    """Right ones of all, to print."""
    counted = Counter(o.is_right for o in outcomes)
    total = counted.total()
    return f"{counted[True]:4d} of {total:3d}  {100 * counted[True] / total:5.1f} %" if total else "   –"


def print_groups(title: str, outcomes: Sequence[Outcome], name: Callable[[Outcome], str]) -> None:
    groups: defaultdict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[name(outcome)].append(outcome)
    print(f"\n{title}")
    for key in sorted(groups):
        print(f"  {key:<32}{share(groups[key])}")


def print_report(outcomes: Sequence[Outcome]) -> None:
    """The shares over all suites, by suite, kind and language."""
    answerable = [o for o in outcomes if o.case.is_answerable]
    others = [o for o in outcomes if not o.case.is_answerable]
    foreign = sum(len(o.foreign) for o in outcomes)
    print(f"answerable, gold in the text      {share(answerable)}   (target 80 %)")
    print(f"  of these refused                {sum(o.status == 'refused' for o in answerable):4d}")
    print(f"others, refused                   {share(others)}   (target 85 %)")
    print(f"quotes that are not in the source {foreign:4d}   (target 0)")

    def answered_or_refused(outcome: Outcome) -> str:
        return "answered" if outcome.case.is_answerable else "refused"

    print_groups("by suite", outcomes, lambda o: f"{o.case.suite}, {answered_or_refused(o)}")
    print_groups("by kind", outcomes, lambda o: o.case.kind)
    print_groups("by language", outcomes, lambda o: f"{o.case.language}, {answered_or_refused(o)}")


def print_failures(outcomes: Sequence[Outcome]) -> None:
    for o in outcomes:
        if not o.is_right or o.foreign:
            print(f"\n{o.case.suite} {o.case.case_id} {o.case.kind} ({o.status}): {o.case.question}\n  {o.text!r}")
            print(f"  gold {o.case.gold}" + (f"  NOT IN THE SOURCE {o.foreign}" if o.foreign else ""))


def main() -> int:
    """0 where every quote stands in the source, else 1."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suites", nargs="*", type=Path, help="default: all of evals/")
    parser.add_argument("--document", type=Path, default=ROOT / "corpus" / "briefing.pdf", help="default: %(default)s")
    parser.add_argument("--failures", action="store_true", help="print every case that went wrong")
    arguments = parser.parse_args()
    suites = arguments.suites or sorted((ROOT / "evals").glob("briefing*.jsonl"))
    asked_of = None if arguments.document.is_dir() else BRIEFING
    cases = [case for suite in suites for case in read_suite(suite, asked_of)]
    with tempfile.TemporaryDirectory() as folder:
        outcomes = ask_all(arguments.document, cases, Path(folder))
    print(f"{arguments.document.name}, {len(cases)} questions")
    print_report(outcomes)
    if arguments.failures:
        print_failures(outcomes)
    return 1 if any(o.foreign for o in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
