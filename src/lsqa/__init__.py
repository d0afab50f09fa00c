"""Ask policy documents, and see every sentence of the answer proven by a verbatim, checked quote."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lsqa.answers import Answer
    from lsqa.assistant import Assistant
    from lsqa.catalogue import DocumentFilter
    from lsqa.citations import Citation, Claim, check
    from lsqa.conversation import Turn
    from lsqa.errors import LsqaError
    from lsqa.retrieval import Hit

    __version__: str

__all__ = [
    "Answer",
    "Assistant",
    "Citation",
    "Claim",
    "DocumentFilter",
    "Hit",
    "LsqaError",
    "Turn",
    "__version__",
    "check",
]

_HOME = {
    "Answer": "lsqa.answers",
    "Assistant": "lsqa.assistant",
    "Citation": "lsqa.citations",
    "Claim": "lsqa.citations",
    "DocumentFilter": "lsqa.catalogue",
    "Hit": "lsqa.retrieval",
    "LsqaError": "lsqa.errors",
    "Turn": "lsqa.conversation",
    "check": "lsqa.citations",
}


def __getattr__(name: str) -> Any:
    # Loaded when first asked for, so that `lsqa --help` does not wait for the indexes' libraries.
    if name == "__version__":
        return import_module("importlib.metadata").version("lsqa")
    if name not in _HOME:
        raise AttributeError(f"module 'lsqa' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
