"""Whether a Chroma makes sparse indexes: there is no question to put to it, so a collection is made and removed."""

import secrets
from typing import Any, Final

_REFUSED: Final = "not enabled"
_KEY: Final = "words"


def makes_sparse_indexes(client: Any) -> bool:
    """Raises what Chroma raises where it says neither yes nor no."""
    from chromadb import Schema, SparseVectorIndexConfig
    from chromadb.errors import InvalidArgumentError

    name = f"lsqa-scratch-{secrets.token_hex(8)}"
    schema = Schema().create_index(SparseVectorIndexConfig(), key=_KEY)
    try:
        client.create_collection(name, schema=schema, embedding_function=None)
    except InvalidArgumentError as error:
        if _REFUSED in str(error):  # "Sparse vector indexing is not enabled in local"
            return False
        raise
    client.delete_collection(name)
    return True
