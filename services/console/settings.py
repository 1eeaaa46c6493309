"""What the screens need to be told besides what every service is told."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator

from services.kernel.seals import Seals
from services.kernel.settings import Settings

Url = Annotated[str, Field(pattern=r"^https?://\S+$", max_length=300)]


class ConsoleSettings(Settings, frozen=True):
    """`GUIHUA_*` variables of the console; the shared ones are the kernel's."""

    http_port: Annotated[int, Field(ge=0, le=65535)] = Field(
        8100, description="监听端口,如 8100 / port to listen on, e.g. 8100"
    )
    mongo_database: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,63}$")] = Field(
        "guihua_console", description="本服务的数据库名 / this service's database"
    )
    body_limit: Annotated[int, Field(ge=1_000)] = Field(
        4_000_000, description="请求内容的最大字节数 / the largest request body in bytes"
    )
    console_url: Url = Field(
        "http://127.0.0.1:8100",
        description="用户访问界面的地址;https 时 Cookie 只经加密连接发送 / address at which people reach the screens",
    )
    token_key_file: Path = Field(
        description=(
            "签发内部令牌的私钥文件(PEM,Ed25519),各服务用其公钥核验 / private key (PEM, Ed25519) that signs the"
            " tokens with which the screens ask the services; these check them with its public half"
        )
    )
    intake_url: Url = Field("http://127.0.0.1:8101", description="窗口服务地址 / address of the intake service")
    workflow_url: Url = Field("http://127.0.0.1:8102", description="流程服务地址 / address of the workflow service")
    supervision_url: Url = Field(
        "http://127.0.0.1:8103", description="督查服务地址 / address of the supervision service"
    )
    notify_url: Url = Field("http://127.0.0.1:8104", description="消息服务地址 / address of the notify service")
    registry_url: Url = Field("http://127.0.0.1:8105", description="名册服务地址 / address of the registry service")
    field_keys: SecretStr = Field(
        description=(
            "加密动态口令密钥的密钥:至少 32 个随机字符,更换时新钥在前、旧钥在后、逗号分隔"
            " / key that seals the secrets of one-time codes: 32 random characters or more, the current one first"
        )
    )
    idle_minutes: Annotated[int, Field(ge=5, le=480)] = Field(
        30, description="无操作多少分钟后需重新登录 / minutes without a click after which one signs in again"
    )
    session_hours: Annotated[int, Field(ge=1, le=24)] = Field(
        10, description="登录最长有效小时数 / hours after which one signs in again in any case"
    )
    bureau_name: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        "示例市自然资源和规划局", description="页眉的机关名称 / the bureau's name at the head of each page"
    )
    bureau_name_en: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        "Example City Planning Bureau", description="机关英文名称 / the bureau's name in English"
    )

    upload_limit_mb: Annotated[int, Field(ge=1, le=500)] = Field(
        30,
        description="单个上传文件的上限(MB),与窗口服务相同 / the largest upload in MB, as for intake",
    )
    local_accounts: bool = Field(
        True, description="是否允许用本系统的账号密码登录 / whether people may sign in with a password of this system"
    )
    oidc_issuer: Url | None = Field(
        None, description="统一身份认证(OIDC)的签发者地址 / issuer of the identity provider (OpenID Connect)"
    )
    oidc_client_id: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        "guihua", description="在统一身份认证登记的客户端编号 / the client id given by the identity provider"
    )
    oidc_client_secret: SecretStr | None = Field(
        None, description="在统一身份认证登记的客户端密钥 / the client secret given by the identity provider"
    )
    oidc_claim: Annotated[str, Field(min_length=1, max_length=100)] = Field(
        "preferred_username", description="ID 令牌中写工号的声明 / the claim of the ID token that holds the account"
    )

    @field_validator("field_keys")
    @classmethod
    def _keys_are_usable(cls, value: SecretStr) -> SecretStr:
        Seals.of(value.get_secret_value(), service="console")
        return value

    @property
    def upload_limit(self) -> int:
        """Bytes of the largest file."""
        return self.upload_limit_mb * 1_000_000

    @property
    def is_secure(self) -> bool:
        """Whether people come over TLS, so that the session's cookie need never travel in clear."""
        return self.console_url.startswith("https://")

    @property
    def idle(self) -> timedelta:
        """How long a session lasts without a click."""
        return timedelta(minutes=self.idle_minutes)

    @property
    def longest(self) -> timedelta:
        """How long a session lasts at most."""
        return timedelta(hours=self.session_hours)
