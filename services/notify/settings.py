"""What notify is told from outside."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from services.kernel.identity.keys import private_key
from services.kernel.seals import Seals
from services.kernel.settings import Settings
from services.notify import dingtalk, wecom
from services.notify.exchange.rosters import load_exchange
from services.notify.messages import Patience
from services.notify.rosters import load_roster
from services.notify.subscriptions.addresses import Borders
from services.notify.templates import load

Address = Annotated[str, Field(pattern=r"^https?://\S+$", max_length=300)]
_LEAST_DAYS: Final = 180
"""The Cybersecurity Law asks for logs of six months (docs/law.md)."""

Seconds = Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)]


class NotifySettings(Settings, frozen=True):
    """`GUIHUA_*` variables of the notify service; the shared ones are the kernel's."""

    http_port: Annotated[int, Field(ge=0, le=65535)] = Field(
        8104, description="监听端口,如 8104 / port to listen on, e.g. 8104"
    )
    mongo_database: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,63}$")] = Field(
        "guihua_notify", description="本服务的数据库名 / this service's database"
    )
    field_keys: SecretStr = Field(
        description=(
            "加密申请人电话和审批链接的密钥:至少 32 个随机字符(openssl rand -base64 32),"
            "更换时新钥在前、旧钥在后、逗号分隔"
            " / key that seals applicants' telephone numbers and approval links: 32 random characters or more;"
            " to change it, put the new one first and keep the old one after a comma"
        ),
    )
    public_url: Address = Field(
        "http://127.0.0.1:8104",
        description="审批链接的地址前缀，如 https://oa.example/notify / what approval links begin with",
    )
    link_key_file: Path = Field(
        description="签署移动审批的 Ed25519 私钥文件（PEM） / Ed25519 key (PEM) that signs quick approvals"
    )
    templates_file: Path | None = Field(
        None, description="代替内置模板的 TOML 文件 / TOML file in place of the templates that come with the service"
    )
    smtp_host: str | None = Field(None, description="邮件服务器，如 mail.example / mail server; absent: no mail")
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = Field(
        25, description="邮件服务器端口，如 25、465、587 / port of the mail server"
    )
    smtp_sender: Annotated[str, Field(pattern=r"^[^@\s<>]+@[^@\s<>]+$")] = Field(
        "guihua@localhost", description="发件人地址 / sender address"
    )
    smtp_user: str | None = Field(None, description="邮件账号 / mail account")
    smtp_password: SecretStr | None = Field(None, description="邮件密码，建议用文件 / mail password, best from a file")
    smtp_start_tls: bool = Field(default=True, description="是否用 STARTTLS 升级 / whether to upgrade with STARTTLS")
    smtp_tls: bool = Field(default=False, description="是否一开始就用 TLS（465 端口） / TLS from the start (port 465)")
    sms_url: Address | None = Field(None, description="短信网关地址；不设则不发短信 / SMS gateway; absent: none")
    sms_signature: Annotated[str, Field(max_length=20)] = Field(
        "规划局",
        description="短信签名，显示为【规划局】；网关自行加签时留空 / signature of short messages; may be empty",
    )
    chat_url: Address | None = Field(None, description="工作群网关地址；不设则不发 / work-chat gateway; absent: none")
    gateway_token: SecretStr | None = Field(None, description="网关令牌，建议用文件 / gateway token, best from a file")
    wecom_url: Address = Field(
        wecom.HOST, description="企业微信接口地址，政务微信填自己的 / 企业微信, or the host of a 政务微信 of one's own"
    )
    dingtalk_url: Address = Field(dingtalk.HOST, description="钉钉接口地址 / 钉钉")
    providers_file: Path | None = Field(
        None,
        description="更多服务商（一个渠道可有几家）的 TOML 文件 / TOML file of more providers",
    )
    quiet_hours: Annotated[str, Field(pattern=r"^$|^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")] = Field(
        "",
        description=(
            "夜间不打扰的时段，如 22:00-07:00；法定消息照发；不设则随时发送"
            " / when nobody is disturbed, e.g. 22:00-07:00, but by what the law counts from; absent: never held"
        ),
    )
    digest_minutes: Annotated[int, Field(ge=0, le=120)] = Field(
        10,
        description=(
            "同一案件发给同一人的多条消息在几分钟内合并；0 不合并"
            " / within how many minutes several messages about a case to one person become one; 0: never"
        ),
    )
    receipt_keys: SecretStr | None = Field(
        None,
        description=(
            "校验送达回执签名的密钥，逗号分隔，新钥在前；不设则不收回执"
            " / keys that sign delivery receipts, separated by commas, the new one first; absent: no receipts"
        ),
    )
    receipt_hours: Annotated[int, Field(ge=1, le=720)] = Field(
        72,
        description=(
            "短信发出后几小时没有回执即视为未获回执（按网关文档填写）"
            " / hours after which a short message has no receipt, as the gateway's documentation says"
        ),
    )
    message_days: Annotated[int, Field(ge=0, le=36_500)] = Field(
        1095,
        description=(
            "消息内容和地址保存天数，到期删除，只留状态和摘要；至少 180（网络安全法），0 不删除"
            " / days after which texts and addresses of messages are deleted, 180 or more; 0: never"
        ),
    )
    attempt_limit: Annotated[float, Field(ge=0.1, le=120)] = Field(
        20,
        description=(
            "一次发送的最长秒数；发送进程中断后消息等待两倍时间 / seconds one try may take; if the sender dies, the"
            " message waits twice as long"
        ),
    )
    retry_pauses: Annotated[tuple[Seconds, ...], Field(min_length=1, max_length=20)] = Field(
        (2, 8, 30, 120, 600, 1800, 3600, 7200),
        description="各次重试之间的秒数，JSON 列表，如 [2,8,30] / seconds between the tries, a JSON list",
    )
    exchange_file: Path | None = Field(
        None,
        description="省级平台上报配置（TOML）；不设则不上报 / TOML file of the provincial platform; absent: none",
    )
    webhook_networks: tuple[str, ...] = Field(
        (),
        description=(
            '允许推送的内网网段,JSON 列表,如 ["10.12.0.0/16"]；公网地址始终允许'
            " / private networks that webhooks may go to, a JSON list; public addresses always are"
        ),
    )
    webhook_loopback: bool = Field(
        default=False,
        description="是否允许推送到本机（仅测试用） / whether webhooks may go to this machine, for tests",
    )
    webhook_limit: Annotated[float, Field(ge=0.1, le=60)] = Field(
        10, description="一次推送最长等待的秒数 / seconds that one call of a webhook may take"
    )
    webhook_pauses: Annotated[tuple[Seconds, ...], Field(min_length=1, max_length=20)] = Field(
        (5, 30, 120, 600, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 86_400),
        description="推送失败后各次重试之间的秒数，JSON 列表 / seconds between the tries of a delivery, a JSON list",
    )
    webhook_patience_hours: Annotated[float, Field(ge=0, le=720)] = Field(
        24,
        description=(
            "连续失败多少小时后暂停该订阅并告知运维"
            " / after so many hours of nothing but failures a subscription is paused and operators are told"
        ),
    )
    fallback_after: Annotated[int, Field(ge=1, le=20)] = Field(
        3, description="一个渠道尝试几次后改用下一个 / tries on one channel before the next one is taken"
    )

    @property
    def patience(self) -> Patience:
        """How long to keep trying."""
        return Patience(
            pauses=tuple(timedelta(seconds=pause) for pause in self.retry_pauses),
            fallback_after=self.fallback_after,
            limit=timedelta(seconds=self.attempt_limit),
        )

    @field_validator("message_days")
    @classmethod
    def _logs_are_kept_long_enough(cls, value: int) -> int:
        if 0 < value < _LEAST_DAYS:
            msg = f"至少 {_LEAST_DAYS} 天，或 0（不删除） / at least {_LEAST_DAYS} days, or 0 for never"
            raise ValueError(msg)
        return value

    @field_validator("field_keys")
    @classmethod
    def _keys_are_usable(cls, value: SecretStr) -> SecretStr:
        Seals.of(value.get_secret_value(), service="notify")
        return value

    @field_validator("exchange_file")
    @classmethod
    def _exchange_is_sound(cls, value: Path | None) -> Path | None:
        load_exchange(value)
        return value

    @field_validator("webhook_networks")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        Borders.of(value, loopback=False)
        return value

    @field_validator("link_key_file")
    @classmethod
    def _key_is_readable(cls, value: Path) -> Path:
        try:
            private_key(value)
        except (OSError, TypeError) as error:  # TypeError: the key is locked with a password
            msg = f"无法读取 {value} / {value} cannot be read: {error}"
            raise ValueError(msg) from None
        return value

    @field_validator("templates_file")
    @classmethod
    def _templates_are_sound(cls, value: Path | None) -> Path | None:
        load(value)
        return value

    @field_validator("providers_file")
    @classmethod
    def _some_channel_is_there(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if not (load_roster(value) or any(info.data.get(name) for name in ("smtp_host", "sms_url", "chat_url"))):
            msg = (
                "GUIHUA_SMTP_HOST、GUIHUA_SMS_URL、GUIHUA_CHAT_URL、GUIHUA_PROVIDERS_FILE 至少设置一个，否则发不出消息"
                " / set at least one of these four, or no message can leave"
            )
            raise ValueError(msg)
        return value
