"""How many retrievals and answers a second a server gives, and how long one waits, with 1, 8, 32, 64 clients.

A real `lsqa serve` in a process of its own, asked over loopback by clients that ask again as soon as they are answered,
each question of the suites in turn. What is sent away with 503 is counted apart; its client comes back when Retry-After
says so. The clients run in this process and share the machine's cores with the server: `core ms` is the processor time
of the server for each answer, `clients'` what the clients take of a core.

    python -m benchmarks.serving [--home FOLDER | --passages FILE.jsonl.gz] [--questions FILE.jsonl …] [--only unread]
        [--workers 2] …
"""

import argparse
import asyncio
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from benchmarks.loopback import Connection, encoded

ROOT = Path(__file__).parent.parent
SUITES = tuple(ROOT / "evals" / f"{name}.jsonl" for name in ("briefing", "briefing-2", "briefing-3"))
CLIENTS = (1, 8, 32, 64)
LOADS = {
    "unread": ("/v1/retrieve", {"k": 10, "read": False}),
    "retrieve": ("/v1/retrieve", {"k": 10}),
    "ask": ("/v1/ask", {}),
}


@dataclass
class Load:
    """What some clients met. `seconds` are those of the requests that were answered."""

    seconds: list[float] = field(default_factory=list)
    busy: int = 0
    busy_seconds: list[float] = field(default_factory=list)
    failed: int = 0

    def line(self, what: str, clients: int, elapsed: float, own: float, servers: float) -> str:
        ordered = sorted(self.seconds) or [0.0]
        p50, p95 = (1000 * ordered[min(len(ordered) - 1, int(len(ordered) * q))] for q in (0.5, 0.95))
        slowest = 1000 * max(self.busy_seconds, default=0.0)
        sent_away = self.busy / max(1, self.busy + len(self.seconds))
        return (
            f"{what:<10} {clients:>7} {len(self.seconds) / elapsed:>8.1f} {p50:>7.0f} {p95:>7.0f} "
            f"{sent_away:>6.1%} {slowest:>7.0f} {self.failed:>6} {1000 * servers / max(1, len(self.seconds)):>8.1f}"
            f" {own / elapsed:>8.0%}"
        )


async def client(url: str, requests: Iterator[bytes], until: float, load: Load) -> None:
    with Connection(url) as connection:
        while time.perf_counter() < until:
            started = time.perf_counter()
            try:
                reply = await connection.post(next(requests))
            except (OSError, EOFError):
                load.failed += 1
                continue
            took = time.perf_counter() - started
            if reply.status == 200:
                load.seconds.append(took)
            elif reply.status == 503:
                load.busy += 1
                load.busy_seconds.append(took)
                await asyncio.sleep(min(float(reply.headers["retry-after"]), max(0.0, until - time.perf_counter())))
            else:
                load.failed += 1


def distinct(questions: Sequence[str]) -> Iterator[str]:
    """All of them over and over, in other words each time: nothing is asked twice, so no kept vector serves."""
    for turn in itertools.count(1):
        yield from (question if turn == 1 else f"{question}（{turn}回目）" for question in questions)


@dataclass(frozen=True)
class Server:
    """A server that runs: its address and its first process."""

    url: str
    pid: int

    @property
    def processor_seconds(self) -> float:
        """What it and its workers have taken so far; 0 where the system does not tell."""
        try:
            workers = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
            stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in (self.pid, *workers)]
        except OSError:
            return 0.0
        return sum(int(fields[11]) + int(fields[12]) for fields in stats) / os.sysconf("SC_CLK_TCK")


async def measure(server: Server, what: str, requests: Iterator[bytes], clients: int, seconds: float) -> str:
    load = Load()
    started, own, servers = time.perf_counter(), time.process_time(), server.processor_seconds
    await asyncio.gather(*(client(server.url, requests, started + seconds, load) for _ in range(clients)))
    elapsed, own = time.perf_counter() - started, time.process_time() - own
    return load.line(what, clients, elapsed, own, server.processor_seconds - servers)


@contextmanager
def served(home: Path, workers: int) -> Iterator[Server]:
    """A server over the library in `home`."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LSQA_")}
    environment |= {"LSQA_HOME": str(home), "LSQA_API_RATE": "0"}
    command = [sys.executable, "-m", "lsqa", "serve", "--port", "0", "--no-page", "--workers", str(workers)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        found = re.search(r"http://[\d.:]+", server.stderr.readline())
        assert found, "the server did not start"
        threading.Thread(target=server.stderr.read, daemon=True).start()  # its log, which would fill the pipe
        try:
            yield Server(found[0], server.pid)
        finally:
            server.terminate()
            server.wait(30)


def questions_of(paths: Sequence[Path]) -> list[str]:
    """The questions of suites, or of files whose lines have a `question` or a `query`, each once."""
    lines = [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    return list(dict.fromkeys(str(line.get("question") or line.get("query")) for line in lines))


def run(server: Server, questions: Sequence[str], only: Sequence[str], clients: Sequence[int], seconds: float) -> None:
    """Every load, a line each."""
    url = server.url
    documents = httpx.get(f"{url}/v1/documents", timeout=60).json()["documents"]
    print(
        f"{len(documents)} documents, {sum(d['chunks'] for d in documents)} chunks, {len(questions)} questions, "
        f"{os.cpu_count()} cores"
    )
    print("request    clients a second  p50 ms  p95 ms    503  503 ms failed  core ms  clients'")
    asked = distinct(questions)
    for what in only:
        path, more = LOADS[what]
        named = "question" if what == "ask" else "query"
        requests = (encoded(url, path, {named: question, **more}) for question in asked)
        asyncio.run(measure(server, what, requests, 1, 3.0))  # what is loaded at the first question
        for count in clients:
            print(asyncio.run(measure(server, what, requests, count, seconds)), flush=True)
    print(json.dumps(httpx.get(f"{url}/readyz").json()))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--home", type=Path, help="a library that is there, in the place of one of the corpus")
    options.add_argument("--passages", type=Path, help="ingested beside the corpus: a larger library")
    options.add_argument("--questions", type=Path, nargs="+", default=SUITES, help="files of JSON lines")
    options.add_argument("--only", nargs="+", choices=LOADS, default=tuple(LOADS))
    options.add_argument("--clients", type=int, nargs="+", default=CLIENTS)
    options.add_argument("--seconds", type=float, default=10.0, help="for each number of clients")
    options.add_argument("--workers", type=int, default=1, help="processes of the server")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = given.home or Path(folder)
        if given.home is None:
            paths = [str(ROOT / "corpus"), *([str(given.passages.resolve())] if given.passages else [])]
            command = [sys.executable, "-m", "lsqa", "ingest", *paths, "--home", folder, "--json"]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with served(home, given.workers) as server:
            run(server, questions_of(given.questions), given.only, given.clients, given.seconds)


if __name__ == "__main__":
    main()
