"""GET, POST, DELETE /v1/documents."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi import Path as InPath
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import FormData, UploadFile

from lsqa.api.access import allow
from lsqa.api.asking import PROBLEMS, described
from lsqa.api.bodies import LONGEST_ID, DocumentShown, DocumentsShown, IngestShown, PageShown, RemovedShown
from lsqa.api.problems import ProblemError
from lsqa.api.state import Server, server_of
from lsqa.api.uploads import Placed, Upload, UploadFolder, kept, shown_name
from lsqa.catalogue import DocumentRecord
from lsqa.catalogue.reading import unknown_document
from lsqa.errors import EmptyLibraryError, HomeError
from lsqa.ingest import FileResult
from lsqa.library import WritableLibrary
from lsqa.settings import Settings

_MIB: Final = 1024**2
_SECONDS: Final = 3600.0  # a file has its own limits
_FILES: Final = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["files"],
                "properties": {
                    "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
                    "replaces": {
                        "type": "string",
                        "description": "The id of the document that the file, one then, is the next version of.",
                    },
                },
            }
        }
    },
}
DocumentId = Annotated[
    str, InPath(min_length=1, max_length=LONGEST_ID, description="As the list of documents tells it.")
]
PageNumber = Annotated[int, InPath(ge=1, le=10_000_000)]
router = APIRouter(prefix="/v1/documents", tags=["documents"], responses=PROBLEMS)


def record_to_dict(record: DocumentRecord) -> dict[str, Any]:
    """What is known of a document, without its place on this machine."""
    return {name: value for name, value in asdict(record).items() if name != "path"}


@router.get("", response_model=DocumentsShown, dependencies=[Depends(allow("read"))])
async def documents(request: Request) -> Response:
    """Every document, by id."""
    server = server_of(request)

    def listed() -> list[dict[str, Any]]:
        try:
            catalogue = server.service.assistant().library.catalogue
        except EmptyLibraryError:
            return []
        with catalogue.snapshot() as snapshot, snapshot.used():
            return [record_to_dict(record) for record in catalogue.documents()]

    return JSONResponse({"documents": await server.asking.run(listed, server.seconds)})


@router.post(
    "",
    response_model=IngestShown,
    responses={415: described(415, "unsupported", "No file is of a kind that is read")},
    dependencies=[Depends(allow("ingest"))],
    openapi_extra={"requestBody": _FILES},
)
async def add(request: Request) -> Response:
    """Read files into the library: PDF, PPTX, DOCX, XLSX, CSV, HTML, Markdown, text, told apart by their content. A
    file that is there already, by name and content, is `unchanged`; other content is another document, unless
    `replaces` names the one whose place it takes."""
    server = server_of(request)
    settings = server.service.settings
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise ProblemError(415, "multipart", "send the files as multipart/form-data, each in a field `files`")
    async with _form(request, settings) as form:
        uploads = [
            Upload(part.filename or "", part.file) for part in form.getlist("files") if isinstance(part, UploadFile)
        ]
        if not uploads:
            raise ProblemError(422, "no-files", "there is no file in a field `files`")
        replaces = _replaced(form, len(uploads))
        told = await server.writing.run(lambda: _ingest(server, uploads, replaces), _SECONDS)
    return JSONResponse(told)


@router.get("/{doc_id:path}/pages/{number}", response_model=PageShown, dependencies=[Depends(allow("read"))])
async def page(doc_id: DocumentId, number: PageNumber, request: Request) -> Response:
    """The text of a page."""
    server = server_of(request)

    def found() -> dict[str, Any]:
        catalogue = server.service.assistant().library.catalogue
        with catalogue.snapshot() as snapshot, snapshot.used():
            shown = catalogue.page(doc_id, number)
        return {"doc_id": doc_id, "page": number, "title": shown.title, "text": shown.text}

    return JSONResponse(await server.asking.run(found, server.seconds))


@router.get("/{doc_id:path}", response_model=DocumentShown, dependencies=[Depends(allow("read"))])
async def document(doc_id: DocumentId, request: Request) -> Response:
    """What is known of a document."""
    server = server_of(request)

    def found() -> dict[str, Any]:
        catalogue = server.service.assistant().library.catalogue
        with catalogue.snapshot() as snapshot, snapshot.used():
            record = catalogue.record(doc_id)
        if record is None:
            raise unknown_document(doc_id)
        return record_to_dict(record)

    return JSONResponse(await server.asking.run(found, server.seconds))


@router.delete("/{doc_id:path}", response_model=RemovedShown, dependencies=[Depends(allow("ingest"))])
async def remove(doc_id: DocumentId, request: Request) -> Response:
    """Remove a document; the file, too, where it was uploaded."""
    server = server_of(request)

    def removed() -> None:
        with server.service.writing() as library:
            record = library.catalogue.record(doc_id)
            library.remove([doc_id])
            assert record is not None  # else it could not be removed
            _folder(server).drop(Path(record.path))

    await server.writing.run(removed, _SECONDS)
    return JSONResponse({"removed": doc_id})


def _folder(server: Server) -> UploadFolder:
    settings = server.service.settings
    return UploadFolder(settings.home, settings.max_upload_mb * _MIB)


@asynccontextmanager
async def _form(request: Request, settings: Settings) -> AsyncIterator[FormData]:
    """What was sent. Raises `HomeError` where there is no room for it while it comes."""
    try:
        form = await request.form(max_files=settings.max_upload_files, max_fields=1)
    except (TimeoutError, ConnectionError):
        raise
    except OSError as error:
        raise HomeError(f"cannot take an upload: {error}", hint="make room on the disk of temporary files") from error
    try:
        yield form
    finally:
        await form.close()


def _replaced(form: FormData, files: int) -> str:
    """The id of the document that is to be replaced, empty for none. Raises `ProblemError`."""
    given = form.get("replaces", "")
    if not isinstance(given, str) or len(given) > LONGEST_ID or (given and files > 1):
        raise ProblemError(422, "replaces", "`replaces` is the id of one document, and one file takes its place")
    return given


def _ingest(server: Server, uploads: Sequence[Upload], replaces: str) -> dict[str, Any]:
    """Files that are taken are read, the others reported; what nothing was made of is not kept.

    Raises `ProblemError` where no file is taken, `UnknownDocumentError` where there is nothing to replace.
    """
    folder, service = _folder(server), server.service
    placed: dict[str, Placed] = {}
    refused: list[tuple[str, ProblemError]] = []
    for upload in uploads:
        try:
            one = folder.place(upload, replaces)
            placed[str(one.path)] = one
        except ProblemError as problem:
            refused.append((shown_name(upload.name), problem))
    if not placed:
        raise refused[0][1]
    service.embeddings()  # before others are kept from writing
    with service.writing() as library:
        earlier = _file_of(library, replaces)
        with kept(library, folder, tuple(placed.values())):
            report = service.ingest(library, [one.path for one in placed.values()], replaces)
        if earlier is not None and not library.catalogue.records_at(str(earlier)):
            folder.drop(earlier)
    named = [
        replace(f, path=shown_name(placed[f.path].upload.name if f.path in placed else f.path)) for f in report.files
    ]
    not_taken = [FileResult(name, "unsupported", reason=problem.detail) for name, problem in refused]
    return replace(report, files=(*named, *not_taken)).to_dict()


def _file_of(library: WritableLibrary, doc_id: str) -> Path | None:
    """Where the file of a document is; None without an id. Raises `UnknownDocumentError`."""
    if not doc_id:
        return None
    if (record := library.catalogue.record(doc_id)) is None:
        raise unknown_document(doc_id)
    return Path(record.path)
