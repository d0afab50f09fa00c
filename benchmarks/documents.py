"""Measures the readers of Office files on real ones: what they find, in which order, how fast.

    python benchmarks/documents.py FOLDER [--others PYTHON]

FOLDER has `docx-md`, DOCX files each with its publisher's Markdown of the same
text, and `slides-pptx`, decks. For DOCX: character 4-grams after folding (recall of the Markdown, precision against
it; without the numbers and the table of contents, which the two make for themselves, and raw), the share of the
Markdown's headings found as headings, and the longest run of its lines that stand in the same
order. For PPTX: the share of all text runs of the slides, found by an XML walk of its own, that stand in the page's
text, but for runs in placeholders of slide numbers, dates and footers; hidden text is missing there, and told. Seconds
beside those of python-docx and python-pptx for opening the file and walking its paragraphs, and those of markitdown for
its whole conversion, where PYTHON is an interpreter that has it (`pip install 'markitdown[pptx,docx]'` into an
environment of its own).
"""

import argparse
import bisect
import json
import re
import statistics
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

import docx
import pptx

from lsqa.documents import Page
from lsqa.readers.docx import read_docx
from lsqa.readers.markup import read_markup
from lsqa.readers.pptx import read_pptx
from lsqa.text import fold

GRAM: Final = 4
SHORTEST_LINE: Final = 8
ROUNDS: Final = 3
P: Final = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
NUMBER: Final = re.compile(r"^(?:(?:Q|第|\()?[0-9]+(?:\.[0-9]+)*[.)章節条]?|\(?[a-z]\))")
CONVERT: Final = """
import json, sys, time
from markitdown import MarkItDown
converter, found = MarkItDown(), {}
for path in json.load(sys.stdin):
    times = []
    for _ in range(int(sys.argv[1])):
        start = time.perf_counter()
        converter.convert(path)
        times.append(time.perf_counter() - start)
    found[path] = min(times)
print(json.dumps(found))
"""
DROPPED: Final = ("sldNum", "dt", "ftr", "hdr")


@dataclass(frozen=True, slots=True)
class TextMeasures:
    """Shares between 0 and 1; the raw ones count tables of contents and numbers in too."""

    recall: float
    precision: float
    raw_recall: float
    raw_precision: float
    headings: float
    order: float


def seconds(action: Callable[[], object]) -> float:
    """Wall time of the fastest of several rounds."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def markitdown_seconds(python: str, paths: Sequence[Path]) -> dict[str, float]:
    """Seconds of markitdown's conversion by path, measured as `seconds` does, in one process of another interpreter.

    Empty where no interpreter is named. Raises `CalledProcessError` where it has no markitdown.
    """
    if not python or not paths:
        return {}
    command = [python, "-c", CONVERT, str(ROUNDS)]
    given = json.dumps([str(path) for path in paths])
    done = subprocess.run(command, input=given, stdout=subprocess.PIPE, text=True, check=True)
    return {str(path): float(found) for path, found in json.loads(done.stdout).items()}


def beside(found: dict[str, float], path: Path) -> str:
    """The column of markitdown: milliseconds, or a dash where it was not measured."""
    return f"{1e3 * found[str(path)]:14.0f}" if str(path) in found else f"{'-':>14}"


def grams(text: str) -> Counter[str]:
    return Counter(text[i : i + GRAM] for i in range(len(text) - GRAM + 1))


def share(found: float, of: float) -> float:
    return found / of if of else 1.0


def markdown_pages(path: Path) -> tuple[Page, ...]:
    """The Markdown without tags and comments."""
    text = re.sub(r"<!--.*?-->", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return read_markup(re.sub(r"</?[A-Za-z][^>]*>", "", text))


def headings(pages: Sequence[Page]) -> list[str]:
    """The headings without their numbers: Word prints the ones of its lists, the Markdown has its own."""
    return [unnumbered(page.text_of(b)) for page in pages for b in page.blocks if b.kind == "heading"]


def unnumbered(text: str) -> str:
    return NUMBER.sub("", fold(text))


def body(pages: Sequence[Page]) -> str:
    """All text but for the numbers before lines and the table of contents: items that repeat a heading."""
    titles = set(headings(pages))
    blocks = [(block.kind, unnumbered(page.text_of(block))) for page in pages for block in page.blocks]
    return "".join(text for kind, text in blocks if kind != "item" or text not in titles)


def lines(pages: Sequence[Page]) -> list[str]:
    folded = [fold(page.text_of(b)) for page in pages for b in page.blocks]
    return [line for line in folded if len(line) >= SHORTEST_LINE]


def order_agreement(ours: Sequence[str], theirs: Sequence[str]) -> float:
    """Of the lines that both have once, the share in the longest run that both have in one order."""
    once, places = Counter(theirs), {line: i for i, line in enumerate(ours) if ours.count(line) == 1}
    sequence = [places[line] for line in theirs if once[line] == 1 and line in places]
    tails: list[int] = []
    for place in sequence:
        at = bisect.bisect_left(tails, place)
        tails[at : at + 1] = [place]
    return share(len(tails), len(sequence))


def compare(ours: Sequence[Page], theirs: Sequence[Page]) -> TextMeasures:
    our_grams, their_grams = grams(body(ours)), grams(body(theirs))
    all_ours, all_theirs = (grams(fold("\n".join(page.text for page in pages))) for pages in (ours, theirs))
    common, all_common = (our_grams & their_grams).total(), (all_ours & all_theirs).total()
    our_headings, their_headings = Counter(headings(ours)), Counter(headings(theirs))
    return TextMeasures(
        recall=share(common, their_grams.total()),
        precision=share(common, our_grams.total()),
        raw_recall=share(all_common, all_theirs.total()),
        raw_precision=share(all_common, all_ours.total()),
        headings=share((our_headings & their_headings).total(), their_headings.total()),
        order=order_agreement(lines(ours), lines(theirs)),
    )


def measure_docx(folder: Path, others: str) -> None:
    paths = sorted(folder.glob("*.docx"))
    converted = markitdown_seconds(others, paths)
    print("DOCX                recall precision    raw   raw headings order pages    ms  python-docx ms markitdown ms")
    found: list[TextMeasures] = []
    for path in paths:
        content = path.read_bytes()
        pages = read_docx(content, path.name).pages
        m = compare(pages, markdown_pages(path.with_suffix(".md")))
        ours = seconds(lambda content=content: read_docx(content, ""))  # type: ignore[misc]
        theirs = seconds(lambda path=path: [p.text for p in docx.Document(str(path)).paragraphs])  # type: ignore[misc]
        print(
            f"{path.name[:18]:<18} {m.recall:7.3f} {m.precision:9.3f}  {m.raw_recall:.3f} {m.raw_precision:.3f} "
            f"{m.headings:8.3f} {m.order:5.3f} {len(pages):5d} {1e3 * ours:5.0f} {1e3 * theirs:15.0f}"
            f"{beside(converted, path)}"
        )
        found.append(m)
    if found:
        recalls = sorted(m.recall for m in found)
        print(
            f"median recall {statistics.median(recalls):.3f}, nine of ten at least {recalls[len(recalls) // 10]:.3f}; "
            f"median precision {statistics.median(m.precision for m in found):.3f}; "
            f"headings {statistics.mean(m.headings for m in found):.3f}, "
            f"order {statistics.mean(m.order for m in found):.3f} on the mean"
        )


def slide_parts(archive: zipfile.ZipFile) -> list[str]:
    """The slides' parts in the order of the deck."""
    related = ElementTree.fromstring(archive.read("ppt/_rels/presentation.xml.rels"))
    targets = {r.get("Id"): "ppt/" + r.get("Target", "").removeprefix("/ppt/") for r in related}
    deck = ElementTree.fromstring(archive.read("ppt/presentation.xml"))
    key = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    return [targets[slide.get(key)] for slide in deck.iter(P + "sldId")]


