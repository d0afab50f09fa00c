"""Gradio is imported without its type stubs being written anew.

For each of its 80 components it parses their source and writes a `.pyi` beside it, whenever it is imported: a third of
the time that its import takes, in a folder that may not be ours to write in. The stubs come with its wheel anyway.
"""

import importlib.util
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Final

_MODULE: Final = "gradio.component_meta"
_WRITES: Final = "create_or_modify_pyi"


class _Silent(Loader):
    """Loads the module as `loader` does, and takes the writing out of it."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        if hasattr(module, _WRITES):
            setattr(module, _WRITES, lambda *_: None)


class _Finder(MetaPathFinder):
    """Finds that one module, once."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != _MODULE:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = _Silent(spec.loader)
        return spec


def leave_stubs_alone() -> None:
    """Before Gradio is imported. Without effect where it has been."""
    if _MODULE not in sys.modules and not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
