"""Twenty people at once against one alone: in the browser, at the desk, and over the page's own protocol, which is
Gradio's.

At the desk and over the protocol each of them asks three questions, the next as soon as one is answered, and one alone
asks all sixty. First everybody meets a library of which nothing is in memory, then one of which each question was asked
before. Beside the browser the others ask without a pause for as long as it does.
"""

import asyncio
import json
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import httpx
from benchmarks.page_figures import p95, questions, told

from lsqa.answers import Answer
from lsqa.settings import load_settings
from lsqa.ui.desk import Asked, Desk

USERS, EACH = 20, 3
QUESTIONS = questions(USERS * EACH)


async def asked_at(desk: Desk, session: str, question: str) -> float:
    """Seconds until the answer."""
    started = perf_counter()
    events = [event async for event in desk.ask(session, Asked(question))]
    assert isinstance(events[-1], Answer), events[-1]
    return perf_counter() - started


async def alone_at(desk: Desk) -> list[float]:
    return [await asked_at(desk, "one", question) for question in QUESTIONS]


async def crowd_at(desk: Desk) -> list[float]:
    async def user(number: int) -> list[float]:
        own = QUESTIONS[EACH * number : EACH * (number + 1)]
        return [await asked_at(desk, f"user{number}", question) for question in own]

    return [t for times in await asyncio.gather(*(user(n) for n in range(USERS))) for t in times]


def at_the_desk(home: str) -> None:
    """In this process, without Gradio."""
    found: dict[str, list[float]] = {}
    for who, ask in (("one user", alone_at), (f"{USERS} users at once", crowd_at)):
        desk = Desk(load_settings(home=home)[0])
        desk.warm_up()
        for state in ("first time", "again"):
            found[f"{who}, {state}"] = asyncio.run(ask(desk))
        desk.close()
    for name, times in found.items():
        told(f"at the desk: {name}", times)
    _compared(found)


@dataclass(frozen=True, slots=True)
class Met:
    """Seconds until the server's first status, and until the answer."""

    status: float
    answer: float


class Client:
    """A browser's part of the protocol: joins the queue, and listens until the answer is complete."""

    def __init__(self, http: httpx.AsyncClient, config: dict[str, Any], session: str) -> None:
        components = {c["id"]: c for c in config["components"]}
        self._http, self._session = http, session
        self._event = next(d for d in config["dependencies"] if "lsqa.sent" in str(d.get("js")))
        shown = (components[i] for i in self._event["inputs"][1:])
        self._switches = [c["props"].get("value") if c["type"] != "state" else None for c in shown]

    async def ask(self, question: str) -> Met:
        started, first = perf_counter(), 0.0
        body = {"data": [question, *self._switches], "fn_index": self._event["id"], "session_hash": self._session}
        (await self._http.post("gradio_api/queue/join", json=body)).raise_for_status()
        async with self._http.stream("GET", "gradio_api/queue/data", params={"session_hash": self._session}) as said:
            async for line in said.aiter_lines():
                message = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {"msg": ""}
                if message["msg"] == "process_generating" and not first:
                    first = perf_counter() - started
                if message["msg"] == "process_completed":
                    assert message["success"], message
                    return Met(first, perf_counter() - started)
        raise AssertionError("the server hung up")


async def _over_the_wire(address: str) -> dict[str, list[Met]]:
    limits = httpx.Limits(max_connections=4 * USERS)
    async with httpx.AsyncClient(base_url=address, timeout=120, limits=limits) as http:
        config = (await http.get("config")).json()

        async def user(name: str, own: list[str]) -> list[Met]:
            client = Client(http, config, name)
            return [await client.ask(question) for question in own]

        crowd = (user(f"user{n}", QUESTIONS[EACH * n : EACH * (n + 1)]) for n in range(USERS))
        return {
            "one user, again": (await user("warm", QUESTIONS), await user("one", QUESTIONS))[1],
            f"{USERS} users at once, again": [met for all_met in await asyncio.gather(*crowd) for met in all_met],
        }


def ask_over_the_wire(address: str, asked: list[str]) -> None:
    """One question after the other, each twenty by somebody new."""

    async def ask() -> None:
        async with httpx.AsyncClient(base_url=address, timeout=120) as http:
            config = (await http.get("config")).json()
            for number, question in enumerate(asked):
                if number % 20 == 0:
                    client = Client(http, config, f"visitor{number}")
                await client.ask(question)

    asyncio.run(ask())


def over_the_wire(address: str) -> None:
    """From this process, to a server in another."""
    found = asyncio.run(_over_the_wire(address))
    for name, met in found.items():
        told(f"over the wire: {name}, first status", [m.status for m in met])
        told(f"over the wire: {name}, answer", [m.answer for m in met])
    _compared({name: [m.answer for m in met] for name, met in found.items()})


@contextmanager
def others_beside(address: str, asked: list[str]) -> Iterator[None]:
    """All users but one, in a process of their own, who ask `asked` over and over as long as the context lasts."""
    spawning = multiprocessing.get_context("spawn")
    process = spawning.Process(target=_keep_asking, args=(address, asked), daemon=True)
    process.start()
    try:
        yield
        assert process.is_alive(), "one of the others got no answer"
    finally:
        process.terminate()
        process.join()


def _keep_asking(address: str, asked: list[str]) -> None:
    asyncio.run(_asking_on(address, asked))


async def _asking_on(address: str, asked: list[str]) -> None:
    limits = httpx.Limits(max_connections=4 * USERS)
    async with httpx.AsyncClient(base_url=address, timeout=120, limits=limits) as http:
        config = (await http.get("config")).json()

        async def user(number: int) -> None:
            client = Client(http, config, f"other{number}")
            while True:
                for question in asked[number :: USERS - 1]:
                    await client.ask(question)

        await asyncio.gather(*(user(n) for n in range(USERS - 1)))


def _compared(found: dict[str, list[float]]) -> None:
    for name, times in found.items():
        if (alone := name.replace(f"{USERS} users at once", "one user")) != name:
            state = name.partition(", ")[2]
            print(f"{f'p95 by that of one, {state}':<58} {p95(times) / p95(found[alone]):6.1f} ×")
