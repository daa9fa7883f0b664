"""The worker process: reads requests from its standard input, answers on its standard output.

Started as ``python -m gongwen_client.render.worker ADDRESS`` with the address of the shared memory. Ends when
the pipe closes. Documents are parsed and drawn nowhere else (ADR 0008).
"""

from __future__ import annotations

import inspect
import os
import sys
import traceback
from pathlib import Path
from typing import IO, Any

from gongwen_client.render.codec import CodecError, decode, encode, hints
from gongwen_client.render.confinement import allow_cpu_for_one_call, confine
from gongwen_client.render.memory import PixelMemory
from gongwen_client.render.operations import Desk, load
from gongwen_client.render.wire import Message, PipeClosedError, receive, send
from gongwen_crypto.errors import BugError, GongwenError, KnownError, RefusedError

_KINDS = {RefusedError: "refused", KnownError: "known"}


def main(arguments: list[str]) -> int:
    requests, answers = sys.stdin.buffer, _private_output()
    memory = PixelMemory.attach(arguments[0])
    send(answers, {"ready": list(confine())})
    serve(requests, answers, Desk(memory))
    return 0


def serve(requests: IO[bytes], answers: IO[bytes], desk: Desk) -> None:
    """Answer requests one after another until the pipe closes."""
    while True:
        try:
            request = receive(requests)
        except PipeClosedError:
            return
        allow_cpu_for_one_call()
        send(answers, answer(desk, request))


def answer(desk: Desk, request: Message) -> Message:
    """The answer to one request. Never raises: errors become messages."""
    try:
        return {"result": encode(perform(desk, request))}
    except GongwenError as error:
        kind = next((name for base, name in _KINDS.items() if isinstance(error, base)), "bug")
        return {"error": kind, "code": error.code, "facts": encode(error.facts)}
    except MemoryError:
        return {"error": "known", "code": "render.out_of_memory", "facts": {}}
    except RecursionError:
        return {"error": "known", "code": "draw.too_complex", "facts": {}}
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        facts = {"type": type(error).__name__, "at": f"{Path(frame.filename).name}:{frame.lineno}"}
        return {"error": "bug", "code": "render.unexpected", "facts": facts}


def perform(desk: Desk, request: Message) -> Any:
    """Call an operation with decoded arguments."""
    function = load(str(request.get("operation")))
    given = request.get("arguments", {})
    names = [name for name in inspect.signature(function).parameters if name != "desk"]
    types = hints(function)
    try:
        arguments = {name: decode(types[name], given[name]) for name in names}
        desk.documents.keys = decode(dict[str, bytes], request.get("keys", {}))
    except (CodecError, KeyError) as error:
        raise BugError("render.wrong_arguments", detail=str(error)) from error
    return function(desk, **arguments)


def _private_output() -> IO[bytes]:
    """Our own end of the pipe; whatever a library prints goes to standard error instead."""
    private = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(private, "wb")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
