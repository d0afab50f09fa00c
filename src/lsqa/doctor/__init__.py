"""Does everything that was derived agree with the catalogue, and the catalogue with itself? What does not is made
again from the stored pages, or removed where it belongs to nothing.

`examine` changes nothing; `repair` mends what can be mended. Both hold the writer's lock, so that what is under way is
not taken for what was left behind.
"""

from lsqa.doctor.examining import examine
from lsqa.doctor.findings import Finding
from lsqa.doctor.repairing import repair

__all__ = ["Finding", "examine", "repair"]
