"""The headless twin of the windows: ``gongwen COMMAND``.

Each module of :data:`MODULES` has ``register(commands)``, which adds its subcommands; a subcommand sets
``run`` to a function from its arguments to an exit code.
"""

from __future__ import annotations

import argparse
import importlib
import io
import sys
from collections.abc import Sequence

from gongwen_crypto.errors import GongwenError
from gongwen_protocol.sentences import sentence

MODULES = (
    "pages",
    "documents",
    "encryption",
    "bundles",
    "sealing",
    "ledger",
    "registers",
    "seals",
    "typesetting",
    "keys",
    "encryption_keys",
    "restoration",
    "notices",
    "copy_marks",
    "programs",
)

EXIT_OK = 0
EXIT_UNREADABLE = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Errors end with their sentence on standard error and exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a pipe on Windows would take the system's code page
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    parser = argparse.ArgumentParser(prog="gongwen", description="公文交换：命令行")
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令")
    for module in MODULES:
        importlib.import_module(f"{__name__}.{module}").register(commands)
    arguments = parser.parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except GongwenError as error:
        print(sentence(error), file=sys.stderr)
        return EXIT_UNREADABLE
    except BrokenPipeError:
        return EXIT_OK
    except KeyboardInterrupt:
        return 130
