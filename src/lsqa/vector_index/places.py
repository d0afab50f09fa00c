"""Where Chroma keeps the vectors: in the data folder, or on a server.

Chroma's embedded index is not made for several processes: it loads its graph once a process and writes it back in
place. So every write, and every loading by a reader, holds `chroma.lock` for its moment, and a marker file stands
beside the folder while a write is under way: a marker found by someone who holds the lock means that the writer died
inside Chroma and the folder is not to be trusted. A server looks after all that itself.
"""

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from filelock import FileLock

from lsqa.errors import HomeError, IndexUnavailableError, LibraryError
from lsqa.settings import ChromaServer, masked

FOLDER_NAME: Final = "chroma"
MARKER_NAME: Final = "chroma.writing"
_LOAD_SECONDS: Final = 10.0  # how long a reader waits for a writer's single write
_SERVER_SECONDS: Final = 20.0  # that a server may take for a request, and
_CONNECT_SECONDS: Final = 3.0  # to be there at all
_SQLITE_MAGIC: Final = b"SQLite format 3\0"
_NO_ROOM: Final = ("disk is full", "No space left", "Permission denied", "readonly")
_REPAIR: Final = "`lsqa doctor --repair` makes it again from the catalogue"


class Place(Protocol):
    """`is_own`: whether the files are this library's, to be thrown away where they are damaged."""

    is_own: bool

    def connect(self, *, create: bool) -> Any:
        """Chroma's client."""

    def disconnect(self, client: Any) -> None:
        """Let go of it."""

    def scratch(self) -> AbstractContextManager[Any]:
        """A client for trying things out, with nothing of the library's to be harmed."""

    def exclusive(self) -> Any:
        """A context in which no other process writes or loads. Raises `filelock.Timeout`."""

    def writing(self) -> Any:
        """A context for a write, inside of `exclusive`; one that does not come to its end leaves the index
        untrusted."""

    @property
    def is_trusted(self) -> bool: ...

    def wipe(self) -> None:
        """Throw the files away, where they are ours."""

    def explained(self, doing: str, error: BaseException) -> LibraryError:
        """What went wrong, and what to do."""


class FolderPlace:
    """`chroma` in the data folder."""

    is_own = True

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER_NAME
        self._marker = home / MARKER_NAME
        self._lock = FileLock(home / "chroma.lock", timeout=_LOAD_SECONDS)

    def connect(self, *, create: bool) -> Any:
        import chromadb

        # Chroma makes an empty index where there is none, and keeps a half-opened one in a cache where it cannot open
        # it.
        database = self._folder / "chroma.sqlite3"
        if self._folder.exists() and not self._folder.is_dir():
            raise OSError("it is a file")
        if database.is_file():
            with database.open("rb") as stream:
                if stream.read(len(_SQLITE_MAGIC)) != _SQLITE_MAGIC:
                    raise OSError("chroma.sqlite3 is no database")
        elif not create:
            raise OSError("it is missing")
        return chromadb.PersistentClient(self._folder, settings=_settings())

    def disconnect(self, client: Any) -> None:
        client.close()

    @contextmanager
    def scratch(self) -> Iterator[Any]:
        import chromadb

        # The same Chroma elsewhere: trying things out is no reason to write to the library's files.
        with TemporaryDirectory(prefix="lsqa-chroma-") as folder:
            client: Any = chromadb.PersistentClient(folder, settings=_settings())
            try:
                yield client
            finally:
                client.close()

    def exclusive(self) -> FileLock:
        return self._lock

    @contextmanager
    def writing(self) -> Iterator[None]:
        self._marker.touch()
        yield
        self._marker.unlink()

    @property
    def is_trusted(self) -> bool:
        return not self._marker.exists()

    def wipe(self) -> None:
        if self._folder.is_dir():
            shutil.rmtree(self._folder)
        else:
            self._folder.unlink(missing_ok=True)

    def explained(self, doing: str, error: BaseException) -> LibraryError:
        what = _what(doing, str(self._folder), error)
        if any(sign in str(error) for sign in _NO_ROOM):
            return HomeError(what, hint="make room, or give write permission, and run the command again")
        return LibraryError(what, hint="`lsqa ingest --rebuild` makes it again from the catalogue")


class ServerPlace:
    """A Chroma server: `chroma run`, or a hosted one."""

    is_own = False
    is_trusted = True

    def __init__(self, server: ChromaServer) -> None:
        self._server = server

    def connect(self, *, create: bool) -> Any:
        import chromadb
        import httpx

        known = self._server
        parts = urlsplit(known.url)
        ssl = parts.scheme == "https"
        host, port = parts.hostname or "localhost", parts.port or (443 if ssl else 8000)
        # Chroma's client waits without end for a server that accepts and says nothing, so that is tried first.
        shown = f"[{host}]" if ":" in host else host
        httpx.get(f"{parts.scheme}://{shown}:{port}/api/v2/heartbeat", timeout=_CONNECT_SECONDS, headers=self._headers)
        client = chromadb.HttpClient(
            host=shown,
            port=port,
            ssl=ssl,
            headers=self._headers,
            settings=_settings(),
            tenant=known.tenant,
            database=known.database,
        )
        for session in _sessions(client):  # there is no setting for it
            session.timeout = httpx.Timeout(_SERVER_SECONDS, connect=_CONNECT_SECONDS)
        return client

    def disconnect(self, client: Any) -> None:
        client.close()
        for session in _sessions(client):  # else its connections wait for the garbage collector
            session.close()

    @contextmanager
    def scratch(self) -> Iterator[Any]:
        client = self.connect(create=False)
        try:
            yield client
        finally:
            self.disconnect(client)

    @property
    def _headers(self) -> dict[str, str]:
        """Hosted Chroma reads the first, a proxy before one's own server the second."""
        token = self._server.token
        return {"X-Chroma-Token": token, "Authorization": f"Bearer {token}"} if token else {}

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        yield

    def wipe(self) -> None:
        """There are others' collections, too."""

    def explained(self, doing: str, error: BaseException) -> LibraryError:
        import httpx
        from chromadb.errors import InternalError, NotFoundError

        what = _what(doing, masked(self._server.url), error)
        broken = (httpx.TransportError, InternalError)
        if any(isinstance(e, broken) or _is_servers_fault(e) for e in _behind(error)):
            return IndexUnavailableError(what, hint="start the Chroma server, or correct LSQA_CHROMA_URL")
        if isinstance(error, NotFoundError) and "ollection" in str(error):  # else it is the tenant or the database
            return LibraryError(what, hint=_REPAIR)
        return LibraryError(
            what, hint="check LSQA_CHROMA_URL, LSQA_CHROMA_TENANT, LSQA_CHROMA_DATABASE and LSQA_CHROMA_TOKEN"
        )


def _sessions(client: Any) -> list[Any]:
    """The HTTP clients inside of Chroma's; none where a later version keeps them elsewhere."""
    servers = (getattr(each, "_server", None) for each in (client, getattr(client, "_admin_client", None)))
    return [session for server in servers if (session := getattr(server, "_session", None)) is not None]


def _is_servers_fault(error: BaseException) -> bool:
    import httpx

    return isinstance(error, httpx.HTTPStatusError) and error.response.status_code >= 500


def _behind(error: BaseException | None) -> Iterator[BaseException]:
    """An error and those it came from."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _what(doing: str, place: str, error: BaseException) -> str:
    return f"cannot {doing} the vector index {place}: {str(error).strip() or type(error).__name__}"


def _settings() -> Any:
    from chromadb.config import Settings

    return Settings(anonymized_telemetry=False)
