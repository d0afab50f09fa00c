"""What the routes of one server share."""

from dataclasses import dataclass
from typing import cast

from starlette.requests import Request

from lsqa.api.capacity import Capacity
from lsqa.api.measures import Measures
from lsqa.api.readiness import Readiness
from lsqa.api.service import Service


@dataclass(frozen=True, slots=True)
class Server:
    """`asking`, `drawing` and `writing` are the lines of questions, of page images and of changes to the library;
    `readiness` knows whether questions can be answered; `seconds` is what an answer may take; where its events are
    silent for `quiet_seconds`, a comment says that it is still made."""

    service: Service
    measures: Measures
    asking: Capacity
    drawing: Capacity
    writing: Capacity
    readiness: Readiness
    seconds: float
    quiet_seconds: float


def server_of(request: Request) -> Server:
    return cast(Server, request.app.state.server)
