"""The draft of a year's report on the use of the platform (《应用情况总结》, Jiangmen plan 四)."""

from __future__ import annotations

from gongwen_protocol.statistics import DutyMap, HalfDuty, MonthFigures, Statistics, total

_NAMED = 5
_MISSED = (HalfDuty.PARTLY, HalfDuty.POLLED, HalfDuty.NONE)


def yearly_report(found: Statistics, duty: DutyMap, year: int) -> str:
    """Figures in sentences, with 【】 where a person has something to add. Nothing is judged here."""
    units = [(unit.unit_name, total(unit.months)) for unit in found.units]
    whole = total([figures for _, figures in units])
    title = "本单位" if len(units) == 1 else f"{len(units)} 个单位"
    lines = [
        f"{year}年电子公文交换系统应用情况总结（草稿）",
        "",
        f"统计期间：{found.first:%Y-%m-%d} 至 {found.last:%Y-%m-%d}。统计范围：{title}。",
        "本稿由系统依据交换中心的存证记录生成，【】中的内容请补充，数字请核对后使用。",
        "",
        "一、基本情况",
        f"全年共发送公文 {whole.sent} 件，发往单位 {whole.sent_to} 次；应接收公文 {whole.delivered} 件。",
        *_by_month(found),
        "",
        "二、接收情况",
        *_receiving(whole),
        "",
        "三、值守情况",
        *_duty(duty),
    ]
    if len(units) > 1:
        lines += ["", "四、各单位情况", *_by_unit(units, duty)]
    lines += [
        "",
        f"{'五' if len(units) > 1 else '四'}、存在的问题和下一步打算",
        "【请补充：系统运行、培训、印章管理、故障处理等情况】",
        "",
        f"【单位名称】　{year}年【】月【】日",
        "",
    ]
    return "\r\n".join(lines)


def _by_month(found: Statistics) -> list[str]:
    lines = []
    for month in found.months:
        one = total([each for unit in found.units for each in unit.months if each.month == month])
        if one.sent or one.delivered:
            lines.append(f"　　{month}：发文 {one.sent} 件，收文 {one.delivered} 件。")
    return lines


def _receiving(whole: MonthFigures) -> list[str]:
    timed = whole.in_time + whole.late + whole.overdue
    received = whole.in_time + whole.late + whole.untimed
    lines = [
        f"已接收 {received} 件，其中按时 {whole.in_time} 件，超时 {whole.late} 件；"
        f"尚未接收 {whole.waiting} 件，其中已超时 {whole.overdue} 件。"
    ]
    if timed:
        lines.append(f"有时限的公文及时接收率 {100 * whole.in_time / timed:.1f}%。")
    if received:
        lines.append(f"从送达到接收平均用时 {whole.minutes / received / 60:.1f} 小时。")
    if whole.delivered:
        share = 100 * whole.returned / whole.delivered
        lines.append(f"退文 {whole.returned} 件，退文率 {share:.1f}%；经催办 {whole.reminded} 件。")
    others = f"被撤回 {whole.recalled} 件，被更正 {whole.replaced} 件，转纸质办理 {whole.on_paper} 件。"
    return [*lines, others]


def _duty(duty: DutyMap) -> list[str]:
    met, wanted = sum(row.met for row in duty.units), sum(row.wanted for row in duty.units)
    if not wanted:
        return ["统计期间没有应查收的半天。"]
    polled = sum(row.cells.count(HalfDuty.POLLED) for row in duty.units)
    silent = sum(row.cells.count(HalfDuty.NONE) for row in duty.units)
    rule = f"（{duty.rule}）" if duty.rule else ""
    return [
        f"按规定应人工查收{rule} {wanted} 个半天，达到规定次数 {met} 个，占 {100 * met / wanted:.1f}%；"
        f"仅有机器轮询、无人查收 {polled} 个，机器和人工均无记录 {silent} 个。"
    ]


def _by_unit(units: list[tuple[str, MonthFigures]], duty: DutyMap) -> list[str]:
    late = sorted(units, key=lambda one: -(one[1].late + one[1].overdue))[:_NAMED]
    missed = sorted(
        ((row.unit_name, sum(row.cells.count(one) for one in _MISSED)) for row in duty.units),
        key=lambda one: -one[1],
    )[:_NAMED]
    by_volume = sorted(units, key=lambda one: -one[1].sent)[:_NAMED]
    named = (
        ("发文较多", [f"{name} {figures.sent} 件" for name, figures in by_volume if figures.sent]),
        (
            "超时接收较多",
            [
                f"{name} {figures.late + figures.overdue} 件"
                for name, figures in late
                if figures.late + figures.overdue
            ],
        ),
        ("未按规定查收较多", [f"{name} {count} 个半天" for name, count in missed if count]),
    )
    return [f"{title}：{'，'.join(units_of) or '无'}。" for title, units_of in named]
