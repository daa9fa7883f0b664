"""The version of this system: client, exchange and tools are released together."""

from __future__ import annotations

VERSION = "0.1.0"
