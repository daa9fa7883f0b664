"""统计: figures as pictures, tables and sheets."""
