"""What a service is told from outside: `GUIHUA_*` variables, or files named by `GUIHUA_*_FILE`."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NoReturn, TypeVar

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from services.kernel.clock import clock_of
from services.kernel.problem.validation import field_errors

PREFIX: Final = "GUIHUA_"
EXIT_WRONG_SETTINGS: Final = 2

S = TypeVar("S", bound="Settings")


class Settings(BaseSettings):
    """What every service needs to know; each service adds its own in its `settings.py`.

    A description says in Chinese and English what the value is, with an example: it is what people read when
    the value is wrong. Any value can come from a file instead: `GUIHUA_X_FILE` names the file that holds `X`.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True)

    http_host: str = Field("127.0.0.1", description="监听地址,如 0.0.0.0 / address to listen on, e.g. 0.0.0.0")
    http_port: Annotated[int, Field(ge=0, le=65535)] = Field(
        description="监听端口,如 8101 / port to listen on, e.g. 8101"
    )
    mongo_url: Annotated[str, Field(pattern=r"^mongodb(\+srv)?://\S+$")] = Field(
        repr=False,
        description="MongoDB 地址,如 mongodb://127.0.0.1:27017/?replicaSet=rs0 / address of MongoDB in that form",
    )
    mongo_database: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,63}$")] = Field(
        description="本服务的数据库名,如 guihua_intake / this service's database, e.g. guihua_intake"
    )
    mongo_driver: Literal["motor", "pymongo"] = Field(
        "motor", description="MongoDB 驱动:motor 或 pymongo / MongoDB driver: motor or pymongo"
    )
    nats_url: Annotated[str, Field(pattern=r"^(nats|tls|ws|wss)://\S+$")] = Field(
        description="NATS 地址,多个用逗号分隔,如 nats://127.0.0.1:4222 / address of NATS, several by comma"
    )
    nats_user: str | None = Field(None, description="NATS 用户名,如 intake / NATS user, e.g. intake")
    nats_password: SecretStr | None = Field(None, description="NATS 密码(建议用文件) / NATS password, best from a file")
    jwt_issuer: str = Field("guihua", description="令牌签发者 / who issues the tokens, their `iss`")
    jwt_audience: str = Field("guihua", description="令牌受众 / whom the tokens are for, their `aud`")
    jwks_url: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = Field(
        None, description="签发者公钥集地址(JWKS),以 https:// 开头 / address of the issuer's keys, https://…"
    )
    jwt_public_key_file: Path | None = Field(
        None, description="签发者公钥文件(PEM,Ed25519) / file with the issuer's public key (PEM, Ed25519)"
    )
    clock: str = Field("real", description="时钟:real、demo 或 frozen:<时刻> / clock: real, demo or frozen:<moment>")
    otlp_endpoint: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = Field(
        None, description="追踪数据接收地址,如 http://collector:4318 / where traces go, e.g. http://collector:4318"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="日志级别:debug、info、warning、error / log level, one of these"
    )
    body_limit: Annotated[int, Field(ge=1_000)] = Field(
        1_000_000, description="请求内容的最大字节数 / the largest request body in bytes"
    )
    trusted_proxies: str = Field(
        "", description="可信的反向代理地址,多个用逗号分隔 / reverse proxies that may name the client, by comma"
    )
    start_limit: Annotated[float, Field(gt=0, le=3600)] = Field(
        60, description="启动时等待 NATS 和 MongoDB 的秒数 / seconds to wait for NATS and MongoDB at start"
    )

    @field_validator("*", mode="before")
    @classmethod
    def _file_was_readable(cls, value: object) -> object:
        if isinstance(value, _NoValue):
            raise ValueError(value.why)  # noqa: TRY004 - pydantic turns a ValueError into one of its findings
        return value

    @field_validator("clock")
    @classmethod
    def _clock_is_known(cls, value: str) -> str:
        clock_of(value)
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - read by nobody: no hidden .env
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - `_Files` is ours
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the files that variables name, then variables."""
        return init_settings, _Files(settings_cls), env_settings


class _Files(PydanticBaseSettingsSource):
    """Values from the files that `GUIHUA_X_FILE` variables name."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Part of the interface; `__call__` does the work."""
        raise NotImplementedError

    def __call__(self) -> dict[str, Any]:
        fields = self.settings_cls.model_fields
        named = {name: os.environ.get(f"{_variable(name)}_FILE") for name in fields if f"{name}_file" not in fields}
        return {name: _content(name, path) for name, path in named.items() if path}


@dataclass(frozen=True, slots=True)
class _NoValue:
    """Stands where a file should have given a value; says why there is none."""

    why: str


def _content(name: str, path: str) -> str | _NoValue:
    if os.environ.get(_variable(name)):
        return _NoValue(f"{_variable(name)} 与 {_variable(name)}_FILE 只能设置一个 / set one of the two, not both")
    try:
        return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        return _NoValue(f"无法读取文件 {path} / the file {path} cannot be read: {reason}")


def load(settings: type[S]) -> S:
    """The service's settings; ends the process with code 2 and one line for each wrong variable."""
    try:
        return settings()
    except ValidationError as error:
        lines = [_line(settings, where=wrong.where, zh=wrong.zh, en=wrong.en) for wrong in field_errors(error.errors())]
        _stop(lines)
    except SettingsError as error:  # a list or table that is not JSON
        _stop([f"{PREFIX}*: 应为 JSON / should be JSON: {error}"])


def _line(settings: type[Settings], *, where: str, zh: str, en: str) -> str:
    """`GUIHUA_X: what is wrong | what it should be`, Chinese before English. Never the value."""
    name = where.split(".", maxsplit=1)[0]
    field = settings.model_fields.get(name)
    wrong = zh if " / " in zh else f"{zh} / {en}"
    return f"{_variable(name)}: {wrong} | {field.description if field and field.description else ''}".rstrip(" |")


def _variable(name: str) -> str:
    return f"{PREFIX}{name.upper()}"


def _stop(lines: list[str]) -> NoReturn:
    sys.stderr.write("设置有误,服务没有启动 / wrong settings, the service did not start\n")
    sys.stderr.writelines(f"  {line}\n" for line in lines)
    sys.exit(EXIT_WRONG_SETTINGS)
