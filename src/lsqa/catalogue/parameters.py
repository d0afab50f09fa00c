"""Parameters of statements: how many fit into one."""

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

Item = TypeVar("Item")
_PARAMETERS: Final = 400  # two an item stay below SQLite's lowest limit, 999


def slices(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """`items` in runs that fit into one statement."""
    for start in range(0, len(items), _PARAMETERS):
        yield items[start : start + _PARAMETERS]


def marks(items: Sequence[str]) -> str:
    return ",".join("?" * len(items))
