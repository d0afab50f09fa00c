"""Traces of what becomes of a question, for OpenTelemetry, where its standard variables ask for them.

Without them nothing of OpenTelemetry is imported, and a span is a name that nobody hears. A span tells how long
something took and how it ended, and nothing of what was asked, found or answered: exceptions are named by their kind
alone, for their words may quote.
"""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar, cast

from lsqa.errors import SettingsError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor
    from opentelemetry.trace import Span, Tracer

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Event = TypeVar("Event")
Attribute = str | int | float | bool
SERVICE: Final = "lsqa"
_UNNAMED: Final = "unknown_service"
_END: Final = object()
_tracer: "Tracer | None" = None


def start(exporter: str, version: str) -> Callable[[], None]:
    """Begin to trace. `exporter` is `otlp` (over HTTP, to where the variables say) or `console`; what is returned ends
    it, with what was not yet sent.

    Raises `SettingsError` where the exporter is not known or its packages are not installed.
    """
    global _tracer
    if exporter not in ("otlp", "console"):
        raise SettingsError(f"OTEL_TRACES_EXPORTER cannot be {exporter!r}", hint="use otlp, console or none")
    try:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider

        processor = _processor(exporter)
    except ImportError as error:
        raise SettingsError(
            f"OTEL_… variables ask for traces, but a package for them is missing ({error.name})",
            hint="pip install 'lsqa[otel]', or set OTEL_SDK_DISABLED=true",
        ) from error
    resource = Resource.create({"service.version": version})
    if str(resource.attributes.get("service.name", _UNNAMED)).startswith(_UNNAMED):
        resource = resource.merge(Resource({"service.name": SERVICE}))
    # Not the program's own for all: whoever runs lsqa inside of a program of theirs has one.
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(processor)
    _tracer = provider.get_tracer(SERVICE, version)

    def end() -> None:
        global _tracer
        _tracer = None
        provider.shutdown()

    return end


def _processor(exporter: str) -> "SpanProcessor":
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SimpleSpanProcessor

    if exporter == "console":
        import sys

        return SimpleSpanProcessor(ConsoleSpanExporter(out=sys.stderr))
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return BatchSpanProcessor(OTLPSpanExporter())


@contextmanager
def span(name: str, **attributes: Attribute) -> Iterator[None]:
    """What is done inside is a span under the one that is current."""
    if _tracer is None:
        yield
        return
    with _current(_tracer.start_span(name, attributes=attributes), ends=True):
        yield


@contextmanager
def request_span(headers: Mapping[str, str], request_id: str) -> Iterator["RequestSpan | None"]:
    """A span for a request, under the caller's where its headers name one (W3C Trace Context); None where nothing is
    traced."""
    if _tracer is None:
        yield None
        return
    from opentelemetry.trace import SpanKind
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    above = TraceContextTextMapPropagator().extract(
        {k: headers[k] for k in ("traceparent", "tracestate") if k in headers}
    )
    begun = _tracer.start_span(
        "request", context=above, kind=SpanKind.SERVER, attributes={"lsqa.request_id": request_id}
    )
    with _current(begun, ends=True):
        yield RequestSpan(begun)


class RequestSpan:
    """The span of a request, which learns at its end what it was."""

    def __init__(self, span: "Span") -> None:
        self._span = span

    @property
    def trace_id(self) -> str:
        return format(self._span.get_span_context().trace_id, "032x")

    def describe(self, name: str, attributes: Mapping[str, Attribute], *, failed: bool) -> None:
        from opentelemetry.trace import StatusCode

        self._span.update_name(name)
        self._span.set_attributes(dict(attributes))
        if failed:
            self._span.set_status(StatusCode.ERROR)


def note(**attributes: Attribute) -> None:
    """Say something of the current span; a dot in a name is written `__`."""
    if _tracer is not None:
        from opentelemetry.trace import get_current_span

        get_current_span().set_attributes({name.replace("__", "."): value for name, value in attributes.items()})


def traced(name: str) -> Callable[[Callable[Parameters, Result]], Callable[Parameters, Result]]:
    """Every call is a span."""

    def decorated(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
        @wraps(function)
        def call(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
            with span(name):
                return function(*args, **kwargs)

        return call

    return decorated


def traced_stream(
    name: str,
) -> Callable[[Callable[Parameters, Iterator[Event]]], Callable[Parameters, Iterator[Event]]]:
    """The same for a generator: the span lasts until it has ended. It is current only while a step is made, each of
    which another thread may ask for."""

    def decorated(function: Callable[Parameters, Iterator[Event]]) -> Callable[Parameters, Iterator[Event]]:
        @wraps(function)
        def steps(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Iterator[Event]:
            if _tracer is None:
                yield from function(*args, **kwargs)
                return
            begun = _tracer.start_span(name)
            events = cast("Generator[Event]", function(*args, **kwargs))
            try:
                while True:
                    with _current(begun):
                        event = next(events, _END)
                    if event is _END:
                        return
                    yield cast("Event", event)
            finally:
                with _current(begun, ends=True):
                    events.close()

        return steps

    return decorated


@contextmanager
def _current(begun: "Span", *, ends: bool = False) -> Iterator[None]:
    from opentelemetry.trace import StatusCode, use_span

    with use_span(begun, end_on_exit=ends, record_exception=False, set_status_on_exception=False):
        try:
            yield
        except Exception as error:
            begun.set_status(StatusCode.ERROR, type(error).__name__)
            raise
