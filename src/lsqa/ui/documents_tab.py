"""The documents: listed, opened, added, read again, removed."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import gradio as gr

from lsqa.catalogue import DocumentRecord
from lsqa.errors import LsqaError
from lsqa.ingest import FileResult
from lsqa.text import Language
from lsqa.ui.desk import Failed
from lsqa.ui.escaping import data, escaped
from lsqa.ui.parts import CLICKS, PRIVATE, Parts, language_of
from lsqa.ui.problems import told
from lsqa.ui.reader_words import in_words
from lsqa.ui.scope import document_choices
from lsqa.ui.texts import text
from lsqa.ui.uploads import TAKEN, FileState, Refused, UnderWay, Uploads

_STATES: Final = {"failed": "failed-file", "empty": "empty-file"}
_LISTED: Final = 500
_CONFIRMED: Final = """(id, preferences) => {
  const said = document.querySelector("#remove").innerText;
  const title = document.querySelector("#choose-document input")?.value || id;
  return [id && confirm(`${said}: ${title}`) ? id : null, preferences];
}"""
_SHOWN_TYPES: Final = "PDF, PPTX, DOCX, XLSX, CSV, HTML, Markdown, TXT"


@dataclass
class DocumentsTab:
    parts: Parts
    uploads: Uploads
    listing: Any = field(init=False)
    files: Any = field(init=False)
    start: Any = field(init=False)
    status: Any = field(init=False)
    choice: Any = field(init=False)
    again: Any = field(init=False)
    remove: Any = field(init=False)

    def build(self) -> None:
        add, are_on = self.parts.labels.add, self.uploads.are_on
        with gr.Column(visible=are_on, elem_id="upload"):
            add(gr.HTML(apply_default_css=False), value=self._upload_hint)
            self.files = add(
                gr.File(file_count="multiple", elem_id="upload-files", height=170),
                label="upload",
            )
            self.start = add(gr.Button(variant="primary", elem_id="upload-start"), value="upload-start")
        if not are_on:
            add(
                gr.HTML(apply_default_css=False),
                value=lambda language: f'<p class="note">{escaped(text("upload-off", language))}</p>',
            )
        self.status = gr.HTML("", elem_id="upload-status", apply_default_css=False)
        self.listing = gr.HTML("", elem_id="documents", js_on_load=CLICKS, apply_default_css=False)
        with gr.Row(visible=are_on, elem_id="document-bar"):
            self.choice = add(gr.Dropdown(elem_id="choose-document", scale=4), label="choose-document")
            self.again = add(gr.Button(elem_id="reingest", scale=1), value="reingest")
            self.remove = add(gr.Button(variant="stop", elem_id="remove", scale=1), value="remove")

    def wire(self, refreshed: Sequence[Any], refresh: Any, inputs: Sequence[Any]) -> None:
        """`refresh`, with `inputs`, gives the `refreshed` components anew when the documents have changed."""
        if not self.uploads.are_on:
            return
        preferences = self.parts.preferences
        limits: dict[str, Any] = {"concurrency_limit": 4, "concurrency_id": "ingest", **PRIVATE}
        changed: dict[str, Any] = {"fn": refresh, "inputs": list(inputs), "outputs": list(refreshed), **PRIVATE}
        changed["show_progress"] = "hidden"
        self.start.click(
            self._take, [self.files, preferences], [self.status, self.files], show_progress="hidden", **limits
        ).then(**changed)
        self.again.click(self._again, [self.choice, preferences], [self.status], show_progress="hidden", **limits).then(
            **changed
        )
        self.remove.click(
            self._remove,
            [self.choice, preferences],
            [self.status],
            show_progress="hidden",
            js=_CONFIRMED,
            **limits,
        ).then(**changed)

    def shown(self, chosen: Any, language: Language) -> dict[Any, Any]:
        """The list, and the documents to choose from; the chosen one stays so as long as it is there."""
        catalogue = self.parts.desk.catalogue
        records = catalogue.documents() if catalogue else ()
        kept = chosen if any(record.doc_id == chosen for record in records) else None
        choices = gr.update(choices=document_choices(records), value=kept)
        return {self.listing: listing_html(records, language), self.choice: choices}

    def _upload_hint(self, language: Language) -> str:
        """What may be uploaded; and for `uploads.js` the words of the box, and what it refuses."""
        s = self.parts.desk.settings
        said = text("upload-info", language, types=_SHOWN_TYPES, mb=s.max_upload_mb, n=s.max_upload_files)
        words = {name: text(f"upload-{name}", language) for name in ("drop", "or", "click", "clear")}
        words["large"] = text("upload-large", language, mb=s.max_upload_mb)
        words["unread"] = text("upload-type", language)
        words["many"] = text("upload-many", language, n=s.max_upload_files)
        box = data({**words, "types": TAKEN, "mb": s.max_upload_mb, "n": s.max_upload_files})
        refused = '<p class="note problem refused" role="alert" hidden></p>'
        return f'<p class="where" data-words="{box}">{escaped(said)}</p>{refused}'

    async def _take(self, files: Sequence[str] | None, preferences: Any) -> AsyncIterator[tuple[Any, Any]]:
        language, most = language_of(preferences), self.parts.desk.settings.max_upload_files
        paths = [Path(file) for file in files or ()]
        if not paths or len(paths) > most:
            yield _note(text("upload-many" if paths else "upload-none", language, n=most)), gr.skip()
            return
        taken, refused = self.uploads.sifted(paths)
        results: tuple[FileResult, ...] = ()
        limit = self.parts.desk.settings.max_upload_mb
        if taken:
            yield _note(text("upload-opening", language)), gr.skip()
            async for event in self.uploads.take(taken):
                if isinstance(event, tuple):
                    results = event
                else:
                    yield _told(event, refused, language, limit), gr.skip()
                    if isinstance(event, Failed):
                        return
        yield results_html(results, refused, language, limit), None

    async def _again(self, doc_id: str | None, preferences: Any) -> AsyncIterator[str]:
        language = language_of(preferences)
        record = self._record(doc_id)
        if record is None:
            yield _note(text("choose-first", language))
        elif not Path(record.path).is_file():
            yield _note(text("file-gone", language))
        else:
            yield _note(text("upload-opening", language))
            async for event in self.uploads.again(record):
                if isinstance(event, tuple):
                    yield results_html(event, (), language, 0, is_again=True)
                else:
                    yield _told(event, (), language, 0)

    def _remove(self, doc_id: str | None, preferences: Any) -> str:
        language = language_of(preferences)
        record = self._record(doc_id)
        if record is None:
            return _note(text("choose-first", language))
        try:
            self.uploads.remove(record)
        except LsqaError as error:
            return _note(told(error, language), is_problem=True)
        return _note(text("removed", language, title=record.title))

    def _record(self, doc_id: str | None) -> DocumentRecord | None:
        catalogue = self.parts.desk.catalogue
        return catalogue.record(str(doc_id)) if catalogue and doc_id else None


def _told(event: UnderWay | Failed, refused: Sequence[Refused], language: Language, max_mb: int) -> str:
    if isinstance(event, Failed):
        return _note(told(event.error, language), is_problem=True)
    return under_way_html(event, refused, language, max_mb)


def under_way_html(event: UnderWay, refused: Sequence[Refused], language: Language, max_mb: int) -> str:
    """What is being read, and where each file stands."""
    now = event.progress
    key = "upload-reading" if now.file else "upload-opening"
    said = text(key, language, file=now.file, n=now.pages, chunks=now.chunks_known)
    listed = [_standing(Path(path).name, state, language) for path, state in event.files]
    listed += [
        _listed_file(r.name, "unsupported", _why_refused(r, language, max_mb), "wrong", language) for r in refused
    ]
    return _note(f"{now.files} / {now.files_total} {said}") + f"<ul>{''.join(listed)}</ul>"


def _standing(name: str, state: FileState, language: Language) -> str:
    if isinstance(state, str):
        return _listed_file(name, f"file-{state}", "", "", language)
    return _listed_file(name, state.status, _reasons(state, language), _look(state), language)


def _listed_file(name: str, status: str, said: str, look: str, language: Language) -> str:
    return f"<li>{escaped(name)} {_state(status, look, language)}{said}</li>"


def _note(said: str, *, is_problem: bool = False) -> str:
    return f'<p class="note{" problem" if is_problem else ""}" role="status">{escaped(said)}</p>'


def results_html(
    results: Sequence[FileResult],
    refused: Sequence[Refused],
    language: Language,
    max_mb: int,
    *,
    is_again: bool = False,
) -> str:
    """How each file ended, with its reason."""
    same = f"<p>{escaped(text('read-again-same', language))}</p>" if is_again else ""
    rows = [
        _row(
            Path(r.path).name,
            r.status,
            (same if r.status == "unchanged" else "") + _reasons(r, language),
            _look(r),
            language,
        )
        for r in results
    ]
    rows += [_row(r.name, "unsupported", _why_refused(r, language, max_mb), "wrong", language) for r in refused]
    head = "".join(f"<th>{escaped(text(key, language))}</th>" for key in ("file", "state", "reason"))
    return f'<div class="listing" role="status" tabindex="0"><table><tr>{head}</tr>{"".join(rows)}</table></div>'


def _why_refused(refused: Refused, language: Language, max_mb: int) -> str:
    return escaped(text(refused.key, language, mb=max_mb))


def _look(result: FileResult) -> str:
    return "wrong" if result.is_failure else "fine"


def _state(status: str, look: str, language: Language) -> str:
    return f'<span class="state {look}">{escaped(text(_STATES.get(status, status), language))}</span>'


def _reasons(result: FileResult, language: Language) -> str:
    """What to do; then what the reader of the file says."""
    advice = [f"<p>{escaped(text(f'advice-{result.status}', language))}</p>"] if result.is_failure else []
    details = [d for d in (result.reason, *result.warnings) if d]
    return "".join((*advice, *(_said("p", "where", detail, language) for detail in details)))


def _said(tag: str, look: str, said: str, language: Language) -> str:
    """What a reader of files says; in English where it is not known how to say it otherwise."""
    shown = in_words(said, language)
    tongue = ' lang="en"' if shown == said else ""
    return f'<{tag} class="{look}"{tongue}>{escaped(shown)}</{tag}>'


def _row(name: str, status: str, said: str, look: str, language: Language) -> str:
    return f"<tr><td>{escaped(name)}</td><td>{_state(status, look, language)}</td><td>{said}</td></tr>"


def listing_html(records: Sequence[DocumentRecord], language: Language) -> str:
    """The documents with what is known of them; a title opens the first page."""
    head = "".join(
        f'<th class="{look}">{escaped(text(key, language))}</th>'
        for key, look in (
            ("document-title", ""), ("publisher", "minor"), ("published", "short"), ("kind", "minor"),
            ("pages", "figure"), ("passages", "figure minor"),
        )
    )  # fmt: skip
    rows = "".join(_listed(record, language) for record in records[:_LISTED])
    more = f"<p>… {len(records) - _LISTED}</p>" if len(records) > _LISTED else ""
    return f'<div class="listing"><table><tr>{head}</tr>{rows}</table>{more}</div>'


def _listed(record: DocumentRecord, language: Language) -> str:
    place = data({"doc_id": record.doc_id, "page": 1, "quoted": []})
    title = f'<button type="button" class="near" data-act="open" data-place="{place}">{escaped(record.title)}</button>'
    warnings = "".join(_said("div", "warning", warning, language) for warning in record.warnings)
    cells = (
        f'<td class="minor">{escaped(record.publisher)}</td><td class="short">{escaped(record.published)}</td>'
        f'<td class="short minor">{escaped(record.kind)}</td>'
    )
    figures = f'<td class="figure">{record.pages}</td><td class="figure minor">{record.chunks}</td>'
    return f"<tr><td>{title}{warnings}</td>{cells}{figures}</tr>"
