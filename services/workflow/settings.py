"""What the workflow service needs to be told besides what every service is told."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator

from services.kernel.documents import missing_families
from services.kernel.identity.keys import private_key
from services.kernel.settings import Settings


class WorkflowSettings(Settings, frozen=True):
    """`GUIHUA_*` variables of the workflow service; the shared ones are the kernel's."""

    http_port: Annotated[int, Field(ge=0, le=65535)] = Field(
        8102, description="监听端口,如 8102 / port to listen on, e.g. 8102"
    )
    mongo_database: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,63}$")] = Field(
        "guihua_workflow", description="本服务的数据库名 / this service's database"
    )
    body_limit: Annotated[int, Field(ge=1_000)] = Field(
        20_000_000,
        description="请求内容的最大字节数,须容得下一个流程包 / the largest request body in bytes; definitions must fit",
    )
    publicity_basis: Annotated[str, Field(min_length=4, max_length=200)] | None = Field(
        None,
        description=(
            "公示期间中止法定时限的地方依据,如《某省城乡规划条例》第八十六条;不填则公示不中止法定时限"
            " / local legal basis on which publicity holds the statutory clock; without it only the promise is held"
        ),
    )
    bureau_name: Annotated[str, Field(min_length=2, max_length=60)] = Field(
        "示例市自然资源和规划局", description="机关名称，用于会议纪要 / the bureau's name on minutes"
    )
    font_dir: Path = Field(
        Path("/usr/share/fonts/opentype/noto"),
        description="含 Noto Serif CJK 与 Noto Sans CJK 的目录 / folder that holds Noto Serif CJK and Noto Sans CJK",
    )
    link_keys_url: Annotated[str, Field(pattern=r"^https?://\S+$", max_length=300)] = Field(
        "http://127.0.0.1:8104/link-keys",
        description=(
            "消息服务公布移动审批验签公钥的地址(JWKS),如 http://notify:8104/link-keys"
            " / where the messenger publishes the key of quick approvals (JWKS)"
        ),
    )
    case_key_file: Path | None = Field(
        None,
        description=(
            "签署案件档案的 Ed25519 私钥文件（PEM）；不填则档案不签名"
            " / Ed25519 key (PEM) that signs exported case files; without it they are not signed"
        ),
    )
    workflow_workers: Annotated[int, Field(ge=1, le=12)] = Field(
        1,
        description=(
            "流程服务并行进程数；各进程须设置相同，大于 1 时按案件分片处理"
            " / processes of this service side by side, the same in each; with more than 1 they share the cases"
        ),
    )
    engine_workers: Annotated[int, Field(ge=1, le=64)] = Field(
        2, description="流程引擎的工作进程数 / worker processes of the process engine"
    )
    engine_seconds: Annotated[float, Field(gt=0, le=60)] = Field(
        10, description="引擎单步最长秒数 / the longest that one step of the engine may take, in seconds"
    )
    engine_memory_mb: Annotated[int, Field(ge=256, le=65_536)] = Field(
        2_048, description="每个引擎进程的内存上限(MB) / memory limit of each engine process in MB"
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

    @field_validator("case_key_file")
    @classmethod
    def _key_is_readable(cls, value: Path | None) -> Path | None:
        """Found out at the start, not when the first file is asked for."""
        if value is not None:
            try:
                private_key(value)
            except OSError as error:
                msg = f"无法读取 {value} / cannot be read: {error.strerror}"
                raise ValueError(msg) from None
        return value
