"""The application: routes, limits and rules over one `Service`."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Final

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from lsqa.api import agents, asking, documents, health, openai_chat, page_images, problems
from lsqa.api.access import HEALTH_PATHS, Access, Admission
from lsqa.api.body_limits import BODY_SECONDS, UPLOAD_SECONDS, body_limits
from lsqa.api.capacity import Capacity
from lsqa.api.head_requests import HeadRequests
from lsqa.api.measures import Measures
from lsqa.api.readiness import Readiness
from lsqa.api.server_sent import QUIET_SECONDS
from lsqa.api.service import Service
from lsqa.api.state import Server
from lsqa.api.wrapping import Wrapping

_ROUTERS: Final = tuple(each.router for each in (asking, page_images, documents, openai_chat, health))
_ROUTES: Final = tuple(route for router in _ROUTERS for route in router.routes)
_OURS: Final = (*HEALTH_PATHS, "/metrics", "/openapi.json", "/v1", "/v1/{rest:path}", "/mcp/{rest:path}")
_DRAFTING: Final = 16  # questions at a time where a language model is waited for
_CHANGES_WAITING: Final = 4
_DRAWN: Final = 2  # images at a time: one is drawn while another is marked
_DESCRIPTION: Final = (
    "Answers from a library of policy documents: every sentence is proven by a verbatim quote that was checked, or the "
    "answer is a refusal that says what is missing. Errors are problems as RFC 9457 describes them."
)


def _server(service: Service, measures: Measures, quiet_seconds: float) -> Server:
    settings = service.settings
    # Quoting keeps a core busy, and more threads than cores only slow each other down.
    at_a_time = _DRAFTING if service.has_model else max(2, len(os.sched_getaffinity(0)))
    return Server(
        service,
        measures,
        Capacity(at_a_time, settings.api_waiting, "ask"),
        Capacity(_DRAWN, settings.api_waiting, "draw"),
        Capacity(1, _CHANGES_WAITING, "write"),
        Readiness(service),
        settings.api_seconds,
        quiet_seconds,
    )


def create_app(
    service: Service,
    *,
    quiet_seconds: float = QUIET_SECONDS,
    body_seconds: float = BODY_SECONDS,
    upload_seconds: float = UPLOAD_SECONDS,
    at_end: Callable[[], None] = lambda: None,
) -> FastAPI:
    """The application over `service`, which the caller closes, `at_end` of serving at the earliest. A body has to be
    there whole in `body_seconds`, an upload in `upload_seconds`. Raises `SettingsError` for malformed tokens."""
    settings = service.settings
    access, measures = Access(settings), Measures()
    server = _server(service, measures, quiet_seconds)
    tools = agents.agent_tools(server)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with tools.session_manager.run():
            yield
        server.asking.close()
        server.drawing.close()
        server.writing.close()
        at_end()

    # FastAPI's own pages take scripts from a foreign host; the description is at /openapi.json.
    app = FastAPI(
        title="lsqa",
        version=version("lsqa"),
        description=_DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.access, app.state.server = access, server
    problems.install(app)
    app.add_middleware(Admission, access=access, routes=_ROUTES)  # within CORS: other origins may read why not
    app.add_middleware(HeadRequests)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=access.origins,
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["authorization", "content-type", "x-request-id"],
        expose_headers=["retry-after", "x-request-id"],
    )
    app.add_middleware(
        Wrapping,
        access=access,
        measures=measures,
        limits=body_limits(settings, body_seconds, upload_seconds),
    )
    for router in _ROUTERS:
        app.include_router(router)
    app.router.routes.append(agents.route(tools, access))
    own = (*_ROUTES, *app.router.routes)
    app.router.routes.extend(problems.nothing_there(path, own) for path in _OURS)
    return app
