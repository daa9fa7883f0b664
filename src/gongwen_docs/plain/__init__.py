"""Plain copies for the archive: the same pages without signatures, seal objects, time stamps or encryption
(GB/T 39362-2020; ADR 0060). The seal stays to be seen, as a picture like any other.

All but ``facts`` draws pages, so only workers import it.
"""
