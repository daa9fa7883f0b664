"""A small client of the exchange for office systems: pull, confirm, return, push, follow, urge.

Needs nothing of the other packages and no library but requests; see README.md beside this file.
"""

from gongwen_oa.client import OaClient, OaError, OaFile, pushed

__all__ = ["OaClient", "OaError", "OaFile", "pushed"]
