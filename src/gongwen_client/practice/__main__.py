"""The training exchange as a process of its own: ``python -m gongwen_client.practice HOME``.

It writes one line of JSON when all is ready (a ticket, or the code of what went wrong) and serves until its
standard input ends, be it that the windows closed or that they died.
"""

from __future__ import annotations

import sys
from pathlib import Path

from gongwen_client.host.places import private_umask
from gongwen_client.practice.ground import Ground
from gongwen_client.services.training import TrainingProblem
from gongwen_crypto.errors import GongwenError


def main() -> int:
    """Exit code 1 when the ground could not be opened."""
    private_umask()
    ground = Ground(Path(sys.argv[1]))
    try:
        try:
            ticket = ground.open()
        except GongwenError as error:
            _say(TrainingProblem(code=error.code).model_dump_json())
            return 1
        _say(ticket.model_dump_json())
        sys.stdin.buffer.read()
    finally:
        ground.close()
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
