"""What this PC keeps: one SQLite file with drafts, intents, documents, tickets, receipts and ledgers.

The only room that knows SQL. Rooms above call the tables of ``Store``; several calls inside
``with store.transaction():`` are one commit.
"""

from gongwen_client.store.store import Store

__all__ = ["Store"]
