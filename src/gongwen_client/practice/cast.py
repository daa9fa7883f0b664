"""Who takes part in the demonstration: units and posts, no persons. All of it is public training data."""

from __future__ import annotations

from dataclasses import dataclass

POST = "收发员"
ACCOUNT = "shoufa"
AUTHORITY = "示范市电子印章管理中心"
EXCHANGE = "示范市电子公文交换平台"
PROFILE = "ordos-2018"
SUCCESSOR = "jieban"
"""Account of the receiving unit's second clerk, who takes over."""
SUCCESSOR_POST = "文书"
SUCCESSOR_INITIAL = "Chushi-2026-bing"
SUCCESSOR_PASSWORD = "jieban-dengji-48"
INSPECTOR = "ducha"
"""Account of the platform's inspector, who sees all units' figures and no document."""
INSPECTOR_POST = "督查人员"
INSPECTOR_INITIAL = "Chushi-2026-ding"
INSPECTOR_PASSWORD = "ducha-tongbao-35"


@dataclass(frozen=True)
class DemoUnit:
    """A unit of the demonstration. Secrets are printed on the screen by the demonstration itself."""

    code: str
    name: str
    short_name: str
    rank: int
    contact: str
    enabled: bool = True
    initial_password: str = ""
    password: str = ""
    pin: str = ""


SENDER = DemoUnit(
    "11990000MB0000001A",
    "示范市人民政府办公室",
    "市府办",
    1,
    "0000-1000001",
    initial_password="Chushi-2026-jia",
    password="yunzhong-jiaohuan-61",
    pin="260918",
)
RECEIVER = DemoUnit(
    "11990000MB0000002B",
    "示范市财政局",
    "市财政局",
    2,
    "0000-1000002",
    initial_password="Chushi-2026-yi",
    password="qingchen-chashou-27",
    pin="731046",
)
LOOKING = (
    DemoUnit(
        "11990000MB0000003C",
        "示范市教育局",
        "市教育局",
        3,
        "0000-1000003",
        initial_password="Chushi-2026-wu",
        password="jiaoyu-chakan-52",
    ),
    DemoUnit(
        "11990000MB0000004D",
        "示范市水利局",
        "市水利局",
        4,
        "0000-1000004",
        initial_password="Chushi-2026-ji",
        password="shuili-chakan-83",
    ),
)
"""Units whose clerks look at the inbox in the demonstration."""
POLLING = (
    DemoUnit(
        "11990000MB0000005E",
        "示范市档案局",
        "市档案局",
        5,
        "0000-1000005",
        initial_password="Chushi-2026-geng",
        password="dangan-lunxun-19",
    ),
)
"""Units whose machines poll, and nobody looks."""
OTHERS = (
    *LOOKING,
    *POLLING,
    DemoUnit("11990100MB0000006F", "示范市东湖区人民政府", "东湖区政府", 6, "0000-1000006"),
    DemoUnit("11990100MB0000007G", "示范市西岭县人民政府", "西岭县政府", 7, "0000-1000007"),
    DemoUnit("12990000MB0000008H", "示范市中心医院", "市中心医院", 8, "0000-1000008", enabled=False),
)
UNITS = (SENDER, RECEIVER, *OTHERS)
