"""The central exchange: accepts, delivers, keeps the print ledger and the evidence."""
