"""Heading paths: which section of a slide a block belongs to.

A slide is a section even where its title was lost: the path then begins with the first heading that the slide has,
never with a heading of the slide before. A page of running text goes on under the headings of the pages before, which
its reader has noted (`Page.open_headings`).
"""

from dataclasses import dataclass
from itertools import takewhile

from lsqa.documents import Block, OpenHeadings, Page

HeadingPath = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """The blocks of one page that stand under one heading path, the heading itself first. In reading order, never
    empty.
    """

    page: int
    heading_path: HeadingPath
    blocks: tuple[Block, ...]

    @property
    def start(self) -> int:
        return self.blocks[0].start

    @property
    def end(self) -> int:
        return self.blocks[-1].end


def page_sections(page: Page) -> tuple[Section, ...]:
    """The sections of a page in reading order; together they hold every block once."""
    found: list[Section] = []
    open_headings = page.open_headings
    blocks: list[Block] = []

    def close() -> None:
        if blocks:
            found.append(Section(page.number, _path(open_headings), tuple(blocks)))
            blocks.clear()

    for block in page.blocks:
        if block.kind == "heading":
            close()
            open_headings = with_heading(open_headings, block.level, page.text_of(block))
        blocks.append(block)
    close()
    return tuple(found)


def with_heading(open_headings: OpenHeadings, level: int, text: str) -> OpenHeadings:
    """The headings that are open below one more: it ends those of its level and deeper ones."""
    above = tuple(takewhile(lambda heading: heading[0] < level, open_headings))
    return (*above, (level, " ".join(text.split())))


def _path(open_headings: OpenHeadings) -> HeadingPath:
    return tuple(text for _, text in open_headings)


def heading_path_at(page: Page, offset: int) -> HeadingPath:
    """The heading path of the block that holds `offset`; before the page's first heading, those that were open."""
    path = _path(page.open_headings)
    for section in page_sections(page):
        if section.start > offset:
            break
        path = section.heading_path
    return path


def title_over(page: Page, path: HeadingPath) -> str:
    """The page's title in one line where it stands over what has this heading path, else an empty string.

    A slide has one title. A page of running text has the headings of several chapters on it, and the first of them
    says nothing of what stands under another.
    """
    title = " ".join(page.title.split())
    return title if not path or path[0] == title else ""
