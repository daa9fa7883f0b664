"""The exchange's database: tables, connections and migrations (SQLite by default, PostgreSQL by URL)."""
