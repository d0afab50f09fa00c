"""The library: one data folder, opened for reading by many or for writing by one.

    home/
    ├── catalogue.sqlite3    the truth: documents, pages, chunks, embeddings, keyword table
    ├── chroma/              vector index; can be made again from the catalogue
    ├── chroma.lock          held while Chroma's files are written or loaded
    ├── chroma.writing       stands there while Chroma's files are written
    ├── lock                 held by the one writer
    └── writer.pid           who holds it

With a Chroma server there is no `chroma`: the vectors are in a collection of its own there, and any number of processes
of one machine share the folder.

A document is written in four steps: (1) it is stored beside its earlier version, `pending`; (2) its vectors are added;
(3) one transaction shows it in the place of the earlier version, in catalogue and keyword table alike; (4) vectors
that nothing needs any more are removed. A process that dies in between leaves a library that reads as before (1) or as
after (3); the next writer finishes the rest.
"""

from lsqa.library.folder import REBUILD_COMMAND, exclusively, home_errors, index_fingerprint
from lsqa.library.reading import Library, open_vectors, vector_sample
from lsqa.library.snapshots import in_snapshot, streamed_in_snapshot
from lsqa.library.writing import WritableLibrary, embedding_key

__all__ = [
    "REBUILD_COMMAND",
    "Library",
    "WritableLibrary",
    "embedding_key",
    "exclusively",
    "home_errors",
    "in_snapshot",
    "index_fingerprint",
    "open_vectors",
    "streamed_in_snapshot",
    "vector_sample",
]
