"""``gongwen encrypt`` and ``decrypt``, and the password of the commands that read a document."""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gongwen_client.render import RenderPool
from gongwen_client.services.unlocking import Unlocking
from gongwen_client.token.proxy import TokenBroker
from gongwen_client.token.wire import BrokerConfig
from gongwen_crypto.certificates import unarmor
from gongwen_crypto.errors import KnownError

_MAX_BYTES = 64 * 1024


def register(commands: Any) -> None:
    """Add the commands of this module."""
    encrypt = commands.add_parser("encrypt", help="加密版式文件（GM/T 0099，口令或证书）")
    encrypt.add_argument("file", type=Path)
    whom = encrypt.add_mutually_exclusive_group(required=True)
    whom.add_argument("--password-file", type=Path, metavar="FILE", help="口令所在的文件（第一行）")
    whom.add_argument("--cert", type=Path, action="append", help="接收人的加密证书，可以多次给出")
    encrypt.add_argument("--out", type=Path, required=True, metavar="PATH", help="加密后的文件")
    encrypt.set_defaults(run=_encrypt)

    decrypt = commands.add_parser("decrypt", help="解密版式文件，另存为未加密的文件")
    decrypt.add_argument("file", type=Path)
    means = decrypt.add_mutually_exclusive_group(required=True)
    means.add_argument("--password-file", type=Path, metavar="FILE", help="口令所在的文件（第一行）")
    means.add_argument("--key", type=Path, metavar="FILE", help="加密证书的软件秘钥文件（.gwkey）")
    decrypt.add_argument("--pin-stdin", action="store_true", help="从标准输入读秘钥口令（一行）")
    decrypt.add_argument("--out", type=Path, required=True, metavar="PATH", help="解密后的文件")
    decrypt.set_defaults(run=_decrypt)


def add_password(command: argparse.ArgumentParser) -> None:
    """The option of commands that read a document which may be encrypted."""
    command.add_argument("--password-file", type=Path, metavar="FILE", help="加密文件的口令所在的文件")


def unlock(pool: RenderPool, arguments: argparse.Namespace) -> None:
    """Open the file of ``arguments`` with the password that was given. Raises KnownError."""
    if arguments.password_file is not None and pool.locks(arguments.file):
        Unlocking(pool).with_password(arguments.file, read_password(arguments.password_file))


def read_password(path: Path) -> str:
    """First line of a file. Raises KnownError("file.not_found")."""
    lines = _read(path).decode("utf-8-sig", "replace").splitlines()
    return lines[0] if lines else ""


def _encrypt(arguments: argparse.Namespace) -> int:
    password = "" if arguments.password_file is None else read_password(arguments.password_file)
    certificates = [unarmor(_read(path)) for path in arguments.cert or ()]
    pool = RenderPool(1)
    try:
        pool.encrypt(arguments.file, arguments.out.absolute(), datetime.now(UTC), password, certificates)
    finally:
        pool.stop()
    print(f"已加密：{arguments.out}")
    return 0


def _decrypt(arguments: argparse.Namespace) -> int:
    pool = RenderPool(1)
    try:
        if arguments.key is not None:
            _unlock_with_key(pool, arguments)
        else:
            unlock(pool, arguments)
        pool.decrypt(arguments.file, arguments.out.absolute())
    finally:
        pool.stop()
    print(f"已解密：{arguments.out}（文件不再加密，请妥善保管）")
    return 0


def _unlock_with_key(pool: RenderPool, arguments: argparse.Namespace) -> None:
    if not arguments.key.is_file():
        raise KnownError("file.not_found", name=arguments.key.name)
    tokens = TokenBroker(BrokerConfig((), (arguments.key,)))
    try:
        unlocking = Unlocking(pool, tokens)
        fitting = unlocking.look(arguments.file).keys
        if not fitting:
            raise KnownError("ofd.encryption.not_a_recipient")
        given = sys.stdin.readline().rstrip("\r\n") if arguments.pin_stdin else getpass.getpass("秘钥口令：")
        unlocking.with_key(arguments.file, fitting[0], given)
    finally:
        tokens.stop()


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(_MAX_BYTES)
    except OSError as error:
        raise KnownError("file.not_found", name=path.name) from error
