"""Looking for the place where the way to the exchange breaks off: name, port, TLS, certificate, clock.

Each step is made by itself and told in plain words; a step is left out once the one before it failed.
"""

from __future__ import annotations

import base64
import socket
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from gongwen_client.domain.checks import Check, failed, notice, ok, unknown
from gongwen_client.exchange.api import ExchangeApi
from gongwen_crypto import sm3
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.addresses import is_confidential
from gongwen_protocol.messages import ServerInfo
from gongwen_protocol.sentences import sentence

_SECONDS = 4.0
_MOST_CLOCK_SECONDS = 60.0
_EXPIRING_DAYS = 30
_NETWORK = "请检查网线和网络设置，确认本机已接入电子政务外网；仍不行请与网络管理员联系。"
_ADDRESS = "请与平台管理员核对交换中心地址。"


def fingerprint(certificate: str) -> str:
    """SM3 of a certificate (base64 DER) as people compare it over the telephone: groups of four."""
    digits = sm3.digest(base64.b64decode(certificate)).hex().upper()
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def probe(api: ExchangeApi, server_url: str, pinned: tuple[str, ...] = ()) -> Iterator[Check]:
    """Slow. All steps as far as they lead. ``pinned``: certificates (base64 DER) that this PC holds to."""
    address = urlsplit(server_url)
    host, secure = address.hostname or "", address.scheme == "https"
    try:
        port = address.port or (443 if secure else 80)
    except ValueError:
        port = 0
    if not host or not port or not is_confidential(server_url):
        yield failed("address", "交换中心地址", "地址写得不对，或者不是加密连接（https）。", _ADDRESS)
        return
    yield ok("address", "交换中心地址", f"{host}，端口 {port}，{'加密连接' if secure else '本机连接'}。")
    try:
        places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        yield failed("name", "解析名称", "不能把名称解析成网络地址。", f"{_NETWORK}也请核对地址有没有写错。")
        return
    yield ok("name", "解析名称", f"找到 {len(places)} 个网络地址。")
    yield from _connected(api, host, port, secure, pinned)


def _connected(
    api: ExchangeApi, host: str, port: int, secure: bool, pinned: tuple[str, ...]
) -> Iterator[Check]:
    began = time.monotonic()
    try:
        connection = socket.create_connection((host, port), _SECONDS)
    except OSError as error:
        refused = isinstance(error, ConnectionRefusedError)
        said = "对方没有开放这个端口。" if refused else f"{_SECONDS:.0f} 秒内没有回应。"
        yield failed("port", "连接端口", said, _ADDRESS if refused else _NETWORK)
        return
    with connection:
        yield ok("port", "连接端口", f"{1000 * (time.monotonic() - began):.0f} 毫秒连通。")
        if secure:
            check = _tls(connection, host)
            yield check
            if not check.good and check.name == "tls":
                return
    yield from _spoken(api, pinned)


def _tls(connection: socket.socket, host: str) -> Check:
    try:
        with ssl.create_default_context().wrap_socket(connection, server_hostname=host) as channel:
            version, certificate = channel.version(), channel.getpeercert()
    except ssl.SSLCertVerificationError as error:
        why = {10: "证书已过期", 62: "证书不是这个名称的", 18: "证书是自签名的"}.get(error.verify_code)
        return failed("tls", "加密连接", f"对方的证书没有通过检查：{why or '签发机构不受信任'}。", _ADDRESS)
    except (ssl.SSLError, OSError):
        return failed("tls", "加密连接", "不能建立加密连接。", _ADDRESS)
    until = ssl.cert_time_to_seconds(str((certificate or {}).get("notAfter", "Jan  1 00:00:00 2000 GMT")))
    days = int((until - datetime.now(UTC).timestamp()) // 86400)
    if days < _EXPIRING_DAYS:
        said = f"{version}，交换中心的传输证书还有 {days} 天到期。"
        return notice("transport", "加密连接", said, "请提醒平台管理员更换。")
    return ok("tls", "加密连接", f"{version}，证书有效。")


def _spoken(api: ExchangeApi, pinned: tuple[str, ...]) -> Iterator[Check]:
    began = datetime.now(UTC)
    try:
        info = api.get("/v1/server", ServerInfo)
    except GongwenError as error:
        said = sentence(error.code)  # without its facts: they may hold what the other side sent
        yield failed("exchange", "交换中心答复", f"{said.what}（{error.code}）", said.do)
        return
    ended = datetime.now(UTC)
    yield ok("exchange", "交换中心答复", f"{1000 * (ended - began).total_seconds():.0f} 毫秒，版本正常。")
    yield _pinned(info, pinned)
    middle = began + (ended - began) / 2
    seconds = (info.server_time - middle).total_seconds()
    if abs(seconds) > _MOST_CLOCK_SECONDS:
        apart = f"本机时间比交换中心{'慢' if seconds > 0 else '快'} {abs(seconds):.0f} 秒。"
        yield notice("clock", "时间差", apart, "请校正本机时间：相差太大时不能登录。")
    else:
        yield ok("clock", "时间差", f"相差 {abs(seconds):.0f} 秒。")


def _pinned(info: ServerInfo, pinned: tuple[str, ...]) -> Check:
    name, title = "certificate", "交换中心身份"
    if not pinned:
        return unknown(name, title, "本机还没有记下交换中心的证书。", "首次连接时请与平台管理员核对指纹。")
    if info.certificate in pinned:
        return ok(name, title, "与本机记下的证书一致。")
    if info.handovers:
        return notice(name, title, "交换中心换过证书。", "下次登录时程序会核对交接声明。")
    return failed(
        name,
        title,
        "与本机记下的证书不一致，可能连到了假的交换中心。",
        "请停止使用，立即电话联系平台管理员核对指纹。",
    )
