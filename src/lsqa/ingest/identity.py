"""Which document a file is: its id lasts through changes of its content and through a change of its name."""

import hashlib
import re
import unicodedata
from pathlib import Path

from lsqa.catalogue import Catalogue, DocumentRecord
from lsqa.documents import Document, with_id

_NO_WORD = re.compile(r"[^\w]+")
_SLUG_CHARACTERS = 40
_KNOWN = ("title", "publisher", "published", "url", "licence", "sha256", "kind", "warnings")


def identified(document: Document, path: Path, catalogue: Catalogue) -> Document:
    """`document` with its id: its own, else that of the document that came from `path`, or from a file of the same
    content that is gone now, else a new one."""
    if document.doc_id:
        return document
    known = [r for r in catalogue.records_at(str(path)) if r.kind != "passage"]
    if not known:
        known = [r for r in catalogue.records_with_hash(document.sha256) if _has_gone(r)]
    return with_id(document, known[0].doc_id if known else new_id(path))


def new_id(path: Path) -> str:
    """A readable id for a file that has none: the name without its ending, and six digits that tell equal names
    apart."""
    slug = _NO_WORD.sub("-", unicodedata.normalize("NFKC", path.stem).lower()).strip("-")[:_SLUG_CHARACTERS]
    return f"{slug or 'document'}-{hashlib.sha256(str(path).encode()).hexdigest()[:6]}"


def is_same(document: Document, catalogue: Catalogue) -> bool:
    """Whether the library holds this very document, wherever its file lies. Its pages are compared too: a reader that
    has improved makes other pages of the same bytes."""
    record = catalogue.record(document.doc_id)
    if record is None or any(getattr(document, name) != getattr(record, name) for name in _KNOWN):
        return False
    return catalogue.document(document.doc_id).pages == document.pages


def _has_gone(record: DocumentRecord) -> bool:
    return record.kind != "passage" and not Path(record.path).exists()
