"""GET /healthz, /readyz, /metrics."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from lsqa.api.access import allow
from lsqa.api.asking import described
from lsqa.api.bodies import Alive, Ready
from lsqa.api.problems import ProblemError
from lsqa.api.readiness import NotReadyError
from lsqa.api.state import server_of
from lsqa.errors import LsqaError

router = APIRouter(tags=["health"])


@router.get("/healthz", response_model=Alive)
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get(
    "/readyz",
    response_model=Ready,
    responses={503: described(503, "empty-library", "Nothing was ingested, or a search does not succeed")},
)
async def readyz(request: Request) -> Response:
    """Questions can be answered: the library is open, and a search for one word was carried out in the last seconds. A
    language model is not asked."""
    try:
        documents = await server_of(request).readiness.documents()
    except NotReadyError as error:
        raise ProblemError(503, "not-ready", str(error), {"Retry-After": "5"}) from error
    return JSONResponse({"status": "ready", "documents": documents})


@router.get("/metrics", response_class=Response, dependencies=[Depends(allow("read"))])
def metrics(request: Request) -> Response:
    """What Prometheus reads."""
    server = server_of(request)
    server.measures.taken.set(server.asking.taken)
    try:
        server.measures.documents.set(server.service.assistant().library.catalogue.document_count)
    except LsqaError:
        server.measures.documents.set(0)
    return Response(generate_latest(server.measures.registry), media_type=CONTENT_TYPE_LATEST)
