"""The ledger: the amounts, counts, shares, periods and dates of a document, each with what the document says of it.

Derived from pages alone, by rules; what a page does not say stays empty. `document_ledger` is what is stored when a
document is read in, and made again from the stored pages by a rebuild.
"""

from lsqa.ledger.entries import LEDGER_VERSION, LedgerEntry, LedgerLine, Mark, Status
from lsqa.ledger.labels import clean_name, is_generic
from lsqa.ledger.pages import document_ledger, page_ledger

__all__ = [
    "LEDGER_VERSION",
    "LedgerEntry",
    "LedgerLine",
    "Mark",
    "Status",
    "clean_name",
    "document_ledger",
    "is_generic",
    "page_ledger",
]
