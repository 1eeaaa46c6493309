"""What the window needs to be told besides what every service is told."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator

from services.intake.uploads.scanners import scanner_of
from services.kernel.documents import Faces, missing_families
from services.kernel.seals import Seals
from services.kernel.settings import Settings

Text = Annotated[str, Field(min_length=1, max_length=200)]


class IntakeSettings(Settings, frozen=True):
    """`GUIHUA_*` variables of the intake service; the shared ones are the kernel's."""

    http_port: Annotated[int, Field(ge=0, le=65535)] = Field(
        8101, description="监听端口,如 8101 / port to listen on, e.g. 8101"
    )
    mongo_database: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,63}$")] = Field(
        "guihua_intake", description="本服务的数据库名 / this service's database"
    )
    field_keys: SecretStr = Field(
        description=(
            "加密证件号码和电话的密钥:至少 32 个随机字符(openssl rand -base64 32),更换时新钥在前、旧钥在后、逗号分隔"
            " / key that seals identity and telephone numbers: 32 random characters or more; to change it, put the new"
            " one first and keep the old one after a comma"
        ),
    )
    city_code: Annotated[str, Field(pattern=r"^[1-9][0-9]{5}$")] = Field(
        "512000",
        description="案件编号前六位:市级行政区划代码 / administrative code (GB/T 2260) that case numbers begin with",
    )
    acceptance_target_workdays: Annotated[int, Field(ge=0, le=5)] = Field(
        1,
        description=(
            "受理目标工作日数(法定不超过 5),用于推算预取件日期"
            " / working days aimed at for acceptance (5 by law), for the expected collection date"
        ),
    )
    bureau_name: Text = Field(
        "示例市自然资源和规划局", description="回执抬头的机关名称 / the bureau's name on receipts"
    )
    hall_address: Text = Field(
        "示例市政务服务中心一楼报建大厅", description="报建大厅地址 / address of the hall with the windows"
    )
    hall_hours: Text = Field("工作日 9:00—12:00，13:30—17:00", description="对外办公时间 / opening hours of the hall")
    inquiry_phone: Text = Field("0000-12345", description="查询电话 / telephone for inquiries")
    status_url: Annotated[str, Field(pattern=r"^https?://\S+$", max_length=300)] = Field(
        "http://127.0.0.1:8101/public/lookup",
        description=(
            "进度查询页地址,二维码为它加 ?case_no=编号 / address of the status page; the QR code adds ?case_no=…"
        ),
    )
    font_dir: Path = Field(
        Path("/usr/share/fonts/opentype/noto"),
        description="含 Noto Serif CJK 与 Noto Sans CJK 的目录 / folder that holds Noto Serif CJK and Noto Sans CJK",
    )
    organ_short: Annotated[str, Field(min_length=1, max_length=12)] = Field(
        "示资规", description="发文字号中的机关代字,如 资规 / the organ's short name in document numbers"
    )
    reconsideration_organ: Text = Field(
        "示例市人民政府", description="决定书所载行政复议机关 / where a decision may be reconsidered, as printed on it"
    )
    court: Text = Field("示例市中级人民法院", description="决定书所载有管辖权的人民法院 / the court named on decisions")
    document_fonts: Faces = Field(
        Faces(),
        description=(
            "公文字体名称,JSON,如 {'body':'仿宋_GB2312'};FONT_DIR 中没有的用 Noto 代替"
            " / the typefaces of documents, JSON; Noto stands in for those that FONT_DIR lacks"
        ),
    )
    verify_url: Annotated[str, Field(pattern=r"^https?://\S+[^/]$", max_length=300)] = Field(
        "http://127.0.0.1:8100/verify",
        description=(
            "核验页地址,证照和文书上的二维码指向它 / address of the page that checks certificates and documents"
        ),
    )
    gateway_addresses: tuple[str, ...] = Field(
        (),
        description=(
            '不按网络地址限制查询的网关,如电话查询系统,JSON 列表,如 ["10.0.0.8"]'
            " / gateways, such as the telephone's, exempt from the limits by network address; a JSON list"
        ),
    )
    audit_days: Annotated[int, Field(ge=180, le=36_500)] = Field(
        1095, description="查询与个人信息查看记录的保存天数,不少于 180 / days to keep the audit trail, 180 or more"
    )

    upload_limit_mb: Annotated[int, Field(ge=1, le=500)] = Field(
        30, description="单个上传文件的上限(MB) / the largest file that may be uploaded, in MB"
    )
    draft_limit_mb: Annotated[int, Field(ge=1, le=5_000)] = Field(
        200, description="一份网上申报草稿全部文件的上限(MB) / all files of one online draft together, in MB"
    )
    draft_days: Annotated[int, Field(ge=1, le=365)] = Field(
        30, description="网上申报草稿的保存天数 / days that a draft of an online application is kept"
    )
    scanner: Annotated[str, Field(max_length=500)] = Field(
        "",
        description=(
            "查毒程序:clamd://主机:端口,或 command:命令(从标准输入读文件,0 为无毒,1 为有毒);空则不查"
            " / malware scanner: clamd://host:port, or command:… that reads the file on its standard input and leaves"
            " with 0 for clean, 1 for infected; empty for none"
        ),
    )

    @property
    def upload_limit(self) -> int:
        """Bytes of the largest file."""
        return self.upload_limit_mb * 1_000_000

    @property
    def draft_limit(self) -> int:
        """Bytes of all files of a draft."""
        return self.draft_limit_mb * 1_000_000

    @field_validator("scanner")
    @classmethod
    def _scanner_is_known(cls, value: str) -> str:
        scanner_of(value)
        return value

    @field_validator("font_dir")
    @classmethod
    def _fonts_are_there(cls, value: Path) -> Path:
        if missing := sorted(missing_families(value)):
            msg = f"{value} 中没有字体 {missing},请安装 fonts-noto-cjk / has no fonts {missing}: install fonts-noto-cjk"
            raise ValueError(msg)
        return value

    @field_validator("field_keys")
    @classmethod
    def _keys_are_usable(cls, value: SecretStr) -> SecretStr:
        Seals.of(value.get_secret_value(), service="intake")
        return value
