"""GET /v1/documents/ID/pages/N/image: a page as it looks, with what is quoted from it marked."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import Response
from pydantic import StringConstraints

from lsqa.api.access import allow
from lsqa.api.asking import PROBLEMS
from lsqa.api.documents import DocumentId, PageNumber
from lsqa.api.problems import ProblemError
from lsqa.api.state import Server, server_of
from lsqa.slides import LONGER_SIDE, NO_IMAGE, Quoted, Slide, marked_image, open_slide
from lsqa.slides.drawing import DRAWING_VERSION
from lsqa.slides.marking import MARKING_VERSION

_NARROWEST: Final = 64
# An address has to fit into the head of a request, in which a Japanese character takes nine bytes.
_LONGEST_QUOTE, _MOST_QUOTES = 500, 10
_MEDIA_TYPE: Final = "image/png"
_SHOWN: Final = {
    **PROBLEMS,
    200: {
        "content": {_MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
        "description": f"The page; its longer side has at most {LONGER_SIDE:,} pixels.",
    },
    304: {"description": "It is as If-None-Match knows it"},
}
Quote = Annotated[str, StringConstraints(min_length=1, max_length=_LONGEST_QUOTE)]
Quotes = Annotated[list[Quote] | None, Query(max_length=_MOST_QUOTES, description="Words of the page to be marked.")]
Width = Annotated[int | None, Query(ge=_NARROWEST, le=LONGER_SIDE, description="Pixels at most.")]
Offset = Annotated[int | None, Query(ge=0, le=100_000_000)]
router = APIRouter(prefix="/v1/documents", tags=["documents"])


@dataclass(frozen=True, slots=True)
class Marks:
    """What is to be marked: words, or a span of the page's text."""

    quotes: tuple[str, ...]
    start: int | None
    end: int | None

    @property
    def is_span(self) -> bool:
        return self.start is not None or self.end is not None


@router.get(
    "/{doc_id:path}/pages/{number}/image",
    response_class=Response,
    responses=_SHOWN,
    dependencies=[Depends(allow("read"))],
)
async def page_image(
    doc_id: DocumentId,
    number: PageNumber,
    request: Request,
    quote: Quotes = None,
    start: Offset = None,
    end: Offset = None,
    width: Width = None,
    if_none_match: Annotated[str, Header(max_length=1_000)] = "",
) -> Response:
    """A page of a PDF or a presentation as an image, with words marked: those of `quote`, and `start` to `end` as a
    citation tells them."""
    server = server_of(request)
    slide = await server.asking.run(
        lambda: _opened(server, doc_id, number, Marks(tuple(quote or ()), start, end)), server.seconds
    )
    tag = _tag(slide, width)
    # Asked for again each time: a document may be removed, or replaced under its id.
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if tag in (one.strip().removeprefix("W/") for one in if_none_match.split(",")) or if_none_match.strip() == "*":
        return Response(status_code=304, headers=headers)
    content = await server.drawing.run(lambda: _drawn(server, slide, width), server.seconds)
    return Response(content, media_type=_MEDIA_TYPE, headers=headers)


def _opened(server: Server, doc_id: str, number: int, marks: Marks) -> Slide:
    """The page with the places of what is marked. Raises `UnknownDocumentError`, `ProblemError`."""
    catalogue = server.service.assistant().library.catalogue
    with catalogue.snapshot() as snapshot, snapshot.used():
        quoted = [Quoted(words) for words in marks.quotes]
        if marks.is_span:
            quoted.append(_span(catalogue.page(doc_id, number).text, marks.start, marks.end))
        slide = open_slide(catalogue, doc_id, number, quoted)
    if slide.missing:
        raise ProblemError(422, "quote", "what is to be marked does not stand on the page")
    return server.service.images.marked(slide)


def _span(text: str, start: int | None, end: int | None) -> Quoted:
    if start is None or end is None or not start < end <= len(text):
        raise ProblemError(422, "span", f"start and end are offsets in the page's text of {len(text):,} characters")
    return Quoted(text[start:end], start, end)


def _tag(slide: Slide, width: int | None) -> str:
    """Names the image by all that decides how it looks."""
    what = (DRAWING_VERSION, MARKING_VERSION, slide.document.sha256, slide.page.number, slide.boxes, width)
    return f'"{hashlib.sha256(repr(what).encode()).hexdigest()[:32]}"'


def _drawn(server: Server, slide: Slide, width: int | None) -> bytes:
    image: Path | None = server.service.images.image(slide.document, slide.page.number)
    if image is None:
        raise ProblemError(404, "no-image", NO_IMAGE)
    if not slide.boxes and (width is None or width >= LONGER_SIDE):
        return image.read_bytes()
    return marked_image(image, slide.boxes, width)
