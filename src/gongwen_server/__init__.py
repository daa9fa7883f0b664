"""The central exchange: takes documents in, delivers them, keeps the print ledger and the evidence."""
