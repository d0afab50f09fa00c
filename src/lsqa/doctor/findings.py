"""What was found."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

CheckName = Literal[
    "catalogue", "fingerprint", "pending", "documents", "embeddings", "words", "vectors", "files", "folder", "slides",
    "models",
]  # fmt: skip
_SHOWN: Final = 5
REPAIR: Final = "lsqa doctor --repair"


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of defect: how often, with a few examples. `is_mendable`: whether `repair` sees to it; otherwise `hint`
    says what to do. A note (`is_note`) is no defect."""

    check: CheckName
    message: str
    count: int = 1
    examples: tuple[str, ...] = ()
    is_mendable: bool = True
    hint: str = f"`{REPAIR}` mends it"
    is_note: bool = False

    def to_dict(self) -> dict[str, Any]:
        """As `lsqa doctor --json` tells it."""
        return {
            "check": self.check,
            "message": self.message,
            "count": self.count,
            "examples": list(self.examples),
            "mendable": self.is_mendable,
            "hint": self.hint,
            "note": self.is_note,
        }


def found(check: CheckName, message: str, cases: Iterable[object], **more: Any) -> list[Finding]:
    """One finding for all cases, none where there are none. `message` follows their number."""
    every = [str(case) for case in cases]
    if not every:
        return []
    return [Finding(check, f"{len(every)} {message}", len(every), tuple(every[:_SHOWN]), **more)]
