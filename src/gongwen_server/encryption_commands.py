"""``gongwen-server encryption …`` and ``escrow …``: certificates of units, and the key in two parts."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from gongwen_crypto.certificates import unarmor
from gongwen_crypto.errors import KnownError
from gongwen_protocol.secrecy import EncryptionEntry
from gongwen_server.services import administration, encryption, escrow

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]
    Command = Callable[..., argparse.ArgumentParser]


def register(commands: Commands, command: Command) -> None:
    """Add the commands; ``command`` makes one that knows the exchange's home."""
    actions = commands.add_parser("encryption", help="encryption certificates").add_subparsers(required=True)
    add = command(actions, "add", _add, "register or replace a unit's encryption certificate")
    add.add_argument("unit", help="code of the unit")
    add.add_argument("certificate", type=Path, help="DER or PEM")
    bulk = command(actions, "import", _import, "register all certificates of a folder")
    bulk.add_argument("folder", type=Path, help="files CODE.cer, called after the units' codes")
    merge = command(actions, "successor", _merge, "another unit reads for one that has merged into it")
    merge.add_argument("unit")
    merge.add_argument("successor")
    for one in (add, merge):
        one.add_argument("--since", type=datetime.fromisoformat, help="from when (ISO, with zone; now)")
    command(actions, "list", _list, "who reads with which certificate since when")

    keys = commands.add_parser("escrow", help="the key in two parts").add_subparsers(required=True)
    make = command(keys, "make", _make, "make the escrow key, its two parts each under a password")
    make.add_argument("--name", required=True, help="name of the region or authority")
    make.add_argument("--authority-key", type=Path, required=True, help="SM2 key of the authority (PKCS#8)")
    make.add_argument("--authority-certificate", type=Path, required=True)
    make.add_argument("--authority-password-file", type=Path, help="password of --authority-key")
    make.add_argument("--out", type=Path, required=True, help="folder for the two parts")
    opening = command(keys, "open", _open, "decrypt a document with both parts; it is put on record")
    opening.add_argument("document", help="id of the document")
    opening.add_argument("--part", type=Path, action="append", required=True, help="give both")
    opening.add_argument("--out", type=Path, required=True, help="folder for the files")
    for one in (make, opening):
        one.add_argument(
            "--password-file", type=Path, action="append", required=True, help="twice, as the parts"
        )


def _add(options: argparse.Namespace) -> None:
    certificate = unarmor(_read(options.certificate))
    with administration.opened(options.home) as exchange:
        encryption.register_certificate(exchange, options.unit, certificate, options.since)


def _import(options: argparse.Namespace) -> None:
    paths = sorted(options.folder.glob("*.cer"))
    with administration.opened(options.home) as exchange:
        for path in paths:
            encryption.register_certificate(exchange, path.stem, unarmor(_read(path)))
    print(f"已登记：{len(paths)} 张加密证书")


def _merge(options: argparse.Namespace) -> None:
    with administration.opened(options.home) as exchange:
        encryption.register_successor(exchange, options.unit, options.successor, options.since)


def _list(options: argparse.Namespace) -> None:
    with administration.opened(options.home) as exchange:
        for entry in encryption.news(exchange, 0).entries:
            print(f"{entry.unit_code}\t{entry.since:%Y-%m-%d %H:%M}\t{_reader(entry)}")


def _reader(entry: EncryptionEntry) -> str:
    if entry.successor:
        return f"→ {entry.successor}"
    certificate = entry.loaded()
    return f"{certificate.subject}（至{certificate.not_after:%Y-%m-%d}）{certificate.fingerprint[:16]}"


def _make(options: argparse.Namespace) -> None:
    secret = options.authority_password_file
    authority = administration.read_signer(
        options.authority_key, options.authority_certificate, _password(secret) if secret else None
    )
    with administration.opened(options.home) as exchange:
        paths = escrow.make(
            exchange, authority, options.name, options.out, [_password(one) for one in options.password_file]
        )
    print("两份托管密钥，请分交两人保管：" + "、".join(str(path) for path in paths))


def _open(options: argparse.Namespace) -> None:
    passwords = [_password(one) for one in options.password_file]
    if len(passwords) != 2 or len(options.part) != 2:
        raise KnownError("secrecy.escrow_parts")
    key = escrow.put_together([_read(one) for one in options.part], passwords)
    with administration.opened(options.home) as exchange:
        for path in escrow.open_document(exchange, key, options.document, options.out):
            print(path)


def _password(path: Path) -> str:
    return _read(path).decode("utf-8").strip()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KnownError("exchange.key_unreadable", file=path.name) from error
