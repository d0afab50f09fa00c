"""A font that has Japanese, for machines that have none: IPAex Gothic, as the package matplotlib-fontja carries it."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

FAMILY: Final = "IPAexGothic"
_CARRIER: Final = "matplotlib_fontja"
_FILE: Final = "fonts/ipaexg.ttf"


@cache
def japanese_font() -> Path | None:
    """The font's file, 6 MB of TrueType; None where the package was left out of an installation.

    The package is looked up and not imported: importing it imports matplotlib and changes how that draws.
    """
    spec = find_spec(_CARRIER)
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / _FILE
    return path if path.is_file() else None
