"""What supervision is told from outside."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator

from services.kernel.documents import missing_families
from services.kernel.settings import Settings


class SupervisionSettings(Settings, frozen=True):
    """`GUIHUA_*` variables of the supervision service; the shared ones are the kernel's."""

    console_url: Annotated[str, Field(pattern=r"^https?://\S+$", max_length=300)] = Field(
        "http://127.0.0.1:8100",
        description="用户访问界面的地址，消息里的链接由此开始 / address of the screens, the beginning of links",
    )
    bureau_name: Annotated[str, Field(min_length=2, max_length=60)] = Field(
        "示例市自然资源和规划局", description="机关名称，用于通知和通报 / the bureau's name on notices and bulletins"
    )
    bulletin_day: Annotated[int, Field(ge=1, le=28)] = Field(
        5,
        description="每月从这一天起自动起草上月督查通报 / from this day on the bulletin of the month before is drafted",
    )
    font_dir: Path = Field(
        Path("/usr/share/fonts/opentype/noto"),
        description="含 Noto Serif CJK 与 Noto Sans CJK 的目录 / folder that holds Noto Serif CJK and Noto Sans CJK",
    )

    @field_validator("font_dir")
    @classmethod
    def _fonts_are_there(cls, value: Path) -> Path:
        if missing := "、".join(sorted(missing_families(value))):
            msg = (
                f"{value} 中没有字体 {missing}，请安装 fonts-noto-cjk / has no fonts {missing}: install fonts-noto-cjk"
            )
            raise ValueError(msg)
        return value
