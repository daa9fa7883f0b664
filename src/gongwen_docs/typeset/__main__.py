"""``python -m gongwen_docs.typeset FILE --out X.ofd``: set a circular as OFD, attachments beside it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from gongwen_crypto.errors import GongwenError
from gongwen_docs.typeset import read_circular, typeset, typeset_attachment


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m gongwen_docs.typeset")
    parser.add_argument("file", type=Path, help="circular as .toml or plain text")
    parser.add_argument("--out", type=Path, required=True, help="OFD to write")
    arguments = parser.parse_args()
    try:
        circular = read_circular(arguments.file)
        data, facts = typeset(circular)
        for attachment in circular.attachments:
            file = arguments.out.parent / attachment.file
            file.write_bytes(typeset_attachment(circular, attachment.annex))
    except GongwenError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    arguments.out.write_bytes(data)
    sys.stdout.write(json.dumps(facts.to_json(), ensure_ascii=False, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
