"""关于: which program, by which rules, since when, and whom to ask."""

from __future__ import annotations

from gongwen_client.ui import words
from gongwen_client.ui.preferences.fields import SettingsCard
from gongwen_client.ui.viewer.panel import FactList
from gongwen_protocol.messages import ServerInfo
from gongwen_protocol.profile import RegionProfile
from gongwen_protocol.version import VERSION

_LICENCE = "GNU AGPL 3.0 或更高版本"


class AboutCard(SettingsCard):
    """The region's rules come with the exchange; until then those that ship with the program are shown."""

    def __init__(self) -> None:
        super().__init__("关于")
        self.facts = FactList()
        self.add_part(self.facts)

    def show_region(self, region: RegionProfile, exchange: ServerInfo | None) -> None:
        """Say everything again."""
        fresh = FactList(
            (
                ("程序", f"公文交换客户端 {VERSION}"),
                ("许可", _LICENCE),
                ("交换中心", f"{exchange.name}　版本 {exchange.version}" if exchange else ""),
                ("依据", f"《{region.rule_name}》　{region.basis}"),
                ("政策配置", f"{region.profile_id}　第 {region.version} 版（{region.region}）"),
                ("生效日期", words.chinese_date(region.effective.isoformat())),
                ("公文格式", "、".join(one.value for one in region.body_formats.value)),
                ("标准", "GB/T 9704　GB/T 33190　GB/T 38540　GM/T 0016"),
            )
        )
        layout = self.layout()
        assert layout is not None
        layout.replaceWidget(self.facts, fresh)
        self.facts.hide()
        self.facts.deleteLater()
        self.facts = fresh
