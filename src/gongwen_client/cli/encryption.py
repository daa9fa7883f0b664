"""``gongwen encrypt`` and ``decrypt``: OFD files locked with a password or for certificates (GM/T 0099)."""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gongwen_client.cli.arguments import opened_pool, read_password, read_small
from gongwen_client.render import RenderPool
from gongwen_client.services.unlocking import Unlocking
from gongwen_client.token.proxy import TokenBroker
from gongwen_client.token.wire import BrokerConfig
from gongwen_crypto.certificates import unarmor
from gongwen_crypto.errors import KnownError


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


def _encrypt(arguments: argparse.Namespace) -> int:
    password = "" if arguments.password_file is None else read_password(arguments.password_file)
    certificates = [unarmor(read_small(path)) for path in arguments.cert or ()]
    with opened_pool() as pool:
        pool.encrypt(arguments.file, arguments.out.absolute(), datetime.now(UTC), password, certificates)
    print(f"已加密：{arguments.out}")
    return 0


def _decrypt(arguments: argparse.Namespace) -> int:
    with opened_pool(arguments) as pool:
        if arguments.key is not None:
            _unlock_with_key(pool, arguments)
        pool.decrypt(arguments.file, arguments.out.absolute())
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
