"""HTTP connections that can be cut from another thread, so that stopping never waits for a silent server."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import weakref
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection


class OpenSockets:
    """The sockets in use; ``cut`` ends every conversation at once, and for good."""

    def __init__(self) -> None:
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._ended = False

    def add(self, connected: socket.socket) -> None:
        """Know a socket from now on; one that connects after the cut ends at once."""
        with self._lock:
            self._sockets.add(connected)
            ended = self._ended
        if ended:
            _shut(connected)

    def cut(self) -> None:
        """Shut all of them down; whoever reads or writes one gets an error."""
        with self._lock:
            self._ended = True
            sockets = list(self._sockets)
        for one in sockets:
            _shut(one)


def _shut(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)


class CuttableAdapter(HTTPAdapter):
    """An adapter of requests whose connections are known to ``sockets``."""

    def __init__(self, sockets: OpenSockets) -> None:
        self._sockets = sockets
        super().__init__(pool_connections=2, pool_maxsize=2)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Called by the base class, once. The system's authorities are trusted besides those of requests:
        there the administrator puts the authority of a region's own exchange."""
        options.setdefault("ssl_context", ssl.create_default_context())
        super().init_poolmanager(*args, **options)
        sockets = self._sockets

        class Plain(HTTPConnection):
            def connect(self) -> None:
                super().connect()
                sockets.add(self.sock)

        class Secure(HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                sockets.add(self.sock)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
