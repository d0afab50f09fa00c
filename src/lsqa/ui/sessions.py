"""What the server keeps of each open page: the state of its components, for as many pages as were used last.

Gradio makes a component anew for whatever an event leaves as it is, under a number of its own, and never drops the one
before: what a page takes would grow with every question, by the conversation so far.
"""

from functools import partial
from typing import Any, Final

import gradio as gr
from fastapi import FastAPI
from gradio.blocks import Block
from gradio.routes import App
from gradio.state_holder import SessionState, StateHolder
from starlette.routing import Mount

MOST_PAGES: Final = 200
"""Some 100 KB each. A page that was given up goes on as a new one: what it shows and what the browser keeps stays."""


class _State(SessionState):
    """A component that is made anew has the number of the one it stands for."""

    def __setitem__(self, key: int, value: Any) -> None:
        if isinstance(value, Block):
            value._id = key
            _trust(value)
        super().__setitem__(key, value)


class _States(StateHolder):
    def __getitem__(self, session_id: str) -> SessionState:
        if session_id not in self.session_data:
            self.session_data[session_id] = _State(self.blocks)
        return super().__getitem__(session_id)


def bound_sessions(app: FastAPI, page: gr.Blocks) -> None:
    """Keep the state of at most `MOST_PAGES` pages, none of which grows by being used. Of a page that is mounted."""
    page.state_session_capacity = MOST_PAGES
    for component in page.blocks.values():
        _trust(component)
    for route in app.routes:
        if isinstance(route, Mount) and isinstance(route.app, App) and route.app.blocks is page:
            route.app.state_holder = _States()  # type: ignore[no-untyped-call]
            route.app.state_holder.set_blocks(page)


def _trust(component: Any) -> None:
    """Let a dropdown hand on what it is told: whether that exists is looked up where it is used. Gradio compares it
    with what this page was offered, and refuses every event where the state of the page was given up.

    On the component, for Gradio writes a file beside the code of any class that is derived from one of its own.
    """
    if isinstance(component, gr.Dropdown):
        component.preprocess = partial(_chosen, bool(component.multiselect))  # type: ignore[assignment, method-assign]


def _chosen(are_several: bool, told: Any) -> list[str] | str | None:
    if are_several:
        return [name for name in told if isinstance(name, str)] if isinstance(told, list) else []
    return told if isinstance(told, str) else None
