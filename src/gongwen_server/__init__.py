"""The central exchange: takes documents in, delivers them, keeps the print ledger and the evidence."""

__version__ = "0.1.0"
