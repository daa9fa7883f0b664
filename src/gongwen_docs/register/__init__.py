"""Register books (登记簿、台账) as files: CSV, Excel, and sheets of A4 to be printed and bound.

A register is a table of texts; what the columns mean is the caller's. Nothing here knows of seals or letters.
"""

from gongwen_docs.register.sheets import to_ofd
from gongwen_docs.register.spreadsheets import to_csv, to_xlsx
from gongwen_docs.register.table import Align, RegisterColumn, RegisterTable

__all__ = ["Align", "RegisterColumn", "RegisterTable", "to_csv", "to_ofd", "to_xlsx"]
