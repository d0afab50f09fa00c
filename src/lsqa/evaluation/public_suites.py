"""Public data sets as suites, read from where their files lie; nothing of them is shipped.

| suite | from | what is asked |
|---|---|---|
| `allganize-ja` | Allganize RAG-Evaluation-Dataset-JA, 65 PDFs | the gold page; with a judge the answer |
| `localgovfaq` | localgovFAQ, 1,786 FAQs of a city | the right FAQs; relevance 2 correct, 1 related |
| `jsquad` | JGLUE's JSQuAD | the paragraph, and the answer in the text |
| `jaquad` | JaQuAD | likewise |
| `poliinfo4-av` | NTCIR-16 PoliInfo-4 Answer Verification | whether a claim about an answer in an assembly is true |
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from lsqa.errors import CaseError
from lsqa.evaluation.cases import Case, Kind, Place
from lsqa.evaluation.suites import Loader, Suite

_KINDS: Final[dict[str, Kind]] = {"paragraph": "lookup", "table": "table", "image": "lookup"}


def allganize_ja(data: Path, work: Path) -> Suite:
    """149 questions and more over 2,126 pages; the gold place is the page."""
    folder = _folder(data, "allganize-ja")
    cases = tuple(
        Case(
            id=row["id"],
            question=row["question"],
            language="ja",
            kind=_KINDS.get(row["type"], "lookup"),
            places=tuple(Place(doc_id=page) for page in row["pages"]),
            tags=(row["type"], row["domain"]),
            reference=row.get("answer", ""),
        )
        for path in sorted(folder.glob("questions*.jsonl"))
        for row in _rows(path)
    )
    return Suite("allganize-ja", cases, (folder / "pages.jsonl.gz",), "retrieval")


def localgovfaq(data: Path, work: Path) -> Suite:
    """Citizens' questions over FAQs; a case without a relevant FAQ is left out, as in the published figures."""
    folder = _folder(data, "localgovfaq")
    cases = tuple(
        Case(
            id=row["id"],
            question=row["query"],
            language="ja",
            kind="lookup",
            places=tuple(Place(doc_id=i, relevance=int(gain)) for i, gain in row["relevance"].items() if int(gain) > 0),
        )
        for path in sorted(folder.glob("queries*.jsonl"))
        for row in _rows(path)
        if any(int(gain) > 0 for gain in row["relevance"].values())
    )
    return Suite("localgovfaq", cases, (folder / "faqs.jsonl",), "retrieval")


def jsquad(data: Path, work: Path) -> Suite:
    """Questions over the paragraphs of its test split, all of them in one pool."""
    return _reading_comprehension("jsquad", _folder(data, "jsquad") / "test.jsonl.gz", work)


def jaquad(data: Path, work: Path) -> Suite:
    """Questions over the paragraphs of its dev split, all of them in one pool."""
    return _reading_comprehension("jaquad", _folder(data, "jaquad") / "dev.jsonl.gz", work)


def poliinfo4_av(data: Path, work: Path) -> Suite:
    """Claims with their source; a claim that is false is a case to refuse."""
    rows = _json(_folder(data, "poliinfo4-av") / "train.json")
    cases: list[Case] = []
    sources: dict[str, str] = {}
    published: dict[str, str] = {}
    for number, row in enumerate(rows):
        if not row["AnswerSummary"].strip():
            continue
        case_id = f"{row['ID']}#{number}"
        is_true = bool(row["PredictedClass"])
        place = (Place(doc_id=case_id),) if is_true else ()
        kind: Kind = "lookup" if is_true else "unanswerable"
        cases.append(Case(id=case_id, question=row["AnswerSummary"], language="ja", kind=kind, places=place))
        sources[case_id], published[case_id] = row["AnswerOriginal"], row["Date"]
    return Suite("poliinfo4-av", tuple(cases), (), "claims", sources, published)


PUBLIC_SUITES: Final[dict[str, Loader]] = {
    "allganize-ja": allganize_ja,
    "localgovfaq": localgovfaq,
    "jsquad": jsquad,
    "jaquad": jaquad,
    "poliinfo4-av": poliinfo4_av,
}


def _reading_comprehension(name: str, path: Path, work: Path) -> Suite:
    """SQuAD's form, a paragraph a line. The paragraphs become passages in `work`."""
    cases: list[Case] = []
    passages: list[dict[str, str]] = []
    for number, row in enumerate(_rows(path)):
        doc_id = f"{name}-{number}"
        text = str(row["context"]).rpartition(" [SEP] ")[2]
        passages.append({"id": doc_id, "title": row["title"], "text": text})
        for qa in row["qas"]:
            answers = _answers(qa)
            if answers and not qa.get("is_impossible"):
                cases.append(_span_case(qa["id"], qa["question"], answers, doc_id))
    work.mkdir(parents=True, exist_ok=True)
    pool = work / f"{name}.jsonl"
    pool.write_text("".join(json.dumps(p, ensure_ascii=False) + "\n" for p in passages), encoding="utf-8")
    return Suite(name, tuple(cases), (pool,))


def _answers(qa: dict[str, Any]) -> tuple[str, ...]:
    """The spellings that are right: JSQuAD has several, JaQuAD one."""
    given = [answer["text"] for answer in qa["answers"]] if "answers" in qa else [qa["answer"]]
    return tuple(dict.fromkeys(text for text in given if text.strip()))


def _span_case(case_id: str, question: str, answers: tuple[str, ...], doc_id: str) -> Case:
    places = (Place(doc_id=doc_id),)
    return Case(id=case_id, question=question, language="ja", kind="lookup", gold=(answers,), places=places)


def _folder(data: Path, name: str) -> Path:
    if not (data / name).is_dir():
        raise CaseError(f"{data} has no folder {name}", hint=f"get the data set and put its files into {data / name}")
    return data / name


def _rows(path: Path) -> Iterator[Any]:
    """The objects of a JSONL file, compressed or not. Raises `CaseError`."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as stream:
            yield from (json.loads(line) for line in stream if line.strip())
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> CaseError:
    return CaseError(f"cannot read {path}: {error}", hint="get the data set again")
