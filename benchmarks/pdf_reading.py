"""Reads every PDF under a folder as an ingest does, and measures how fast that is beside other readers.

    python benchmarks/pdf_reading.py FOLDER [--ocr] [--others PYTHON]

First all files, two at a time, each in a process of its own: how they ended, the slowest, the worst share of U+FFFD in
a chunk, and each that could not be read with its reason. Then the pages a second on the files that have text: ours in
one process and in two, pypdf's `extract_text`, and with `--others PYTHON`, an interpreter that has them, pdfplumber's
`extract_text` and markitdown's `convert`, all of them on the same files.

`--ocr` recognises pages without text, and instead of the race measures how much of the briefing survives being an image
of 200 dots an inch (character 4-grams after folding), and the seconds that takes.

The exit code is 1 where a file crashed its reader, ran out of time or has a chunk with more than 1 % of lost letters.
"""

import argparse
import io
import json
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pypdf
import pypdfium2
from PIL import Image

from lsqa.chunks import chunk_document
from lsqa.documents import Source
from lsqa.errors import DocumentError
from lsqa.isolation import FileToRead, ReadFile, ReadingLimits, ReadingPool
from lsqa.readers.glyphs import is_lost
from lsqa.readers.pdf import read_pdf
from lsqa.readers.reading_options import ReadingOptions
from lsqa.readers.recognition import usable_languages
from lsqa.text import fold

BRIEFING: Final = Path(__file__).parent.parent / "corpus" / "briefing.pdf"
DOTS: Final = 200  # an inch
GRAM: Final = 4
MOST_LOST: Final = 0.01
SECONDS: Final = 60.0
FEWEST_LETTERS: Final = 200  # on the mean page of a file, to be one with text
# A library that stumbles over a file loses its pages, not the benchmark.
OTHERS: Final = """
import json, sys, time
library, *paths = sys.argv[1:]
if library == "pdfplumber":
    import pdfplumber
    def read(path):
        with pdfplumber.open(path) as pdf:
            for page in pdf.pages:
                page.extract_text()
else:
    from markitdown import MarkItDown
    converter = MarkItDown(enable_plugins=False)
    def read(path):
        converter.convert(path)
failed, started = 0, time.perf_counter()
for path in paths:
    try:
        read(path)
    except Exception:
        failed += 1
print(json.dumps([time.perf_counter() - started, failed]))
"""


def read_all(files: Sequence[Path], languages: str, processes: int) -> list[ReadFile]:
    options, limits = ReadingOptions(ocr_languages=languages), ReadingLimits(seconds=SECONDS, processes=processes)
    with ReadingPool(options, limits) as pool:
        return list(pool.read_all([FileToRead(path, Source()) for path in files], lambda file, step: None))


def worst_chunk(read: ReadFile) -> float:
    """The largest share of lost characters (U+FFFD, and ours for codes without Unicode) in a chunk of the file."""
    chunks = (chunk for document in read.documents for chunk in chunk_document(document))
    return max((sum(map(is_lost, chunk.text)) / len(chunk.text) for chunk in chunks), default=0.0)


def ended(read: ReadFile) -> str:
    if read.error:
        return read.error.status
    return "empty" if all(document.is_empty for document in read.documents) else "indexed"


def is_our_fault(read: ReadFile) -> bool:
    reason = str(read.error or "")
    return "crashed" in reason or "took longer" in reason or "takes more than" in reason


def survey(files: Sequence[Path], languages: str) -> tuple[list[ReadFile], bool]:
    """Print how all files ended; the results, and whether none is our fault."""
    started = time.perf_counter()
    results = read_all(files, languages, 2)
    seconds = time.perf_counter() - started
    pages = sum(len(document.pages) for read in results for document in read.documents)
    print(f"{len(files)} files, {pages} pages in {seconds:.1f} s: {dict(Counter(map(ended, results)))}")
    for read in sorted(results, key=lambda r: -r.seconds)[:5]:
        print(f"  slowest {read.seconds:6.2f} s  {read.file.path.name}")
    worst = max(results, key=worst_chunk)
    print(f"worst share of lost characters in a chunk: {worst_chunk(worst):.4f} ({worst.file.path.name})")
    for read in results:
        if read.error:
            print(f"  {ended(read):<8} {read.file.path.name}: {read.error.message}"[:150])
    faults = [read.file.path.name for read in results if is_our_fault(read)]
    print(f"crashes, hangs, too much memory: {faults or 'none'}")
    return results, not faults and worst_chunk(worst) <= MOST_LOST


def with_text(results: Sequence[ReadFile]) -> list[Path]:
    """The files that have text on most of their pages."""
    found = []
    for read in results:
        pages = [page for document in read.documents for page in document.pages]
        if pages and sum(len(page.text) for page in pages) >= FEWEST_LETTERS * len(pages):
            found.append(read.file.path)
    return found


