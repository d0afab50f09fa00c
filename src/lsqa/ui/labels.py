"""The words on the page's components, said again when the language changes."""

from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr

from lsqa.text import Language
from lsqa.ui.texts import text

Said = str | Callable[[Language], Any]
"""The key of a text, or what makes a value for a language."""


class Labels:
    """Components with what of them is said in a language. `components` are the outputs of `updates`, in their order."""

    def __init__(self) -> None:
        self._said: list[tuple[Any, dict[str, Said]]] = []

    def add(self, component: Any, **said: Said) -> Any:
        """Register a component; the names of `said` are those of its properties. It begins in Japanese."""
        for name, value in said.items():
            setattr(component, name, _in("ja", value))
        self._said.append((component, said))
        return component

    @property
    def components(self) -> list[Any]:
        return [component for component, _ in self._said]

    def updates(self, language: Language) -> dict[Any, Any]:
        """What every component says in a language."""
        return {
            component: gr.update(**{name: _in(language, value) for name, value in said.items()})
            for component, said in self._said
        }


def merged(*updates: Mapping[Any, Any]) -> dict[Any, Any]:
    """The updates of all: where several are of one component, each adds its properties to those before."""
    found: dict[Any, Any] = {}
    for component, update in (item for each in updates for item in each.items()):
        before = found.get(component, {})
        found[component] = {**before, **update} if _is_update(before) and _is_update(update) else update
    return found


def _is_update(value: Any) -> bool:
    return isinstance(value, dict) and value.get("__type__") == "update"


def _in(language: Language, said: Said) -> Any:
    return text(said, language) if isinstance(said, str) else said(language)
