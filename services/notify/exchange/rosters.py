"""The file of the exchange: which platform, by which keys, and under which national codes our items are known there."""

import tomllib
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field, SecretStr, ValidationError, field_validator, model_validator

from services.kernel.codes import is_credit_code, is_item_code, is_region
from services.notify.signatures import keys_of

_SHORTEST_KEY: Final = 16
_BUSINESS: Final = 33
_IMPLEMENTED: Final = 31


class PlatformEntry(BaseModel, frozen=True, extra="forbid"):
    """How the platform is reached. `keys` sign what we send, `answer_keys` what it sends back."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    kind: Literal["reference"]
    url: Annotated[str, Field(pattern=r"^https?://\S+$", max_length=300)]
    app: Annotated[str, Field(min_length=1, max_length=100)]
    secret: SecretStr = SecretStr("")
    secret_file: Path | None = None
    keys: SecretStr = SecretStr("")
    keys_file: Path | None = None
    answer_keys: SecretStr = SecretStr("")
    answer_keys_file: Path | None = None

    @model_validator(mode="after")
    def _has_its_keys(self) -> "PlatformEntry":
        if not self.proof or not self.signs_with or not self.answers_with:
            msg = f"{self.name}: 缺少 secret、keys 或 answer_keys / needs secret, keys and answer_keys"
            raise ValueError(msg)
        if min(map(len, (*self.signs_with, *self.answers_with))) < _SHORTEST_KEY:
            msg = f"{self.name}: 每个密钥至少 {_SHORTEST_KEY} 个字符 / each key needs {_SHORTEST_KEY} characters"
            raise ValueError(msg)
        return self

    @property
    def proof(self) -> str:
        """What gets us a token."""
        return _read(self.secret, self.secret_file)

    @property
    def signs_with(self) -> tuple[bytes, ...]:
        """By which keys we sign."""
        return keys_of(_read(self.keys, self.keys_file))

    @property
    def answers_with(self) -> tuple[bytes, ...]:
        """By which keys it signs its verdicts."""
        return keys_of(_read(self.answer_keys, self.answer_keys_file))


class OfficeEntry(BaseModel, frozen=True, extra="forbid"):
    """Who we are there: the bureau's credit code (GB 32100) and its region (GB/T 2260)."""

    organ: str
    region: str

    @model_validator(mode="after")
    def _are_codes(self) -> "OfficeEntry":
        if not is_credit_code(self.organ) or not is_region(self.region):
            msg = f"organ 或 region 有误（含校验位） / not a credit code or region: {self.organ} {self.region}"
            raise ValueError(msg)
        return self


class ItemEntry(BaseModel, frozen=True, extra="forbid"):
    """An item of ours as the platform knows it: 实施编码 (31) and 业务办理项编码 (33), GB/T 39554.1-2020."""

    implement: str
    business: str

    @field_validator("implement", "business")
    @classmethod
    def _is_a_code(cls, code: str) -> str:
        if not is_item_code(code):
            msg = f"不是政务服务事项编码（前 18 位含校验位） / no item code, or a wrong check digit: {code}"
            raise ValueError(msg)
        return code

    @model_validator(mode="after")
    def _belong_together(self) -> "ItemEntry":
        lengths = (len(self.implement), len(self.business))
        if lengths != (_IMPLEMENTED, _BUSINESS) or not self.business.startswith(self.implement):
            msg = f"业务办理项编码须为实施编码加两位 / {self.business} is not {self.implement} and two digits"
            raise ValueError(msg)
        return self


class ExchangeRoster(BaseModel, frozen=True, extra="forbid"):
    """The whole file."""

    platform: PlatformEntry
    office: OfficeEntry
    items: Annotated[dict[str, ItemEntry], Field(min_length=1)]


def load_exchange(file: Path | None) -> ExchangeRoster | None:
    """The file, checked; None without one. Raises ValueError."""
    if file is None:
        return None
    try:
        return ExchangeRoster.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        msg = f"{file} 无法使用 / cannot be used: {error}"
        raise ValueError(msg) from None


def _read(given: SecretStr, file: Path | None) -> str:
    return given.get_secret_value() if file is None else file.read_text(encoding="utf-8").strip()
