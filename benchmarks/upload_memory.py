"""Bar R3: memory of the exchange while files of 100 MB go up and down. Prints a table.

python benchmarks/upload_memory.py --megabytes 100 --files 3
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
import urllib.request
import uuid
from pathlib import Path

from exchange_polling import memory_mb, prepare, served
from gongwen_crypto import sm3
from gongwen_protocol.messages import Elements, FileReference, Recipient, RecipientRole, SendRequest
from gongwen_protocol.profile import load_profile

BAR = "bar R3: ≤ 20 MB extra in the server"


def call(port: int, token: str, method: str, path: str, body: bytes, **headers: str) -> bytes:
    """One request of a simulated client."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body or None, method=method)
    request.add_header("Authorization", f"Bearer {token}")
    request.add_header("Content-Type", "application/json")
    for name, value in headers.items():
        request.add_header(name.replace("_", "-"), value)
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        content: bytes = answer.read()
        return content


def upload(port: int, token: str, content: bytes) -> FileReference:
    """Announce and send a file in pieces of 8 MB."""
    digest = sm3.digest(content).hex()
    request = json.dumps({"length": len(content), "digest": digest}).encode()
    path = f"/v1/uploads/{json.loads(call(port, token, 'POST', '/v1/uploads', request))['upload_id']}"
    for begin in range(0, len(content), 8 << 20):
        call(port, token, "PATCH", path, content[begin : begin + (8 << 20)], Upload_Offset=str(begin))
    return FileReference(name="正文.ofd", digest=digest, size=len(content))


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--files", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        sender, receiver = prepare(home, 2, None)
        with served(home) as (port, process_id):
            call(port, sender, "GET", "/v1/sync?cursor=0", b"")
            before = memory_mb(process_id)
            print(f"{'file':<8}{'up s':>10}{'down s':>10}{'server MB':>12}{'extra MB':>12}")
            for number in range(options.files):
                content = b"PK\x03\x04" + bytes([number]) * (options.megabytes * 2**20 - 4)
                begun = time.monotonic()
                body = upload(port, sender, content)
                request = SendRequest(
                    document_id=uuid.uuid4().hex,
                    elements=Elements(title="大文件"),
                    body=body,
                    recipients=(Recipient(unit_code="00001", role=RecipientRole.MAIN, copies=1),),
                    profile_id="ordos-2018",
                    profile_version=load_profile("ordos-2018").version,
                )
                message = request.model_dump_json().encode()
                call(port, sender, "POST", "/v1/documents", message, Idempotency_Key=uuid.uuid4().hex)
                sent = time.monotonic()
                assert call(port, receiver, "GET", f"/v1/blobs/{body.digest}", b"") == content
                received = time.monotonic()
                peak = memory_mb(process_id)
                times = f"{sent - begun:>10.2f}{received - sent:>10.2f}"
                print(f"{number + 1:<8}{times}{peak:>12.0f}{peak - before:>12.1f}")
    print(BAR)


if __name__ == "__main__":
    main()
