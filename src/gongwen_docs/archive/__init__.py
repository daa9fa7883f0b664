"""归档信息包: one document for the archive as a folder of plain files, with metadata and a list of digests.

The evidence bundle (验真包) lies beside the folder, never in it: what is in it is technical protection.
"""

from gongwen_docs.archive.checking import Finding, PackageReport, check_package
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
    "check_package",
    "metadata_xml",
    "read_manifest",
    "write_manifest",
]
