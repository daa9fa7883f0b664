"""Whether a package has all that its pages show (管理办法第十条: 正文是否完整).

A reader that draws what is there would show a page without its text, or text in another face, and say
nothing. Here every page is followed to the files it needs. What no page uses may be missing: real producers
name resource files that they never wrote.
"""

from __future__ import annotations

from collections.abc import Iterator

from gongwen_crypto.errors import KnownError
from gongwen_docs.ofd import xml
from gongwen_docs.ofd.document import OfdDocument, Page


def require_complete(document: OfdDocument) -> None:
    """Raise ``KnownError``: ``ofd.container.missing_part`` for the first file that a page needs and the
    package lacks, ``ofd.xml.damaged`` and kin for one that cannot be read."""
    for path in document.resource_files:
        _require_readable(document, path)
    for page in document.pages:
        for path in page.resource_files:
            _require_readable(document, path)
        for source in (page, *_templates(document, page)):
            _require(document, source.path, f"第 {page.index + 1} 页的内容")
            for layer in source.layers:
                for element in layer.element.iter():
                    _require_resources(document, page, element)


def _templates(document: OfdDocument, page: Page) -> Iterator[Page]:
    for use in page.templates:
        if use.template_id in document.templates:
            yield document.templates[use.template_id]


def _require_resources(document: OfdDocument, page: Page, element: xml.Element) -> None:
    resources = page.resources
    font_id, resource_id = element.get("Font"), element.get("ResourceID")
    if font_id:
        font = resources.fonts.get(font_id)
        if font is None:
            _require_resource_files(document, page)
        elif font.path:
            _require(document, font.path, f"字体“{font.name}”")
    if resource_id and resource_id not in resources.composites:
        media = resources.media.get(resource_id)
        if media is None:
            _require_resource_files(document, page)
        elif media.path:
            _require(document, media.path, f"第 {page.index + 1} 页的图片")


def _require_resource_files(document: OfdDocument, page: Page) -> None:
    """Something is used that no resource file defines: the one that is missing would have."""
    for path in (*document.resource_files, *page.resource_files):
        _require(document, path, f"第 {page.index + 1} 页所用的资源")


def _require(document: OfdDocument, path: str, meaning: str) -> None:
    if path not in document.package:
        raise KnownError("ofd.container.missing_part", part=meaning)


def _require_readable(document: OfdDocument, path: str) -> None:
    if path in document.package:
        xml.parse(document.package.read(path), path, document.package.limits)
