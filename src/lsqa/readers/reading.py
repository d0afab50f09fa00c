"""What a reader makes of a file's content."""

from dataclasses import dataclass

from lsqa.documents import Page
from lsqa.readers.remarks import Remark


@dataclass(frozen=True, slots=True)
class Reading:
    """`warnings` say what of the file is not in `pages`. `title` is the whole one, where the file tells it and the
    first heading may be only a part of it, else empty."""

    pages: tuple[Page, ...]
    warnings: tuple[Remark, ...] = ()
    title: str = ""
