"""The words of a key's panel: seal, certificate, PIN, custody, driver. Pure functions of a card."""

from __future__ import annotations

from gongwen_client.host.clock import to_local
from gongwen_client.services.keys import KeyCard
from gongwen_client.token.keys import EXPIRY_NOTICE, KeyRole, KeyState, PinState
from gongwen_client.ui import words
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.words import StateWord
from gongwen_protocol.sentences import sentence

ROLES = {
    KeyRole.SIGNING: "签名印章",
    KeyRole.VERIFICATION: "验证印章（打印原件用）",
    KeyRole.ENCRYPTION: "加密密钥（解密公文用）",
}
NOT_NAMED = "未登记"
_INTERFACES = {"pkcs11": "PKCS#11", "skf": "SKF（GM/T 0016）", "keyfile": "软件秘钥文件"}
Facts = tuple[tuple[str, str], ...]


def short_state(card: KeyCard) -> StateWord:
    """The state in the words of the list: the key's name stands beside it."""
    state = words.KEY_STATES[card.state]
    return StateWord(state.word.removeprefix("秘钥盘"), state.shape, state.tone)


def seal_lines(card: KeyCard) -> Facts:
    """The seal: name, unit, number, period, size."""
    face = card.face
    if face is None:
        return (("名称", card.name), ("用途", ROLES[card.role]), ("单位", card.certificate.organization))
    period = "未注明"
    if face.valid_from is not None and face.valid_to is not None:
        period = f"{to_local(face.valid_from):%Y-%m-%d} 至 {to_local(face.valid_to):%Y-%m-%d}"
    return (
        ("名称", face.name),
        ("用途", ROLES[card.role]),
        ("单位", card.certificate.organization),
        ("印章编码", face.es_id),
        ("类型", f"{face.kind}，第 {face.version} 版结构"),
        ("有效期", period),
        ("尺寸", f"{face.width_mm:g} × {face.height_mm:g} 毫米"),
    )


def certificate_lines(card: KeyCard) -> Facts:
    """The certificate: holder, issuer, number, period, days left."""
    certificate = card.certificate
    return (
        ("持有者", certificate.common_name),
        ("颁发者", certificate.issuer),
        ("序列号", certificate.serial_text),
        ("算法", certificate.public_key.kind.value),
        (
            "有效期",
            f"{to_local(certificate.not_before):%Y-%m-%d} 至 {to_local(certificate.not_after):%Y-%m-%d}",
        ),
        ("剩余", days_left(card.days_left)),
    )


_EARLY_DAYS, _LAST_DAYS = 90, 7


def days_left(days: int) -> str:
    """还有 29 天到期; 今天到期; 已过期 3 天."""
    if days > 0:
        return f"还有 {days} 天到期"
    return "今天到期" if days == 0 else f"已过期 {-days} 天"


def warning(card: KeyCard) -> tuple[str, str, Tone] | None:
    """What has to be done about this key now: (what, do, tone)."""
    if card.problem:
        said = sentence(card.problem)
        return said.what, said.do, Tone.INVALID
    if card.state is KeyState.FOREIGN:
        owner = card.certificate.organization or card.certificate.common_name
        what = f"这把秘钥盘属于“{owner}”，不是本单位的，不能在这里用印。"
        return what, "捡到其他单位秘钥盘的请立即归还，并报告平台管理员。", Tone.INVALID
    if card.days_left < 0:
        return "证书已过期，不能用印。", "请到电子印章管理部门换发证书并重新制章。", Tone.INVALID
    if card.key.pin.locked:
        said = sentence("token.pin_locked")
        return said.what, said.do, Tone.INVALID
    if card.face is not None and not card.face.lists_certificate:
        what = "这枚印章不是为秘钥盘里的证书制作的，盖章会被拒绝。"
        return what, "请到电子印章管理部门重新制章。", Tone.INVALID
    return _expiry(card)


def _expiry(card: KeyCard) -> tuple[str, str, Tone] | None:
    """Told 90, 30 and 7 days before the end: a new certificate wants a newly made seal, which takes weeks."""
    what = f"证书{days_left(card.days_left)}。"
    if card.days_left < _LAST_DAYS:
        do = "到期后不能用印，公文发不出去。请立即到电子印章管理部门换发证书、重新制章。"
        return what, do, Tone.INVALID
    if card.days_left < EXPIRY_NOTICE.days:
        return what, "换发证书后印章也要重新制作，请尽早到电子印章管理部门办理。", Tone.WARNING
    if card.days_left < _EARLY_DAYS:
        return what, "换发证书后印章也要重新制作，请安排时间办理。", Tone.INFO
    return None


def in_brief(card: KeyCard) -> str:
    """For the banner: the seal, the key, and the days left once they are few."""
    days = days_left(card.days_left) if card.days_left < _EARLY_DAYS else ""
    return "　".join(filter(None, (card.name, card.key.serial, f"证书{days}" if days else "")))


def pin_state(state: PinState) -> StateWord:
    """The PIN's state, known without asking for one."""
    if state.locked:
        return StateWord("已锁定", "lock", Tone.INVALID)
    if state.final_try or state.tries_left == 1:
        return StateWord("再输错一次将锁定", "warning", Tone.WARNING)
    if state.low:
        left = "剩余次数不多" if state.tries_left is None else f"还可以再试 {state.tries_left} 次"
        return StateWord(f"曾输错，{left}", "warning", Tone.WARNING)
    if state.tries_left is not None:
        return StateWord(f"正常，可试 {state.tries_left} 次", "check", Tone.VALID)
    return StateWord("正常", "check", Tone.VALID)


def custody_lines(card: KeyCard) -> Facts:
    """Who keeps the carrier and who the PIN."""
    custody = card.custody
    lines = [
        ("载体保管", custody.carrier_holder or NOT_NAMED),
        ("口令保管", custody.pin_holder or NOT_NAMED),
    ]
    if custody.two_part:
        lines.append(("口令后半段", custody.second_pin_holder))
    return tuple(lines)


def driver_lines(card: KeyCard) -> Facts:
    """What drives the key."""
    driver = card.driver
    if driver is None:
        return ()
    return (
        ("驱动", driver.title),
        ("接口", _INTERFACES.get(driver.kind, driver.kind)),
        ("程序", " ".join(part for part in (driver.library, driver.version) if part)),
        ("厂商", driver.maker),
    )


def test_state(card: KeyCard) -> tuple[StateWord, str]:
    """How the last self-test went, and when."""
    test = card.key.self_test
    if test is None:
        return StateWord("未自检", "circle", Tone.NEUTRAL), "首次用印前会自动试签一次。"
    if test.passed:
        return StateWord("通过", "check", Tone.VALID), f"{words.stamp(test.at)} 试签并用证书验证。"
    said = sentence(test.code)
    return StateWord("未通过", "invalid", Tone.INVALID), f"{words.stamp(test.at)}　{said.what}{said.do}"
