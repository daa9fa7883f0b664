"""The further letters of the demonstration's day. All of it is public training text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from gongwen_client.practice.cast import SENDER
from gongwen_docs.typeset import typeset
from gongwen_docs.typeset.circular import Block, BlockKind, Circular

_CHINA = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class Letter:
    """A one-page letter of the sending unit to several units."""

    title: str
    doc_number: str
    paragraphs: tuple[str, ...]
    urgency: str = ""

    def write(self, folder: Path) -> Path:
        """Typeset after GB/T 9704; the file's name is the number within the year."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.title.removeprefix(SENDER.name)}.ofd"
        today = datetime.now(UTC).astimezone(_CHINA).date()
        circular = Circular(
            mark=f"{SENDER.name}文件",
            doc_number=self.doc_number,
            title=self.title,
            main_recipients="各有关单位：",
            content=tuple(Block(BlockKind.PARAGRAPH, text) for text in self.paragraphs),
            signature=SENDER.name,
            issue_date=today,
            print_office=SENDER.name,
            print_date=today,
            urgency=self.urgency,
        )
        path.write_bytes(typeset(circular)[0])
        return path


MEETING = Letter(
    f"{SENDER.name}关于召开预算调度会议的紧急通知",
    "示府办发〔2026〕31号",
    (
        "定于本周五上午九时在市政府第二会议室召开预算调度会议，请各单位主要负责同志参加。",
        "请提前准备本单位预算执行情况书面材料，会前半小时送会务组。",
    ),
    urgency="特急",
)
REPORT = Letter(
    f"{SENDER.name}关于报送节能目标完成情况的通知",
    "示府办发〔2026〕32号",
    (
        "请各单位于12月10日前报送本年度节能目标完成情况，由单位负责人审核后通过电子公文交换平台报送。",
        "没有节能目标任务的单位，也请函复说明。",
    ),
)
REPORT_CORRECTED = Letter(
    f"{SENDER.name}关于报送节能目标完成情况的通知（更正）",
    "示府办发〔2026〕33号",
    (
        "原通知报送时限有误，现予更正，原通知同时作废。",
        "请各单位于12月20日前报送本年度节能目标完成情况，由单位负责人审核后通过电子公文交换平台报送。",
    ),
)
DUTY = Letter(
    f"{SENDER.name}关于做好元旦期间值班工作的通知",
    "示府办发〔2026〕34号",
    (
        "元旦期间请各单位安排专人值班，每个工作日上午、下午各查收公文不少于一次。",
        "遇有紧急情况，请立即向市政府值班室报告。",
    ),
    urgency="加急",
)
