"""Open an evidence bundle: the same strict container as for documents, every part compared with the list."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from gongwen_crypto import sm3
from gongwen_crypto.errors import KnownError
from gongwen_docs.bundle.manifest import NAME, BundlePart, Manifest, PartRole
from gongwen_docs.limits import DEFAULT_LIMITS, MIB
from gongwen_docs.ofd.container import Package
from gongwen_docs.seals.findings import Status, Step

_STEP = "bundle"
_LIMITS = replace(DEFAULT_LIMITS, package_bytes=400 * MIB, entries=10_000)
"""A body and attachments of 100 MB each at most, as the exchange takes them."""


class Bundle:
    """An opened bundle. Raises ``KnownError`` ``bundle.*`` and ``ofd.container.*`` on opening."""

    def __init__(self, package: Package) -> None:
        if NAME not in package:
            raise KnownError("bundle.no_manifest")
        self.package = package
        self.manifest = Manifest.load(package.read(NAME))
        documents = self.manifest.of_role(PartRole.DOCUMENT)
        if len(documents) != 1:
            raise KnownError("bundle.bad_manifest")
        self.document: BundlePart = documents[0]

    @classmethod
    def open(cls, path: Path) -> Bundle:
        package = Package.open(path, _LIMITS)
        try:
            return cls(package)
        except BaseException:
            package.close()
            raise

    def __enter__(self) -> Bundle:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.package.close()

    def check(self) -> tuple[Step, ...]:
        """Whether the bundle holds exactly what its list says. Never raises for bad input."""
        steps = []
        listed = Counter(part.path for part in self.manifest.parts)
        for part in self.manifest.parts:
            facts: dict[str, object] = {"part": part.name or part.path, "path": part.path}
            code = self._fault(part) if listed[part.path] == 1 else "bundle.changed_part"
            if code:
                steps.append(Step(_STEP, Status.FAIL, code, facts))
        for name in sorted(set(self.package.names) - listed.keys() - {NAME}):
            steps.append(Step(_STEP, Status.FAIL, "bundle.unlisted_part", {"part": name, "path": name}))
        return tuple(steps) or (Step(_STEP, Status.OK),)

    def read(self, part: BundlePart) -> bytes:
        """The bytes of a part. Raises ``KnownError`` ``ofd.container.*``."""
        return self.package.read(part.path)

    def read_all(self, role: str) -> tuple[bytes, ...]:
        """The bytes of all parts of a role that are there."""
        return tuple(self.read(part) for part in self.manifest.of_role(role) if part.path in self.package)

    def _fault(self, part: BundlePart) -> str:
        if part.path not in self.package:
            return "bundle.missing_part"
        try:
            same = self.package.digest(part.path, sm3.new).hex() == part.digest
        except KnownError:
            same = False
        return "" if same and self.package.size(part.path) == part.size else "bundle.changed_part"
