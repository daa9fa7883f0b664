"""An S3 store on loopback: moto's server in a thread, with one bucket."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import requests
from moto.server import ThreadedMotoServer

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@contextmanager
def s3_store() -> Iterator[str]:
    """A running store; yields the place of an empty bucket in it, as the settings name it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    try:
        with patch.dict(os.environ, CREDENTIALS):
            requests.put(f"{endpoint}/documents", timeout=10).raise_for_status()
            yield f"s3://documents/exchange?endpoint={endpoint}"
    finally:
        server.stop()