def seconds_of_pypdf(files: Sequence[Path]) -> float:
    started = time.perf_counter()
    for path in files:
        try:
            for page in pypdf.PdfReader(path).pages:
                page.extract_text()
        except Exception as error:  # noqa: BLE001  (as in OTHERS)
            print(f"  pypdf: {path.name}: {type(error).__name__}")
    return time.perf_counter() - started


def seconds_of_ours(files: Sequence[Path]) -> float:
    started = time.perf_counter()
    for path in files:
        try:
            read_pdf(path.read_bytes(), path.name)
        except DocumentError as error:
            print(f"  ours: {path.name}: {error.status}")
    return time.perf_counter() - started


def seconds_of_two(files: Sequence[Path]) -> float:
    """Two processes that have been started."""
    with ReadingPool(ReadingOptions(), ReadingLimits(processes=2)) as pool:
        requests = [FileToRead(path, Source()) for path in files]
        list(pool.read_all(requests[:2], lambda file, step: None))
        started = time.perf_counter()
        list(pool.read_all(requests, lambda file, step: None))
        return time.perf_counter() - started


def race(files: Sequence[Path], pages: int, others: str) -> None:
    """Print pages a second of each reader on `files`."""
    seconds_of_ours(files[:3])  # imports
    ours = seconds_of_ours(files)
    rows = [("lsqa, one process", ours), ("lsqa, two processes", seconds_of_two(files))]
    rows.append(("pypdf, extract_text", seconds_of_pypdf(files)))
    for library in ("pdfplumber", "markitdown") if others else ():
        done = subprocess.run(
            [others, "-c", OTHERS, library, *map(str, files)], capture_output=True, text=True, check=True
        )
        seconds, failed = json.loads(done.stdout.splitlines()[-1])
        rows.append((f"{library} ({failed} files failed)", seconds))
    print(f"\n{len(files)} files with text, {pages} pages")
    for name, seconds in rows:
        print(f"  {name:<40} {pages / seconds:7.1f} pages/s  {seconds / ours:5.2f} × ours")
    if not others:
        print("  pdfplumber, markitdown: not measured (--others PYTHON names an interpreter that has them)")


def grams(text: str) -> Counter[str]:
    return Counter(text[i : i + GRAM] for i in range(len(text) - GRAM + 1))


def image_of(document: pypdfium2.PdfDocument, number: int) -> bytes:
    """A PDF of the image of one page."""
    picture: Image.Image = document[number].render(scale=DOTS / 72).to_pil()
    stream = io.BytesIO()
    picture.convert("L").save(stream, "PDF", resolution=DOTS)
    return stream.getvalue()


def recognition(languages: str) -> None:
    """Print how much of each third page of the briefing is recognised in its image."""
    content = BRIEFING.read_bytes()
    options = ReadingOptions(ocr_languages=languages)
    recalls, precisions, seconds = [], [], []
    truth = read_pdf(content, BRIEFING.name).pages
    document = pypdfium2.PdfDocument(content)
    for page in truth[::3]:
        started = time.perf_counter()
        found = read_pdf(image_of(document, page.number - 1), "image.pdf", options).pages[0]
        seconds.append(time.perf_counter() - started)
        theirs, ours = grams(fold(page.text)), grams(fold(found.text))
        common = (theirs & ours).total()
        recalls.append(common / theirs.total())
        precisions.append(common / max(1, ours.total()))
    document.close()
    print(f"\n{len(recalls)} pages of the briefing as images, {statistics.mean(seconds):.1f} s a page")
    print(f"  recall median {statistics.median(recalls):.3f}, least {min(recalls):.3f}")
    print(f"  precision median {statistics.median(precisions):.3f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--ocr", action="store_true", help="recognise pages without text, and measure it")
    parser.add_argument(
        "--others", default="", metavar="PYTHON", help="an interpreter that has pdfplumber and markitdown"
    )
    arguments = parser.parse_args()
    files = sorted(arguments.folder.rglob("*.pdf"))
    if not files:
        print(f"{arguments.folder} has no PDF: nothing measured.")
        return 1
    languages = usable_languages("auto") if arguments.ocr else ""
    results, is_fine = survey(files, languages)
    if arguments.ocr:
        recognition(languages)
        return 0 if is_fine else 1
    chosen = with_text(results)
    pages = sum(len(d.pages) for read in results if read.file.path in set(chosen) for d in read.documents)
    race(chosen, pages, arguments.others)
    return 0 if is_fine else 1


if __name__ == "__main__":
    sys.exit(main())
