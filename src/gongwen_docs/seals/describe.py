"""A seal in plain values, for people and programs that want to know what a seal file holds."""

from __future__ import annotations

from collections.abc import Iterator

from gongwen_crypto import sm3
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_crypto.timestamp import Token
from gongwen_docs.seals.model import Seal
from gongwen_docs.seals.times import readable

_TYPES = {1: "单位印章", 2: "个人印章"}
_OTHER_TYPE = "其他"


def describe(seal: Seal) -> dict[str, object]:
    """Everything but the bytes of picture and signature, ready for ``json.dumps``."""
    return {
        "generation": str(seal.generation),
        "version": seal.version,
        "vendor": seal.vendor_id,
        "id": seal.es_id,
        "type": seal.type,
        "type_text": type_text(seal),
        "name": seal.name,
        "created": readable(seal.created),
        "valid_from": readable(seal.valid_from),
        "valid_to": readable(seal.valid_to),
        "picture": {
            "type": seal.picture.type,
            "bytes": len(seal.picture.data),
            "sm3": sm3.digest(seal.picture.data).hex(),
            "width_mm": seal.picture.width_mm,
            "height_mm": seal.picture.height_mm,
        },
        "certificates": [_certificate(item) for item in seal.certificates],
        "certificate_digests": [
            {"method": method, "value": value.hex()} for method, value in seal.certificate_digests
        ],
        "maker": _certificate(seal.maker_certificate),
        "algorithm": seal.algorithm,
        "time_stamp": _token(seal.time_stamp),
        "bytes": len(seal.raw),
        "sm3": sm3.digest(seal.raw).hex(),
    }


def describe_lines(seal: Seal) -> Iterator[tuple[str, str]]:
    """Label and text of each line that a person reads."""
    yield "名称", seal.name
    yield "编码", seal.es_id
    yield "类型", type_text(seal)
    yield "格式", f"第 {seal.version} 版，厂商 {seal.vendor_id}"
    yield "制作时间", readable(seal.created)
    yield "有效期", f"{readable(seal.valid_from)} 至 {readable(seal.valid_to)}"
    picture = seal.picture
    size = f"{picture.width_mm:g}×{picture.height_mm:g} mm"
    yield "图片", f"{picture.type}，{size}，{len(picture.data)} 字节"
    for certificate in seal.certificates:
        yield "签章人", _line(certificate)
    for method, value in seal.certificate_digests:
        yield "签章人证书摘要", f"{method} {value.hex()}"
    yield "制章人", _line(seal.maker_certificate)
    yield "签名算法", seal.algorithm


def type_text(seal: Seal) -> str:
    """Whose seal it is; vendors have numbers of their own."""
    return _TYPES.get(seal.type, f"{_OTHER_TYPE}（{seal.type}）")


def _line(encoded: bytes) -> str:
    facts = _certificate(encoded)
    if "subject" not in facts:
        return "证书无法读取"
    return f"{facts['subject']}（证书 {facts['serial']}，{facts['not_before']} 至 {facts['not_after']}）"


def _certificate(encoded: bytes) -> dict[str, object]:
    try:
        certificate = Certificate.load(encoded)
    except KnownError as error:
        return {"unreadable": error.code, "sm3": sm3.digest(encoded).hex()}
    return {
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "serial": certificate.serial_text,
        "not_before": readable(certificate.not_before),
        "not_after": readable(certificate.not_after),
        "key": str(certificate.public_key.kind),
        "sm3": certificate.fingerprint,
    }


def _token(data: bytes | None) -> dict[str, object] | None:
    if data is None:
        return None
    try:
        token = Token.load(data)
        return {"authority": token.authority().subject, "time": readable(token.time), "policy": token.policy}
    except KnownError as error:
        return {"unreadable": error.code}
