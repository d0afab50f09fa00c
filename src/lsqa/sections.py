"""Heading paths: which section of a slide a block belongs to.

A slide is a section even where its title was lost: the path then begins with the first heading that the slide has,
never with a
heading of the slide before.
"""

from dataclasses import dataclass

from lsqa.documents import Block, Page

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
    open_headings: list[tuple[int, str]] = []
    blocks: list[Block] = []

    def close() -> None:
        if blocks:
            found.append(Section(page.number, tuple(text for _, text in open_headings), tuple(blocks)))
            blocks.clear()

    for block in page.blocks:
        if block.kind == "heading":
            close()
            while open_headings and open_headings[-1][0] >= block.level:
                open_headings.pop()
            open_headings.append((block.level, " ".join(page.text_of(block).split())))
        blocks.append(block)
    close()
    return tuple(found)


def heading_path_at(page: Page, offset: int) -> HeadingPath:
    """The heading path of the block that holds `offset`; the empty path before the first heading."""
    path: HeadingPath = ()
    for section in page_sections(page):
        if section.start > offset:
            break
        path = section.heading_path
    return path
