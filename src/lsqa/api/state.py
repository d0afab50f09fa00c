"""What the routes of one server share."""

from dataclasses import dataclass
from typing import cast

from starlette.requests import Request

from lsqa.api.capacity import Capacity
from lsqa.api.measures import Measures
from lsqa.api.service import Service


@dataclass(frozen=True, slots=True)
class Server:
    """`asking` and `writing` are the lines of questions and of changes to the library; `seconds` an answer may take."""

    service: Service
    measures: Measures
    asking: Capacity
    writing: Capacity
    seconds: float


def server_of(request: Request) -> Server:
    return cast(Server, request.app.state.server)
