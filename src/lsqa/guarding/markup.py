"""Links, images, markup and false labels in the text of a claim.

Whoever shows an answer may render Markdown or HTML: an image is then fetched without a click and carries away whatever
was written into its address. Links and pictures of an answer are made from its citations, never from a model's words.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from lsqa.text import fold

_MARKUP: Final = re.compile(
    r"!\s*\[|\]\s*[(\[]|\]\s*:|<\s*[a-z/!?]|&(?:#\d+|#x[0-9a-f]+|[a-z]{2,8});|```|\\[()\[\]<>!]|\$\$",
    re.IGNORECASE,
)
_LINK: Final = re.compile(
    r"(?:[a-z][a-z0-9+.-]+:\s*//|www\.|"
    r"(?:javascript|vbscript|mailto|data|file|tel|blob)\s*:(?=[\w+/]))"
    r"[^\s「」『』、。（）<>\"']*"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![\w.-])(?:[a-z0-9_-]+\.)+[a-z]{2,}(?![\w.-])(?:[:/?][^\s「」『』、。（）<>\"']*)?"
    r"|(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])(?:[:/]\S*)?",
    re.IGNORECASE,
)
_LABEL: Final = re.compile(r"\s*[\[【〔]\s*(\d{1,4})\s*[\]】〕]")
_INITIALS: Final = re.compile(r"(?:[a-z]\.)+[a-z]?", re.IGNORECASE)
_HIDDEN: Final = ("Cc", "Cf", "Co", "Cs", "Cn")


def is_plain(text: str, quotes: Sequence[str], labels: set[int]) -> bool:
    """Whether `text` has no markup, nothing unseen, no label but `labels` and no address but those of its quotes."""
    flat = " ".join(text.split())
    if any(unicodedata.category(c) in _HIDDEN for c in flat):
        return False
    if any(int(found[1]) not in labels for found in _LABEL.finditer(_compatible(flat))):
        return False
    bare = _LABEL.sub("", _compatible(flat))
    if _MARKUP.search(bare):
        return False
    quoted = {link for quote in quotes for link in _links(_compatible(quote))}
    return _links(bare) <= quoted


def without_labels(text: str, labels: set[int]) -> str:
    """`text` in one line without the labels that are shown behind it."""
    return _LABEL.sub(lambda found: "" if int(found[1]) in labels else found[0], " ".join(text.split()))


def harmless(text: str) -> str:
    """`text` in one line in which no renderer finds a link, a picture or markup; for looking at, not for quoting."""
    seen = "".join(c for c in " ".join(text.split()) if unicodedata.category(c) not in _HIDDEN)
    bare = _LINK.sub(lambda found: found[0] if _INITIALS.fullmatch(found[0]) else "…", _compatible(seen))
    return "".join(" " if c in "!<>[]()`\\&" else c for c in bare) if _MARKUP.search(_compatible(seen)) else bare


def _links(text: str) -> set[str]:
    found = (m[0].rstrip(".,;:!?") for m in _LINK.finditer(text))
    return {fold(link).lower() for link in found if not _INITIALS.fullmatch(link)}


def _compatible(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
