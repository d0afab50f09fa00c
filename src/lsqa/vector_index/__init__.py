"""Vector search: Chroma, embedded in the data folder or as a server. Cosine, explicit ids, explicit vectors, no
telemetry. Whatever happens to it, the catalogue holds every vector, and the index can be made again without an encoder.
"""

from lsqa.vector_index.exact import ExactIndex
from lsqa.vector_index.index import Neighbour, Stored, VectorIndex
from lsqa.vector_index.places import FOLDER_NAME, MARKER_NAME

__all__ = ["FOLDER_NAME", "MARKER_NAME", "ExactIndex", "Neighbour", "Stored", "VectorIndex"]
