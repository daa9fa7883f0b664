"""Verification of sealed documents: a report of ordered steps and one verdict, never an exception."""

from gongwen_docs.verify.report import Report, SignatureReport, Verdict
from gongwen_docs.verify.verification import verify_document, verify_file

__all__ = ["Report", "SignatureReport", "Verdict", "verify_document", "verify_file"]
