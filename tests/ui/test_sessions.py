"""What the server keeps of each open page: bounded, and the same however much was asked there."""

import asyncio
import gc
from pathlib import Path

import httpx
from benchmarks.page_crowd import Client
from benchmarks.serving_page import served
from gradio.state_holder import StateHolder

from lsqa.settings import load_settings
from lsqa.ui.desk import Desk
from lsqa.ui.sessions import MOST_PAGES

BUDGET = "B-cureの2025年度の予算はいくらですか？"


def test_what_is_kept_of_a_page_does_not_grow_by_questions(served_home: Path) -> None:
    with served(Desk(load_settings(home=str(served_home))[0])) as address:
        asyncio.run(asked(address, "one", 2))
        # By its type alone: to ask some objects for their class is to be warned.
        holders = [found for found in gc.get_objects() if issubclass(type(found), StateHolder)]
        holder = next(found for found in holders if "one" in found)
        components = set(holder["one"].blocks_config.blocks)
        asyncio.run(asked(address, "one", 3))
        assert set(holder["one"].blocks_config.blocks) == components
        assert set(holder["one"].config_values) <= components
        assert holder.capacity == MOST_PAGES


async def asked(address: str, visitor: str, times: int) -> None:
    """Ask over the page's protocol."""
    async with httpx.AsyncClient(base_url=address, timeout=60) as http:
        client = Client(http, (await http.get("config")).json(), visitor)
        for _ in range(times):
            await client.ask(BUDGET)