def slide_runs(root: Any) -> Iterator[str]:
    """Every a:t of a slide, in whatever group or table, but for those of dropped placeholders."""
    dropped = {
        id(t)
        for shape in root.iter(P + "sp")
        if any(holder.get("type") in DROPPED for holder in shape.iter(P + "ph"))
        for t in shape.iter(A + "t")
    }
    numbers = [f for f in root.iter(A + "fld") if f.get("type", "").startswith("slidenum")]
    dropped |= {id(t) for number in numbers for t in number.iter(A + "t")}
    return (t.text or "" for t in root.iter(A + "t") if id(t) not in dropped)


def walk_with_python_pptx(path: Path) -> list[str]:
    """What a plain walk gives: text frames at the top of each slide."""
    deck = pptx.Presentation(str(path))
    return [shape.text_frame.text for slide in deck.slides for shape in slide.shapes if shape.has_text_frame]


def measure_pptx(folder: Path, others: str) -> None:
    paths = sorted(folder.glob("*.pptx"))
    converted = markitdown_seconds(others, paths)
    print(
        "\nPPTX                               slides  runs  found untitled    ms slides/s  python-pptx ms markitdown ms"
    )
    for path in paths:
        content = path.read_bytes()
        reading = read_pptx(content, path.name)
        pages = reading.pages
        with zipfile.ZipFile(path) as archive:
            parts = slide_parts(archive)
            roots = [ElementTree.fromstring(archive.read(part)) for part in parts]
        if len(parts) != len(pages):
            print(f"{path.name}: {len(parts)} slides, but {len(pages)} pages")
        runs = [(page, run) for page, root in zip(pages, roots, strict=False) for run in slide_runs(root) if fold(run)]
        texts = {page.number: fold(page.text) for page in pages}
        missing = [(page.number, run) for page, run in runs if fold(run) not in texts[page.number]]
        ours = seconds(lambda content=content: read_pptx(content, ""))  # type: ignore[misc]
        theirs = seconds(lambda path=path: walk_with_python_pptx(path))  # type: ignore[misc]
        untitled = sum(1 for page in pages if not page.title)
        print(
            f"{path.stem[:24]:<24} {len(pages):8d} {len(runs):5d} {1 - share(len(missing), len(runs)):6.4f} "
            f"{untitled:8d} {1e3 * ours:5.0f} {len(pages) / ours:8.0f} {1e3 * theirs:15.0f}"
            f"{beside(converted, path)}"
        )
        for number, run in missing[:5]:
            print(f"    slide {number}: {run!r} is missing")
        for warning in reading.warnings:
            print(f"    {warning}")


def main() -> int:
    """Measure what is there; 1 where the folder is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--others", metavar="PYTHON", default="", help="an interpreter that has markitdown")
    given = parser.parse_args()
    folder: Path = given.folder
    if not folder.is_dir():
        print(f"{folder} is not there: nothing measured. Name the folder that has docx-md and slides-pptx.")
        return 1
    if not given.others:
        print("No interpreter with markitdown is named (--others PYTHON): its column stays empty.")
    measure_docx(folder / "docx-md", given.others)
    measure_pptx(folder / "slides-pptx", given.others)
    return 0


if __name__ == "__main__":
    sys.exit(main())
