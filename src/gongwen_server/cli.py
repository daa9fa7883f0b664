"""Command line of the exchange: set up, units, accounts, serve."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gongwen_crypto.errors import GongwenError, KnownError
from gongwen_crypto.software import SoftwareSigner
from gongwen_protocol.oa import OaScope
from gongwen_protocol.permissions import ROLE_NAMES
from gongwen_protocol.sentences import sentence
from gongwen_protocol.version import VERSION
from gongwen_server import cli_access, cli_faults, cli_notices, encryption_commands
from gongwen_server.api import serving
from gongwen_server.api.journal import log_to_stderr
from gongwen_server.api.serving import TlsFiles
from gongwen_server.services import (
    administration,
    backup,
    directory,
    evidence,
    oa,
    restoring,
    seal_ledgers,
    sweeping,
    time_stamps,
)
from gongwen_server.services.accounts import parse_roles
from gongwen_server.services.home import BLOBS
from gongwen_server.workers import Work, Workers, reserve

Run = Callable[[argparse.Namespace], None]
if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit 0 when done, 2 with one sentence on stderr when refused."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except GongwenError as error:
        print(sentence(error), file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("gongwen-server", description="电子公文交换中心")
    parser.add_argument("--version", action="version", version=VERSION)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    init = _command(commands, "init", _init, "set up a new exchange in an empty directory")
    init.add_argument("--name", required=True, help="name of the exchange, e.g. 某市电子公文交换中心")
    init.add_argument("--profile", default="ordos-2018", help="region profile (default: %(default)s)")
    init.add_argument("--database", metavar="URL", help="e.g. postgresql://… (default: SQLite in the home)")
    init.add_argument(
        "--blobs", default=BLOBS, metavar="PLACE", help="directory or s3://bucket/prefix?endpoint=…&region=…"
    )
    init.add_argument("--key", type=Path, help="SM2 key of the receipts (PKCS#8); default: a fresh one")
    init.add_argument("--key-password-file", type=Path, help="password of --key")
    init.add_argument("--certificate", type=Path, help="certificate of --key")

    unit = commands.add_parser("unit", help="units of the directory").add_subparsers(required=True)
    unit_add = _command(unit, "add", _add_unit, "enter a unit")
    unit_add.add_argument("code", help="code of the unit, used once for ever")
    unit_add.add_argument("name")
    unit_add.add_argument("--short-name", default="")
    unit_add.add_argument("--region", default="")
    unit_add.add_argument("--rank", type=int, default=0, help="place in the directory, smallest first")
    unit_add.add_argument("--contact", default="", help="telephone of the post")
    unit_add.add_argument("--not-enabled", action="store_true", help="listed, but cannot receive yet")

    for word, enabled in (("enable", True), ("disable", False)):
        unit_switch = _command(unit, word, _enable_unit, f"{word} a unit for exchange")
        unit_switch.add_argument("code")
        unit_switch.set_defaults(enabled=enabled)

    supersede = _command(unit, "supersede", _supersede, "another unit follows (renamed, merged, abolished)")
    supersede.add_argument("code")
    supersede.add_argument("successor", help="code of the unit to address in its place")
    supersede.add_argument("--since", type=date.fromisoformat, required=True, help="ISO date in the region")

    account = commands.add_parser("account", help="accounts of a unit").add_subparsers(required=True)
    account_add = _command(account, "add", _add_account, "open an account")
    account_add.add_argument("unit")
    account_add.add_argument("account")
    account_add.add_argument("--post", required=True, help="e.g. 收发员")
    account_add.add_argument(
        "--roles", required=True, help=f"comma separated: {', '.join(ROLE_NAMES.values())}"
    )
    account_add.add_argument(
        "--initial-password-file",
        default="-",
        help="file with the initial password (default: standard input)",
    )
    account_add.add_argument("--platform", action="store_true", help="administers all units")
    account_unlock = _command(account, "unlock", _unlock, "lift the block after failed log-ins")
    account_unlock.add_argument("unit")
    account_unlock.add_argument("account")

    bulk = _command(commands, "import", _import, "enter many units and accounts at once")
    bulk.add_argument(
        "file", type=Path, help="TOML with [[unit]] and [[account]] tables (docs/administration.md)"
    )

    encryption_commands.register(commands, _command)
    _command(commands, "check-log", _check_log, "compute the whole log again and compare")

    _command(commands, "seal-ledgers", _seal_ledgers, "list the ledgers of seal uses as witnessed")

    clock = _command(commands, "time-stamps", _time_stamps, "make this exchange a time-stamp authority")
    clock.add_argument("--key", type=Path, help="SM2 key of the authority (PKCS#8); default: a fresh one")
    clock.add_argument("--key-password-file", type=Path, help="password of --key")
    clock.add_argument("--certificate", type=Path, help="certificate of --key, for time stamping only")
    cli_access.add_commands(partial(_command, commands))
    cli_notices.register(commands, _command)
    reports = commands.add_parser("faults", help="fault reports of units").add_subparsers(required=True)
    cli_faults.add_commands(partial(_command, reports))
    oa_clients = commands.add_parser("oa", help="office systems of units").add_subparsers(required=True)
    oa_add = _command(oa_clients, "add", _add_oa, "open the interface for a unit's office system")
    oa_add.add_argument("unit")
    oa_add.add_argument("--name", required=True, help="name of the system, as receipts show it")
    oa_add.add_argument("--scopes", default="receive,send", help="receive, send (default: both)")
    oa_add.add_argument("--per-minute", type=int, default=oa.PER_MINUTE, help="calls (default: %(default)s)")
    oa_disable = _command(oa_clients, "disable", _disable_oa, "close it at once")
    oa_disable.add_argument("client_id")

    swept = _command(commands, "sweep", _sweep, "remove what is over; evidence is kept for ever")
    swept.add_argument(
        "--contents-after",
        type=int,
        metavar="DAYS",
        help="also the bytes of documents that every unit decided on so long ago",
    )

    back_up = _command(commands, "backup", _back_up, "back up a running exchange")
    back_up.add_argument("--out", type=Path, required=True, metavar="DIR", help="new, or an earlier backup's")
    back_up.add_argument("--password-file", type=Path, required=True, help="password of the backup")
    back_up.add_argument("--key-password-file", type=Path, help="password of the receipt key, kept elsewhere")

    restored = _command(commands, "restore", _restore, "make the exchange of a backup anew in an empty home")
    restored.add_argument("--from", dest="source", type=Path, required=True, metavar="DIR")
    restored.add_argument("--password-file", type=Path, required=True, help="password of the backup")
    restored.add_argument("--reason", required=True, help="what clients and auditors read")
    restored.add_argument("--database", metavar="URL", help="an empty database (default: SQLite in the home)")
    restored.add_argument("--blobs", default=BLOBS, metavar="PLACE", help="see init")

    serve = _command(commands, "serve", _serve, "serve the exchange")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8765, help="0 takes a free one (default: %(default)s)")
    serve.add_argument(
        "--workers", type=int, default=1, help="processes (default: %(default)s; Linux, macOS)"
    )
    serve.add_argument("--port-file", type=Path, help="write the port here once it is listening")
    serve.add_argument("--tls-cert", type=Path, help="PEM certificate; required beyond this machine")
    serve.add_argument("--tls-key", type=Path, help="PEM key of --tls-cert")
    serve.add_argument("--metrics-token-file", type=Path, help="who has this token may read /metrics")
    serve.add_argument("--key-password-file", type=Path, help="password of the receipt key, kept elsewhere")
    return parser


def _command(commands: Commands, name: str, run: Run, text: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text)
    parser.add_argument("--home", type=Path, required=True, help="directory of the exchange")
    parser.set_defaults(run=run)
    return parser


def _given_signer(options: argparse.Namespace) -> SoftwareSigner | None:
    if not (options.key or options.certificate):
        return None
    if not (options.key and options.certificate):
        raise KnownError("exchange.key_without_certificate")
    secret = options.key_password_file
    password = secret.read_text("utf-8").strip() if secret else None
    return administration.read_signer(options.key, options.certificate, password)


def _time_stamps(options: argparse.Namespace) -> None:
    certificate = time_stamps.set_up(options.home, _given_signer(options))
    print(f"已启用时间戳。请把证书放入各单位的信任文件夹：{certificate}")


def _seal_ledgers(options: argparse.Namespace) -> None:
    with administration.opened(options.home) as exchange:
        ledgers = seal_ledgers.witnessed(exchange)
    for one in ledgers:
        state = f"有 {len(one.faults)} 次前后不符：{'、'.join(one.faults)}" if one.faults else "前后一致"
        print(
            f"{one.unit_name}：台账 {one.chain[:12]}，至第 {one.newest} 条，{one.documents} 件公文，{state}"
        )


def _init(options: argparse.Namespace) -> None:
    signer = _given_signer(options)
    administration.set_up(
        options.home,
        name=options.name,
        profile_id=options.profile,
        database_url=options.database,
        blobs=options.blobs,
        signer=signer,
    )
    print(f"已建立：{options.home}")


def _add_unit(options: argparse.Namespace) -> None:
    with administration.opened(options.home) as exchange:
        administration.add_unit(
            exchange,
            options.code,
            options.name,
            short_name=options.short_name,
            region=options.region,
            rank=options.rank,
            contact=options.contact,
            enabled=not options.not_enabled,
        )


def _enable_unit(options: argparse.Namespace) -> None:
    with administration.opened(options.home) as exchange:
        administration.enable_unit(exchange, options.code, options.enabled)


def _supersede(options: argparse.Namespace) -> None:
    with administration.opened(options.home) as exchange:
        directory.supersede_unit(exchange, options.code, options.successor, options.since)


def _import(options: argparse.Namespace) -> None:
    with administration.opened(options.home) as exchange:
        units, accounts = administration.import_roster(exchange, options.file)
    print(f"已录入：{units} 个单位，{accounts} 个账户")


def _check_log(options: argparse.Namespace) -> None:
    with administration.opened(options.home) as exchange:
        place = evidence.broken_at(exchange)
    if place is not None:
        raise KnownError("exchange.log_broken", place=place)
    print("存证日志完整，与已签名的检查点一致")


def _add_oa(options: argparse.Namespace) -> None:
    try:
        scopes = [OaScope(word.strip()) for word in options.scopes.split(",")]
    except ValueError as error:
        raise KnownError("oa.unknown_scope", scopes=options.scopes) from error
    with administration.opened(options.home) as exchange:
        client_id, secret = oa.register(exchange, options.unit, options.name, scopes, options.per_minute)
    print(f"client_id = {client_id}\nsecret = {secret}")
    print("密钥只显示这一次，请妥善交给该单位的系统管理员。")


def _disable_oa(options: argparse.Namespace) -> None:
    with administration.opened(options.home) as exchange:
        oa.disable(exchange, options.client_id)


def _sweep(options: argparse.Namespace) -> None:
    after = None if options.contents_after is None else timedelta(days=options.contents_after)
    with administration.opened(options.home) as exchange:
        done = sweeping.sweep(exchange, after)
    print(
        f"已清理：未完成的上传 {done.uploads}，过期会话 {done.sessions}，"
        f"登录锁定记录 {done.blocks}，到期正文和附件 {done.contents}"
    )


def _back_up(options: argparse.Namespace) -> None:
    password = _password(options.password_file)
    with administration.opened(options.home, key_password_file=options.key_password_file) as exchange:
        manifest = backup.back_up(exchange, options.out, password)
    size = manifest.checkpoint.checkpoint.size if manifest.checkpoint else 0
    print(f"已备份：{len(manifest.blobs)} 个文件，存证日志 {size} 条：{options.out}")


def _restore(options: argparse.Namespace) -> None:
    manifest = restoring.restore(
        options.source,
        options.home,
        _password(options.password_file),
        reason=options.reason,
        database_url=options.database,
        blobs=options.blobs,
    )
    print(f"已从 {manifest.at:%Y-%m-%d %H:%M}（UTC）的备份恢复：{options.home}")
    print("各单位客户端将提示恢复声明，经电话核实同意后继续使用。")


def _password(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except OSError as error:
        raise KnownError("exchange.key_unreadable", file=path.name) from error


def _add_account(options: argparse.Namespace) -> None:
    source = options.initial_password_file
    text = sys.stdin.readline() if source == "-" else Path(source).read_text("utf-8")
    with administration.opened(options.home) as exchange:
        administration.add_account(
            exchange,
            options.unit,
            options.account,
            post=options.post,
            roles=parse_roles(options.roles.replace("，", ",").split(",")),
            initial_password=text.strip("\r\n"),
            platform=options.platform,
        )


def _unlock(options: argparse.Namespace) -> None:
    with administration.opened(options.home) as exchange:
        administration.unlock_account(exchange, options.unit, options.account)


def _serve(options: argparse.Namespace) -> None:
    tls = _tls(options)
    if options.workers > 1:
        _serve_by_several(options, tls)
        return
    with administration.opened(options.home, key_password_file=options.key_password_file) as exchange:
        listener = serving.bind(options.host, options.port, tls=tls is not None)
        with listener:
            _announce(options, exchange.name, listener)
            log_to_stderr()
            token = _password(options.metrics_token_file) if options.metrics_token_file else ""
            serving.make_server(exchange, tls, token).run(sockets=[listener])


def _serve_by_several(options: argparse.Namespace, tls: TlsFiles | None) -> None:
    if options.metrics_token_file:
        raise KnownError("exchange.metrics_of_several")
    work = Work(options.home, options.key_password_file, options.host, tls)
    with administration.opened(options.home, key_password_file=options.key_password_file) as exchange:
        name = exchange.name  # and the database is brought up to date, once
    with reserve(work, options.port) as place:
        log_to_stderr()
        Workers(work, place, options.workers).run(lambda: _announce(options, name, place))


def _announce(options: argparse.Namespace, name: str, listener: socket.socket) -> None:
    if options.port_file:
        _write_whole(options.port_file, str(listener.getsockname()[1]))
    print(f"{name}：{serving.url_of(listener, tls=options.tls_cert is not None)}", flush=True)


def _tls(options: argparse.Namespace) -> TlsFiles | None:
    if options.tls_cert and options.tls_key:
        return TlsFiles(options.tls_cert, options.tls_key)
    if options.tls_cert or options.tls_key:
        raise KnownError("exchange.tls_required", host=options.host)
    return None


def _write_whole(path: Path, text: str) -> None:
    """Readers see nothing or all of it."""
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(text, "utf-8")
    os.replace(fresh, path)  # noqa: PTH105


if __name__ == "__main__":
    sys.exit(main())
