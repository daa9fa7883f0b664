"""Register books (登记簿、台账) as files: CSV, Excel, and sheets of A4 to be printed and bound.

A register is a table of texts; what the columns mean is the caller's. Nothing here knows of seals or letters.
The writers are loaded when a register is exported: fonts take time that a start does not have.
"""

from gongwen_docs.register.table import Align, RegisterColumn, RegisterTable

__all__ = ["Align", "RegisterColumn", "RegisterTable"]
