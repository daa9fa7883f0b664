# ruff: noqa: T201
"""Writes the attack corpus as files, for this verifier and for others.

python tests/tools/attack_corpus.py --out DIR     originals, forgeries, trust folders, MANIFEST.csv
python tests/tools/attack_corpus.py --table       the table of docs/attack-corpus.md

Keys are made anew at each run, so the bytes differ from run to run while the manifest's claims do not.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from docs.verify.attacks import CLASSES, AttackClass, Forgery, Lab  # noqa: E402
from docs.verify.attacks.lab import CHECKED_AT  # noqa: E402
from gongwen_docs.ofd.container import pack  # noqa: E402
from gongwen_docs.verify import Verdict  # noqa: E402

COLUMNS = ("file", "class", "origin", "verdict", "code", "trust", "now", "witnessed_at", "record", "story")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path)
    parser.add_argument("--table", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder))
        if arguments.table:
            print("\n".join(table(lab)))
        if arguments.out:
            print(f"{write(lab, arguments.out)} files of {len(CLASSES)} classes in {arguments.out}")
    return 0


def table(lab: Lab) -> list[str]:
    """The rows of the documentation's table, by family."""
    rows = [
        "| Family | Class | Catalogue | What is attacked | Files | Expected |",
        "|---|---|---|---|---|---|",
    ]
    for kind in sorted(CLASSES.values(), key=lambda kind: kind.family):
        files = ", ".join(forgery.name for forgery in kind.build(lab))
        rows.append(
            f"| {kind.family} | `{kind.name}` | {kind.origin} | {kind.story} | {files} "
            f"| {kind.verdict}: `{kind.code}` |"
        )
    return rows


def write(lab: Lab, out: Path) -> int:
    """Originals, forgeries, trust folders and the manifest. Returns the number of documents."""
    out.mkdir(parents=True, exist_ok=True)
    for name, world in lab.worlds.items():
        world.write(out / "trust" / name)
    rows = []
    (out / "originals").mkdir(exist_ok=True)
    for name, parts in lab.originals.items():
        (out / "originals" / f"{name}.ofd").write_bytes(pack(parts))
        original = AttackClass("", "", "untouched", Verdict.VALID, "", lambda _: iter(()), "")
        rows.append(_row(f"originals/{name}.ofd", original, Forgery(name, b"")))
    for kind in CLASSES.values():
        (out / kind.name).mkdir(exist_ok=True)
        for forgery in kind.build(lab):
            file = f"{kind.name}/{forgery.name}.ofd"
            (out / file).write_bytes(forgery.data)
            rows.append(_row(file, kind, forgery))
    with (out / "MANIFEST.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return len(rows)


def _row(file: str, kind: AttackClass, forgery: Forgery) -> dict[str, str]:
    record = {
        "digest": forgery.expected.digest,
        "seals": [[seal.name, seal.seal_id] for seal in forgery.expected.seals],
    }
    known = bool(forgery.expected.digest or forgery.expected.seals)
    return {
        "file": file,
        "class": kind.name,
        "origin": kind.origin,
        "verdict": str(forgery.verdict or kind.verdict),
        "code": forgery.code or kind.code,
        "trust": f"trust/{forgery.trust}",
        "now": (forgery.now or CHECKED_AT).isoformat(),
        "witnessed_at": "" if forgery.witnessed_at is None else forgery.witnessed_at.isoformat(),
        "record": json.dumps(record, ensure_ascii=False) if known else "",
        "story": kind.story,
    }


if __name__ == "__main__":
    sys.exit(main())
