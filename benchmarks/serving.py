"""How many retrievals and answers a second a server gives, and how long one waits, with 1, 8, 32, 64 clients.

A real `lsqa serve` in a process of its own, asked over loopback by clients that ask again as soon as they are answered.
The clients run in this process and share the machine's cores with the server. What is sent away with 503 is counted
apart; its client comes back when Retry-After says so.

    python benchmarks/serving.py [--passages FILE.jsonl.gz] [--seconds N]
"""

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent
QUESTIONS = (
    "B-cureの2025年度の予算はいくらですか？",
    "SCARDAのセンター長の名前を教えてください。",
    "ワクチン開発の拠点はどこに置かれていますか",
    "Who leads UTOPIA?",
    "再生医療の研究の予算は？",
    "創薬の支援にはどんな事業がありますか",
    "バイオバンクの試料はいくつありますか",
    "脳科学の計画は何年度に始まりましたか",
)
CLIENTS = (1, 8, 32, 64)
Body = Mapping[str, object]


@dataclass
class Load:
    """What some clients met. `seconds` are those of the requests that were answered."""

    seconds: list[float] = field(default_factory=list)
    busy: int = 0
    busy_seconds: list[float] = field(default_factory=list)
    failed: int = 0

    def line(self, what: str, clients: int, elapsed: float) -> str:
        ordered = sorted(self.seconds) or [0.0]
        p50, p95 = (1000 * ordered[min(len(ordered) - 1, int(len(ordered) * q))] for q in (0.5, 0.95))
        slowest = 1000 * max(self.busy_seconds, default=0.0)
        return (
            f"{what:<22} {clients:>7} {len(self.seconds) / elapsed:>8.1f} {p50:>8.0f} {p95:>8.0f} "
            f"{self.busy:>6} {slowest:>8.0f} {self.failed:>6}"
        )


async def client(http: httpx.AsyncClient, path: str, bodies: Sequence[Body], until: float, load: Load) -> None:
    number = 0
    while time.perf_counter() < until:
        body = bodies[number % len(bodies)]
        number += 1
        started = time.perf_counter()
        try:
            response = await http.post(path, json=body)
        except httpx.HTTPError:
            load.failed += 1
            continue
        took = time.perf_counter() - started
        if response.status_code == 200:
            load.seconds.append(took)
        elif response.status_code == 503:
            load.busy += 1
            load.busy_seconds.append(took)
            await asyncio.sleep(min(float(response.headers["retry-after"]), until - time.perf_counter()))
        else:
            load.failed += 1


async def measure(url: str, path: str, bodies: Sequence[Body], clients: int, seconds: float) -> str:
    load = Load()
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=clients)
    async with httpx.AsyncClient(base_url=url, timeout=60, limits=limits) as http:
        started = time.perf_counter()
        turned = [[*bodies[n % len(bodies) :], *bodies[: n % len(bodies)]] for n in range(clients)]
        await asyncio.gather(*(client(http, path, own, started + seconds, load) for own in turned))
        return load.line(
            f"{path}{' unread' if bodies[0].get('read') is False else ''}", clients, time.perf_counter() - started
        )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--passages", type=Path, help="ingested beside the corpus: a larger library")
    options.add_argument("--seconds", type=float, default=10.0, help="for each number of clients")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("LSQA_")}
        environment |= {"LSQA_HOME": folder, "LSQA_API_RATE": "0"}
        program = [sys.executable, "-m", "lsqa"]
        paths = [str(ROOT / "corpus"), *([str(given.passages.resolve())] if given.passages else [])]
        subprocess.run([*program, "ingest", *paths, "--json"], env=environment, check=True, stdout=subprocess.DEVNULL)
        command = [*program, "serve", "--port", "0", "--no-page"]
        with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as server:
            assert server.stderr is not None
            found = re.search(r"http://[\d.:]+", server.stderr.readline())
            assert found, "the server did not start"
            threading.Thread(target=server.stderr.read, daemon=True).start()  # its log, which would fill the pipe
            try:
                run(found[0], given.seconds)
            finally:
                server.terminate()
                server.wait(30)


def run(url: str, seconds: float) -> None:
    """Every load, a line each."""
    documents = httpx.get(f"{url}/v1/documents", timeout=60).json()["documents"]
    print(f"{len(documents)} documents, {sum(d['chunks'] for d in documents)} chunks, {os.cpu_count()} cores")
    print("request                clients a second   p50 ms   p95 ms    503   503 ms failed")
    loads: tuple[tuple[str, list[Body]], ...] = (
        ("/v1/retrieve", [{"query": q, "k": 10, "read": False} for q in QUESTIONS]),
        ("/v1/retrieve", [{"query": q, "k": 10} for q in QUESTIONS]),
        ("/v1/ask", [{"question": q} for q in QUESTIONS]),
    )
    for path, bodies in loads:
        asyncio.run(measure(url, path, bodies, 1, 3.0))  # what is loaded at the first question
        for clients in CLIENTS:
            print(asyncio.run(measure(url, path, bodies, clients, seconds)), flush=True)
    print(json.dumps(httpx.get(f"{url}/readyz").json()))


if __name__ == "__main__":
    main()
