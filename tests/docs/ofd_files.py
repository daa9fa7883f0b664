"""Helpers of the writer's tests: parts of a package, and the schemas of GB/T 33190 Annex A."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from lxml import etree

NAMESPACE = {"ofd": "http://www.ofdspec.org/2016"}


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as container:
        return {name: container.read(name) for name in container.namelist()}


def page_text(data: bytes, page: int) -> str:
    """The text objects of a page in drawing order."""
    content = etree.fromstring(parts(data)[f"Doc_0/Pages/Page_{page}/Content.xml"])
    return "".join(code.text or "" for code in content.iterfind(".//ofd:TextCode", NAMESPACE))


def schema_errors(data: bytes, schemas: Path) -> list[str]:
    """What the schemas find wrong in the XML parts of a package."""
    found = []
    for name, content in parts(data).items():
        if not name.endswith(".xml"):
            continue
        root = Path(name).stem
        file = {"Content": "Page", "PublicRes": "Res", "DocumentRes": "Res"}.get(root, root)
        schema = etree.XMLSchema(file=str(schemas / f"{file}.xsd"))
        if not schema.validate(etree.fromstring(content)):
            found += [f"{name}: {error.message}" for error in schema.error_log]
    return found
