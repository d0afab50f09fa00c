"""The slides of `briefing.md`: a small line-based subset of Markdown, described at the top of that file."""

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Literal

Kind = Literal["heading", "subheading", "item", "note", "mark", "paragraph", "table"]
PREFIXES: tuple[tuple[str, Kind], ...] = (
    ("### ", "subheading"), ("## ", "heading"), ("- ", "item"), ("> ", "note"), ("|", "table"),
)  # fmt: skip


class SlideSyntaxError(ValueError):
    """A line of the source that the syntax does not allow; says which slide and which line."""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, list item, paragraph, note, mark or table. Only tables have `rows`; with `head`, the head is first."""

    kind: Kind
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    head: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of the slide, top to bottom: columns side by side with relative widths. Full width is one column."""

    weights: tuple[int, ...]
    columns: tuple[tuple[Block, ...], ...]


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide: its number from 1, its title and its bands."""

    number: int
    title: str
    cover: bool
    bands: tuple[Band, ...]


def read_slides(path: Path) -> tuple[Slide, ...]:
    """All slides of the source at `path`, in order. Raises SlideSyntaxError."""
    parts: list[list[str]] = [[]]
    inside_comment = False
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() == "<!--":
            inside_comment = True
        elif line.strip() == "-->":
            inside_comment = False
        elif line.strip() == "---" and not inside_comment:
            parts.append([])
        elif line.strip() and not inside_comment:
            parts[-1].append(line.strip())
    return tuple(_slide(number, lines) for number, lines in enumerate(parts, start=1))


def _slide(number: int, lines: list[str]) -> Slide:
    titles = [line for line in lines if line.startswith("# ")]
    if len(titles) != 1:
        raise SlideSyntaxError(f"slide {number}: {len(titles)} lines start with '# '; a slide has exactly one title")
    cover = "<!-- cover -->" in lines
    body = [line for line in lines if line not in (titles[0], "<!-- cover -->")]
    return Slide(number, titles[0][2:], cover, _bands(number, body))


def _bands(number: int, lines: list[str]) -> tuple[Band, ...]:
    bands: list[tuple[tuple[int, ...], list[list[str]]]] = [((1,), [[]])]
    for line in lines:
        if line.startswith("<!-- columns "):
            weights = line.removeprefix("<!-- columns ").removesuffix(" -->").split(":")
            bands.append((tuple(int(weight) for weight in weights), [[]]))
        elif line == "<!-- column -->":
            bands[-1][1].append([])
        elif line == "<!-- end -->":
            bands.append(((1,), [[]]))
        elif line.startswith("<!--"):
            raise SlideSyntaxError(f"slide {number}: unknown instruction {line}")
        else:
            bands[-1][1][-1].append(line)
    for weights_of_band, columns in bands:
        if len(weights_of_band) != len(columns):
            raise SlideSyntaxError(f"slide {number}: {len(weights_of_band)} column widths but {len(columns)} columns")
    return tuple(Band(weights, tuple(map(_blocks, columns))) for weights, columns in bands if any(columns))


def _blocks(lines: list[str]) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for kind, group in groupby(lines, key=_kind):
        if kind == "table":
            blocks.append(_table(list(group)))
        else:
            blocks.extend(Block(kind, _text(kind, line)) for line in group)
    return tuple(blocks)


def _kind(line: str) -> Kind:
    for prefix, kind in PREFIXES:
        if line.startswith(prefix):
            return kind
    return "mark" if line.startswith("〔") else "paragraph"


def _text(kind: Kind, line: str) -> str:
    prefix = next((prefix for prefix, prefix_kind in PREFIXES if prefix_kind == kind), "")
    return line.removeprefix(prefix)


def _table(lines: list[str]) -> Block:
    rows = tuple(tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines)
    head = len(rows) > 1 and all(set(cell) == {"-"} for cell in rows[1])
    return Block("table", rows=rows[:1] + rows[2:] if head else rows, head=head)
