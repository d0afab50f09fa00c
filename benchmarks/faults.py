"""Documents are read in and questions asked, while the server, its workers and the Chroma server are killed:

    python -m benchmarks.faults [--ingestions 50] [--questions 500] [--seed 1]

What a client was told is held against what is there at the end: every acknowledged document once, with its words and
its vectors, every index in agreement with the catalogue (`lsqa doctor`). A question about an acknowledged document has
the answer, or a clear error.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
from tests.chroma_server import ChromaProcess
from tests.served import ServerProcess

from lsqa.api import Service
from lsqa.assistant import Assistant
from lsqa.catalogue.filters import DocumentFilter
from lsqa.settings import load_settings

DECK = "# かささぎ計画の概要\n\n## 予算\n\nかささぎ計画の令和7年度の予算は{}億円である。\n"
_CLEAR = frozenset({502, 503, 504})
_PATIENCE = 120.0  # seconds that a client tries again
_ASKERS = 3


@dataclass(slots=True)
class Told:
    """What clients heard. `wrong`: an answer that is neither right nor a clear error."""

    acknowledged: dict[str, int] = field(default_factory=dict)
    uploads: Counter[str] = field(default_factory=Counter)
    questions: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, counter: Counter[str], what: str) -> None:
        with self.lock:
            counter[what] += 1


@dataclass(slots=True)
class Outcome:
    """How a trial ended. `defects` are those that doctor found before it mended them; `lost` and `doubled` are ids of
    acknowledged documents."""

    told: Told
    defects: list[str]
    is_sound: bool
    lost: list[str]
    doubled: list[str]
    seconds: float

    @property
    def is_good(self) -> bool:
        return self.is_sound and not (self.lost or self.doubled or self.told.wrong)


class Trial:
    """One library, one Chroma server, one `lsqa serve --workers 2`. `home` is changed."""

    def __init__(self, home: Path, chroma: ChromaProcess, seed: int) -> None:
        self._home = home
        self._chroma = chroma
        self._random = random.Random(seed)
        self._settings = {"chroma_url": chroma.server.url}
        self._server = ServerProcess(home, "--workers", "2", **self._settings)
        self._told = Told()

    def run(self, ingestions: int, questions: int, kills: int) -> Outcome:
        """`kills` times, in turn, a worker, Chroma or the server is killed."""
        started = time.perf_counter()
        self._server.start()
        try:
            askers = [threading.Thread(target=self._ask, args=(count,)) for count in shares(questions, _ASKERS)]
            writer = threading.Thread(target=self._write, args=(ingestions,))
            for thread in (writer, *askers):
                thread.start()
            self._kill(kills, writer, askers)
            for thread in (writer, *askers):
                thread.join()
        finally:
            self._server.end()
        defects, is_sound = self._doctor()
        lost, doubled = self._looked_up()
        return Outcome(self._told, defects, is_sound, lost, doubled, time.perf_counter() - started)

    # Clients

    def _write(self, count: int) -> None:
        for number in range(1000, 1000 + count):
            until = time.monotonic() + _PATIENCE
            while not self._is_taken(number):
                if time.monotonic() > until:
                    self._told.wrong.append(f"plan-{number}.md was not taken in {_PATIENCE:.0f} s")
                    break
                time.sleep(0.5)

    def _is_taken(self, number: int) -> bool:
        file = (f"plan-{number}.md", DECK.format(number).encode())
        try:
            response = httpx.post(f"{self._server.url}/v1/documents", files=[("files", file)], timeout=60)
        except httpx.HTTPError as error:
            self._told.count(self._told.uploads, type(error).__name__)
            return False
        self._told.count(self._told.uploads, str(response.status_code))
        if response.status_code in _CLEAR:
            return False
        (told,) = response.json()["files"] if response.status_code == 200 else ({"status": response.text},)
        if told["status"] not in ("indexed", "unchanged"):
            self._told.wrong.append(f"plan-{number}.md: {told}")
            return True
        with self._told.lock:
            self._told.acknowledged[told["doc_id"]] = number
        return True

    def _ask(self, count: int) -> None:
        for _ in range(count):
            while not self._told.acknowledged:
                time.sleep(0.05)
            with self._told.lock:
                doc_id, number = self._random.choice(list(self._told.acknowledged.items()))
            until = time.monotonic() + _PATIENCE
            while not self._is_answered(doc_id, number):
                if time.monotonic() > until:
                    self._told.wrong.append(f"{doc_id} was not answered in {_PATIENCE:.0f} s")
                    break
                time.sleep(0.5)

    def _is_answered(self, doc_id: str, number: int) -> bool:
        """A clear error is no answer; what is neither is wrong, and not asked again."""
        body = {"question": "かささぎ計画の令和7年度の予算はいくらですか", "where": {"documents": [doc_id]}}
        began = time.perf_counter()
        try:
            response = httpx.post(f"{self._server.url}/v1/ask", json=body, timeout=60)
        except httpx.HTTPError as error:
            self._told.count(self._told.questions, type(error).__name__)
            return False
        self._told.slowest = max(self._told.slowest, time.perf_counter() - began)
        self._told.count(self._told.questions, str(response.status_code))
        if response.status_code in _CLEAR:
            return False
        if response.status_code != 200 or f"{number}億円" not in response.json()["text"]:
            self._told.wrong.append(f"{doc_id}: {response.status_code} {response.text[:300]}")
        return True

    # Faults

    def _kill(self, count: int, writer: threading.Thread, askers: list[threading.Thread]) -> None:
        for number in range(count):
            while not (self._told.acknowledged and self._answers()) and writer.is_alive():
                time.sleep(0.05)
            time.sleep(self._random.uniform(0.3, 3.0))
            if not writer.is_alive() and not any(asker.is_alive() for asker in askers):
                return
            victim = ("worker", "chroma", "server")[number % 3]
            self._told.kills[victim] += 1
            if victim == "worker":
                self._server.kill_worker()
            elif victim == "chroma":
                self._chroma.kill()
                time.sleep(self._random.uniform(0.0, 2.0))
                self._chroma.start()
            else:
                self._server.kill()
                self._server.start()

    def _answers(self) -> bool:
        """Whether there is a worker: else a trial would be of nothing but starts."""
        try:
            return httpx.get(f"{self._server.url}/healthz", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    # Afterwards

    def _lsqa(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        variables = {**os.environ, **{f"LSQA_{k.upper()}": v for k, v in self._settings.items()}}
        command = [sys.executable, "-m", "lsqa", *arguments, "--home", str(self._home), "--json"]
        return subprocess.run(command, capture_output=True, text=True, env=variables, check=False)

    def _doctor(self) -> tuple[list[str], bool]:
        first = self._lsqa("doctor")
        found = [f"{f['check']}: {f['message']}" for f in json.loads(first.stdout)["findings"] if not f["note"]]
        if first.returncode == 0:
            return found, True
        mended = self._lsqa("doctor", "--repair")
        return found, mended.returncode == 0 and json.loads(mended.stdout)["sound"]

    def _looked_up(self) -> tuple[list[str], list[str]]:
        """Acknowledged documents that are not found by words and by vectors, and those that are there twice."""
        settings = replace(load_settings(home=str(self._home))[0], chroma_url=self._chroma.server.url)
        told = self._told.acknowledged
        with closing(Service(settings)) as service:
            assistant = service.assistant()
            listed = Counter(Path(record.path).name for record in assistant.library.catalogue.documents())
            lost = [doc_id for doc_id, number in told.items() if not _is_found(assistant, doc_id, number)]
        return lost, [f"plan-{n}.md" for n in told.values() if listed[f"plan-{n}.md"] > 1]


def _is_found(assistant: Assistant, doc_id: str, number: int) -> bool:
    """By its words and by its vectors."""
    if assistant.library.catalogue.record(doc_id) is None:
        return False
    (hit, *_) = assistant.retrieve("かささぎ計画の予算", where=DocumentFilter(documents=(doc_id,)))
    return f"{number}億円" in hit.chunk.text and bool(hit.vector_rank and hit.keyword_rank)


def shares(count: int, among: int) -> list[int]:
    """`count` in `among` parts that differ by one at most."""
    return [count // among + (number < count % among) for number in range(among)]


def report(outcome: Outcome) -> str:
    told = outcome.told
    lines = (
        f"{len(told.acknowledged)} documents acknowledged; uploads ended as {dict(told.uploads)}",
        f"{sum(told.questions.values())} times a question was asked: {dict(told.questions)}",
        f"the slowest answer took {told.slowest:.1f} s",
        f"killed: {dict(told.kills)}",
        f"wrong: {len(told.wrong)} {told.wrong[:3]}",
        f"lost: {outcome.lost}; doubled: {outcome.doubled}",
        f"doctor found {outcome.defects or 'nothing'}, after --repair {'nothing' if outcome.is_sound else 'DEFECTS'}",
        f"{outcome.seconds:.0f} s",
    )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ingestions", type=int, default=50)
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument("--kills", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--models", type=Path, help="a folder of converted models, so that they need not be made again")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir()
        if given.models:
            shutil.copytree(given.models, home / "models")
        with ChromaProcess(Path(folder) / "chroma") as chroma:
            outcome = Trial(home, chroma, given.seed).run(given.ingestions, given.questions, given.kills)
    print(report(outcome))
    sys.exit(not outcome.is_good)


if __name__ == "__main__":
    main()
