"""What the parts of the page share: who is asked, what is said, what the browser keeps, and the slide that is open."""

import logging
from dataclasses import dataclass, field
from typing import Any, Final

import gradio as gr
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lsqa.errors import LsqaError
from lsqa.slides import Quoted, open_slide
from lsqa.text import Language, locate
from lsqa.ui.desk import Desk
from lsqa.ui.examples import Examples
from lsqa.ui.labels import Labels
from lsqa.ui.slide_view import empty_slide_html, slide_html

PRIVATE: Final[dict[str, Any]] = {"api_visibility": "private"}
"""Of an event that only the page itself uses."""

CLICKS: Final = """
// 'open', 'retry', 'edit', 'example', 'vote', 'comment', 'cancel', 'away'
element.addEventListener("click", (event) => window.lsqa && window.lsqa.act(event, trigger));
"""
"""Hands the clicks of an HTML part to `page.js`, which triggers the events named."""

_log = logging.getLogger(__name__)


class _QuotedPlace(BaseModel):
    model_config = ConfigDict(extra="ignore")
    quote: str = Field(default="", max_length=20_000)
    start: int = -1
    end: int = -1


class Place(BaseModel):
    """What a click asks to open. It comes from the browser. `near` are words that stand nearest to a question.

    `quoted_page` is the page that `quoted` and `near` stand on, 0 for the one that is opened: who leafs through a
    document takes them along, and finds them marked when coming back.
    """

    model_config = ConfigDict(extra="ignore")
    doc_id: str = Field(max_length=500)
    page: int = Field(ge=1)
    quoted: tuple[_QuotedPlace, ...] = Field(default=(), max_length=50)
    near: str = Field(default="", max_length=4_000)
    quoted_page: int = Field(default=0, ge=0)


def clicked(event: gr.EventData) -> dict[str, Any]:
    """What a click in an HTML part brought; from the browser, so of any form."""
    return event._data if isinstance(event._data, dict) else {}


def language_of(preferences: Any) -> Language:
    """The language that the browser keeps."""
    return "en" if isinstance(preferences, dict) and preferences.get("language") == "en" else "ja"


@dataclass(slots=True)
class Parts:
    """Made once for a page. `preferences` is kept by the browser: `{"language": …}`; `opened` is the place of the open
    slide; `slide` its panel."""

    desk: Desk
    labels: Labels = field(default_factory=Labels)
    examples: Examples = field(default_factory=Examples)
    preferences: Any = None
    opened: Any = None
    slide: Any = None

    def open_on(self, *panels: Any) -> None:
        """Let the numbers in these HTML parts open their slides."""
        for panel in panels:
            panel.open(self._open, [self.preferences], [self.slide, self.opened], show_progress="hidden", **PRIVATE)

    def _open(self, preferences: Any, event: gr.EventData) -> tuple[str, dict[str, Any]]:
        place = clicked(event)
        return self.slide_panel(place, language_of(preferences)), place

    def slide_panel(self, place: Any, language: Language) -> str:
        """The panel for a place; words where there is nothing to show."""
        catalogue = self.desk.catalogue
        if not place or catalogue is None:
            return empty_slide_html(language)
        try:
            wanted = Place.model_validate(place)
            page = catalogue.page(wanted.doc_id, wanted.page)
            slide = open_slide(catalogue, wanted.doc_id, wanted.page, _marked(wanted, page.text))
        except ValidationError:
            return empty_slide_html(language)
        except LsqaError as error:
            _log.info("nothing to open: %s", error)
            return empty_slide_html(language, "page-gone")
        images = self.desk.images
        plain = wanted.model_dump(mode="json", exclude_defaults=True)
        if image := images.image(slide.document, slide.page.number):
            return slide_html(images.marked(slide), image, plain, language)
        return slide_html(slide, None, plain, language, is_being_made=images.is_being_made(slide.document))


def _marked(place: Place, text: str) -> list[Quoted]:
    """What is to be marked on the page that is opened, of which `text` is the text."""
    if place.quoted_page not in (0, place.page):
        return []
    quoted = [Quoted(q.quote, q.start, q.end) for q in place.quoted]
    # What stands nearest is marked as far as it stands in one piece.
    return quoted + [Quoted(line) for line in place.near.split("\n") if locate(line, text)]
