"""Calls that read one state of the library from their first statement to their last, from whatever thread."""

from collections.abc import Callable, Generator, Iterator
from functools import wraps
from typing import Concatenate, Final, ParamSpec, Protocol, TypeVar, cast

from lsqa.library.reading import Library

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Event = TypeVar("Event")
_END: Final = object()


class _OverLibrary(Protocol):
    library: Library


Owner = TypeVar("Owner", bound=_OverLibrary)


def in_snapshot(
    method: Callable[Concatenate[Owner, Parameters], Result],
) -> Callable[Concatenate[Owner, Parameters], Result]:
    """`method`, reading one state of its object's library."""

    @wraps(method)
    def reading(self: Owner, /, *args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        with self.library.catalogue.snapshot() as snapshot, snapshot.used():
            return method(self, *args, **kwargs)

    return reading


def streamed_in_snapshot(
    method: Callable[Concatenate[Owner, Parameters], Iterator[Event]],
) -> Callable[Concatenate[Owner, Parameters], Iterator[Event]]:
    """The same for a method that is a generator. Each step may be asked for by another thread."""

    @wraps(method)
    def reading(self: Owner, /, *args: Parameters.args, **kwargs: Parameters.kwargs) -> Iterator[Event]:
        with self.library.catalogue.snapshot() as snapshot:
            events = cast(Generator[Event], method(self, *args, **kwargs))
            try:
                while True:
                    with snapshot.used():
                        event = next(events, _END)
                    if event is _END:
                        return
                    yield cast(Event, event)
            finally:
                with snapshot.used():
                    events.close()

    return reading
