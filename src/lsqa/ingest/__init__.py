"""Files, folders, addresses and passages into the library."""

from lsqa.ingest.download import DownloadLimits
from lsqa.ingest.report import FileResult, FileStatus, IngestReport, Progress
from lsqa.ingest.run import ingest

__all__ = ["DownloadLimits", "FileResult", "FileStatus", "IngestReport", "Progress", "ingest"]
