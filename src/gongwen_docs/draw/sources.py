"""What a document's pages are drawn from: its faces, pictures and colours, each loaded once."""

from __future__ import annotations

from gongwen_docs.draw.colors import Colors
from gongwen_docs.draw.faces import Faces
from gongwen_docs.draw.pictures import Pictures
from gongwen_docs.draw.reports import Reports
from gongwen_docs.ofd.container import Package


class Sources:
    """Shared by all pages of one document; what cannot be used as written goes to ``reports``."""

    def __init__(self, package: Package, reports: Reports) -> None:
        self.package = package
        self.reports = reports
        self.faces = Faces(package, reports)
        self.pictures = Pictures(package, reports)
        self.colors = Colors(package, reports)
