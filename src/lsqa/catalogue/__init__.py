"""The catalogue: what the library holds. The truth; keyword and vector index can be made again from it."""

from lsqa.catalogue.directory import DirectoryReader
from lsqa.catalogue.filters import DocumentFilter
from lsqa.catalogue.reading import Catalogue
from lsqa.catalogue.records import DocumentRecord, Entry, Vector, VectorRecord, chunk_of_vector, vector_id
from lsqa.catalogue.schema import FILE_NAME, SCHEMA_VERSION
from lsqa.catalogue.writing import CatalogueWriter, Row

__all__ = [
    "FILE_NAME",
    "SCHEMA_VERSION",
    "Catalogue",
    "CatalogueWriter",
    "DirectoryReader",
    "DocumentFilter",
    "DocumentRecord",
    "Entry",
    "Row",
    "Vector",
    "VectorRecord",
    "chunk_of_vector",
    "vector_id",
]
