"""`manifest.toml` in a folder: which of its files to read, and what is known of each beside its content."""

import datetime
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from lsqa.documents import Source
from lsqa.errors import DocumentError

NAME = "manifest.toml"
_HINT = 'write [[document]] with file = "…", id = "…", title = "…" for each file'
_ENTRY = re.compile(r"^\s*\[\[\s*document\s*\]\]", re.MULTILINE)


class _Entry(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    file: str
    id: str = ""
    title: str = ""
    publisher: str = ""
    published: str = ""
    url: str = ""
    licence: str = ""

    @field_validator("published", mode="before")
    @classmethod
    def _date_as_text(cls, value: object) -> object:
        return value.isoformat() if isinstance(value, datetime.date) else value

    @property
    def source(self) -> Source:
        return Source(self.id, self.title, self.publisher, self.published, self.url, self.licence)


def read_manifest(path: Path) -> tuple[tuple[Path, Source], ...]:
    """The files that a manifest names, with their metadata. Raises `DocumentError` that names the line."""
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except OSError as error:
        raise DocumentError(f"cannot read {path}: {error.strerror}", hint="check its permissions") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:  # TOML's own message names the line
        raise DocumentError(f"{path} is no TOML: {error}", hint=_HINT) from error
    entries = table.get("document")
    if not isinstance(entries, list) or not entries:
        raise DocumentError(f"{path} names no document", hint=_HINT)
    return tuple(_named_files(path, text, entries))


def _named_files(path: Path, text: str, entries: list[object]) -> Iterator[tuple[Path, Source]]:
    lines = [text.count("\n", 0, match.end()) + 1 for match in _ENTRY.finditer(text)]
    folder = path.parent.resolve()
    seen: dict[str, str] = {}
    for number, entry in enumerate(entries):
        place = f"{path}, line {lines[number]}" if len(lines) == len(entries) else f"{path}, document {number + 1}"
        known = _validated(entry, place)
        file = (folder / known.file).resolve()
        if not file.is_relative_to(folder):
            raise DocumentError(
                f"{place}: {known.file!r} lies outside the folder", hint="move the file into the folder"
            )
        for value in {known.id, str(file)} - {""}:
            if value in seen:
                raise DocumentError(f"{place}: {value!r} is named before, at {seen[value]}", hint="name it once")
            seen[value] = place
        yield file, known.source


def _validated(entry: object, place: str) -> _Entry:
    try:
        return _Entry.model_validate(entry)
    except ValidationError as error:
        first = error.errors()[0]
        raise DocumentError(f"{place}: {'.'.join(map(str, first['loc']))}: {first['msg']}", hint=_HINT) from error
