"""What notify is told from outside."""

from pathlib import Path

from pydantic import Field, SecretStr

from services.kernel.settings import Settings


class NotifySettings(Settings):
    """The channels, and the key that signs quick approvals."""

    public_url: str = Field(
        description="本服务对外地址，用于审批链接，如 https://oa.example/notify / own address for approval links"
    )
    link_key_file: Path = Field(
        description="签署移动审批的 Ed25519 私钥文件（PEM） / Ed25519 key (PEM) that signs quick approvals"
    )
    smtp_host: str | None = Field(None, description="邮件服务器，如 mail.example / mail server, absent: no mail")
    smtp_port: int = Field(25, ge=1, le=65535, description="邮件服务器端口 / port of the mail server")
    smtp_sender: str = Field(
        "guihua@localhost", pattern=r"^[^@\s]+@[^@\s]+$", description="发件人地址 / sender address"
    )
    smtp_user: str | None = Field(None, description="邮件账号 / mail account")
    smtp_password: SecretStr | None = Field(None, description="邮件密码，建议用文件 / mail password, best from a file")
    smtp_start_tls: bool = Field(default=True, description="是否使用 STARTTLS / whether to use STARTTLS")
    sms_url: str | None = Field(None, pattern=r"^https?://\S+$", description="短信网关地址 / SMS gateway address")
    chat_url: str | None = Field(None, pattern=r"^https?://\S+$", description="工作群网关 / work-chat gateway")
    gateway_token: SecretStr | None = Field(None, description="网关令牌，建议用文件 / gateway token, best from a file")
