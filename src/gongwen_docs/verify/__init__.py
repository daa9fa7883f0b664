"""Verification of sealed documents: a report of ordered steps and one verdict, never an exception.

What a document is expected to carry can be imported without loading parsers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gongwen_docs.verify.expectation import Expectation, ExpectedSeal

if TYPE_CHECKING:
    from gongwen_docs.verify.report import Report, SignatureReport, Verdict
    from gongwen_docs.verify.verification import refusal, verify_document, verify_file

__all__ = [
    "Expectation",
    "ExpectedSeal",
    "Report",
    "SignatureReport",
    "Verdict",
    "refusal",
    "verify_document",
    "verify_file",
]

_ROOMS = {
    "report": ("Report", "SignatureReport", "Verdict"),
    "verification": ("refusal", "verify_document", "verify_file"),
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    for room, names in _ROOMS.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{room}"), name)
    raise AttributeError(name)
