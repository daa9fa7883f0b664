"""The clerk's windows (PySide6 Widgets). Only this room knows Qt; it calls services and shows rows."""
