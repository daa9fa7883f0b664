"""归档信息包: one document for the archive as a folder of plain files, with metadata and a list of digests.

The evidence bundle (验真包) lies beside the folder, never in it: what is in it is technical protection.
Checking (``checking``) draws pages, so only workers import it.
"""

from gongwen_docs.archive.manifest import (
    MANIFEST,
    METADATA,
    ArchiveManifest,
    Evidence,
    PackedFile,
    read_manifest,
    write_manifest,
)
from gongwen_docs.archive.metadata import Act, RecordMetadata, metadata_xml
from gongwen_docs.archive.report import Finding, PackageReport

__all__ = [
    "MANIFEST",
    "METADATA",
    "Act",
    "ArchiveManifest",
    "Evidence",
    "Finding",
    "PackageReport",
    "PackedFile",
    "RecordMetadata",
    "metadata_xml",
    "read_manifest",
    "write_manifest",
]
