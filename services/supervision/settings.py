"""What supervision is told from outside."""

from typing import Annotated

from pydantic import Field

from services.kernel.settings import Settings


class SupervisionSettings(Settings, frozen=True):
    """`GUIHUA_*` variables of the supervision service; the shared ones are the kernel's."""

    console_url: Annotated[str, Field(pattern=r"^https?://\S+$", max_length=300)] = Field(
        "http://127.0.0.1:8100",
        description="用户访问界面的地址，消息里的链接由此开始 / address of the screens, the beginning of links",
    )
