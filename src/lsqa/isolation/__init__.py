"""Files are read in processes of their own, for readers meet documents that nobody vouches for."""

from lsqa.isolation.messages import FileToRead
from lsqa.isolation.pool import ReadFile, ReadingLimits, ReadingPool

__all__ = ["FileToRead", "ReadFile", "ReadingLimits", "ReadingPool"]
