"""Where quotes of a slide stand in its image, found in the text that the image was made with.

The image of a presentation comes from its conversion; its pages are read as those of any PDF are. A quote is placed
where it stands as often as in the slide's own text, so that one of several equal ones is not taken for another; else
where each of its lines and cells stands once.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lsqa.documents import Box, Page
from lsqa.text import Span, locate


@dataclass(frozen=True, slots=True)
class Wanted:
    """A quote that stands `count` times on its slide; it is the one at `place`, from 0."""

    quote: str
    place: int
    count: int


def wanted_of(page: Page, spans: Sequence[Span]) -> tuple[Wanted, ...]:
    """What is to be found of a slide whose text is known."""
    found: list[Wanted] = []
    for start, end in spans:
        quote = page.text[start:end]
        places = locate(quote, page.text)
        found.append(Wanted(quote, sum(1 for a, _ in places if a < start), len(places)))
    return tuple(found)


def place(page: Page, wanted: Wanted) -> tuple[Box, ...]:
    """The boxes of a quote on the page that was converted; none where it is not clear which they are."""
    places = locate(wanted.quote, page.text)
    if places and len(places) == wanted.count:
        return page.boxes_of(*places[wanted.place])
    pieces = [piece for piece in re.split(r"[\t\n]", wanted.quote) if piece.strip()]
    found = [locate(piece, page.text) for piece in pieces]
    if len(pieces) < 2 or any(len(each) != 1 for each in found):
        return ()
    return tuple(box for ((start, end),) in found for box in page.boxes_of(start, end))
