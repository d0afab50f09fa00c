"""Questions with the passage that answers them, from data whose licences allow trained weights.

| data | licence | what is made of it |
|---|---|---|
| JaQuAD, train | CC BY-SA 3.0 | 31,748 questions with answer spans |
| JSQuAD, the split that JGLUE publishes for testing | CC BY-SA 4.0 | 4,420 questions with answer spans |
| decks and DOCX of the Digital Agency (JDA-DM/GIF) | CC0 | headings, and sentences out of a passage, as questions |

A question's gold passage is a chunk as lsqa cuts it, in the words that are embedded (title, headings, text), so that
the reader is trained on what it will read.
"""

import gzip
import json
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lsqa.catalogue import Catalogue
from lsqa.chunks import Chunk, embedding_text
from lsqa.text import fold, fold_with_offsets, sentence_spans

SPAN_SETS = {"jaquad": "train.jsonl.gz", "jsquad": "test.jsonl.gz"}
HEADING_LENGTH = range(6, 60)
SENTENCE_LENGTH = range(20, 90)
LEAST_PASSAGE = 120  # characters that have to be left for a passage to answer a heading or a sentence


@dataclass(frozen=True, slots=True)
class TrainingQuestion:
    """`passage` is the gold passage's text and `[start, end)` the answer in it, both 0 where no span is known.

    `chunk_id` is the chunk it was made of, which is no wrong answer to the question; `answer` the answer's own words.
    """

    question_id: str
    text: str
    chunk_id: str
    passage: str
    start: int = 0
    end: int = 0
    answer: str = ""


def write_passages(data: Path, folder: Path) -> tuple[Path, ...]:
    """The paragraphs of the sets with spans as files of passages, and the CC0 files as they are."""
    written = []
    for name, file in SPAN_SETS.items():
        path = folder / f"{name}.jsonl"
        lines = [
            json.dumps({"id": f"{name}-{n}", "title": row["title"], "text": _context(row)}, ensure_ascii=False)
            for n, row in enumerate(_rows(data / name / file))
        ]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        written.append(path)
    documents = data / "documents"
    return (
        *written,
        *sorted((documents / "slides-pptx").glob("*.pptx")),
        *sorted((documents / "docx-md").glob("*.docx")),
    )


def collect(data: Path, catalogue: Catalogue, seed: int) -> Iterator[TrainingQuestion]:
    """All questions, in an order that `seed` alone decides."""
    choice = random.Random(seed)
    for name, file in SPAN_SETS.items():
        for number, row in enumerate(_rows(data / name / file)):
            yield from _span_questions(f"{name}-{number}", row, catalogue)
    for record in catalogue.documents():
        if record.kind != "passage":
            for number in range(1, record.pages + 1):
                for chunk in catalogue.chunks_on(record.doc_id, number):
                    yield from _made_questions(chunk, record.title, choice)


def save(questions: Iterator[TrainingQuestion], path: Path) -> int:
    """One JSON object a line; the number of lines."""
    lines = [json.dumps(asdict(q), ensure_ascii=False) for q in questions]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(lines)


def load(path: Path) -> tuple[TrainingQuestion, ...]:
    return tuple(TrainingQuestion(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines())


def _span_questions(doc_id: str, row: dict[str, Any], catalogue: Catalogue) -> Iterator[TrainingQuestion]:
    record = catalogue.record(doc_id)
    if record is None:
        return
    page = catalogue.page(doc_id, 1)
    chunks = catalogue.chunks_on(doc_id, 1)
    folded, context = fold_with_offsets(page.text), fold_with_offsets(_context(row))
    lost = len(row["context"]) - len(_context(row))
    for qa in row["qas"]:
        if qa.get("is_impossible"):
            continue
        answer, at = (
            (qa["answer"], qa["start"])
            if "answer" in qa
            else (qa["answers"][0]["text"], qa["answers"][0]["answer_start"])
        )
        place = _same_place(context, folded, at - lost, len(answer), answer)
        home = next((c for c in chunks if place and c.start <= place[0] and place[1] <= c.end), None)
        if home is None or place is None:
            continue
        passage = embedding_text(home, record.title)
        shift = len(passage) - len(home.text) - home.start
        yield TrainingQuestion(
            qa["id"], qa["question"], home.chunk_id, passage, place[0] + shift, place[1] + shift, answer
        )


def _same_place(context: Any, folded: Any, at: int, length: int, answer: str) -> tuple[int, int] | None:
    """Where the answer of a paragraph stands in the page that was read from it: reading changes white space only."""
    if at < 0 or context.text != folded.text:
        return None
    first = next((i for i, start in enumerate(context.starts) if start >= at), None)
    last = max((i for i, end in enumerate(context.ends) if end <= at + length), default=-1)
    if first is None or last < first or fold(answer) != folded.text[first : last + 1]:
        return None
    start, end = folded.source_span(first, last + 1)
    return int(start), int(end)


def _made_questions(chunk: Chunk, title: str, choice: random.Random) -> Iterator[TrainingQuestion]:
    """A heading asks for what stands under it; a sentence for the passage it was taken out of (the inverse cloze task
    of Lee, Chang and Toutanova 2019)."""
    heading = chunk.heading_path[-1] if chunk.heading_path else ""
    body = chunk.text.replace(heading, "", 1) if heading else chunk.text
    if len(heading) in HEADING_LENGTH and len(body) >= LEAST_PASSAGE:
        yield TrainingQuestion(f"heading-{chunk.chunk_id}", heading, chunk.chunk_id, f"{title}\n{body.strip()}")
    sentences = [(a, b) for a, b in sentence_spans(chunk.text) if b - a in SENTENCE_LENGTH]
    if sentences and len(chunk.text) >= 2 * LEAST_PASSAGE:
        start, end = choice.choice(sentences)
        rest = f"{chunk.text[:start]}{chunk.text[end:]}".strip()
        headings = " > ".join(chunk.heading_path)
        yield TrainingQuestion(
            f"cloze-{chunk.chunk_id}", chunk.text[start:end], chunk.chunk_id, f"{title}\n{headings}\n{rest}"
        )


def _context(row: dict[str, Any]) -> str:
    """JSQuAD writes the title before its paragraph."""
    return str(row["context"]).rpartition(" [SEP] ")[2]


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)
