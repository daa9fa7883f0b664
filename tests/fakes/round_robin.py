"""A proxy without memory: each request goes to the next process, whoever answered the one before."""

from __future__ import annotations

import http.client
import itertools
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

_HOP = {"connection", "transfer-encoding", "keep-alive", "content-length"}


class RoundRobin:
    """Serves on ``url`` until ``close``; a process that does not answer is passed over once."""

    def __init__(self, *backends: str) -> None:
        turns = itertools.cycle([urlsplit(url).netloc for url in backends])
        lock = threading.Lock()

        def following() -> str:
            with lock:
                return next(turns)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _forward(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
                for _ in backends:
                    connection = http.client.HTTPConnection(following(), timeout=60)
                    try:
                        connection.request(self.command, self.path, body, headers)
                        answer = connection.getresponse()
                        content = answer.read()
                        break
                    except OSError:
                        continue
                    finally:
                        connection.close()
                else:
                    self.send_error(502)
                    return
                self.send_response(answer.status)
                length = answer.headers.get("Content-Length") if self.command == "HEAD" else None
                for name, value in answer.getheaders():
                    if name.lower() not in _HOP:
                        self.send_header(name, value)
                if answer.status != 204:
                    self.send_header("Content-Length", length or str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PATCH = do_HEAD = do_DELETE = _forward  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, name="round-robin", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)
