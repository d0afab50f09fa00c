"""Files, folders and passages into the library."""

from lsqa.ingest.report import FileResult, FileStatus, IngestReport, Progress
from lsqa.ingest.run import ingest

__all__ = ["FileResult", "FileStatus", "IngestReport", "Progress", "ingest"]
