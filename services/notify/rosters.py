"""The file of providers: several for a channel, each with its weight and its rules."""

import tomllib
from collections import Counter
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, Field, SecretStr, TypeAdapter, ValidationError, model_validator

from services.notify.bounces import BLOCKED_CODES, DEAD_CODES
from services.notify.signatures import keys_of
from services.notify.templates import Channel

_SHORTEST_KEY: Final = 16
_NETWORKS_TRY_FOR: Final = 72
"""Hours for which the networks keep a short message for a telephone that is off."""

Code = Annotated[str, Field(pattern=r"^[A-Za-z]+:?\d*$", max_length=20)]
"""A word of a status report, such as `MK:0001`."""


class Kind(StrEnum):
    """How a provider is spoken to."""

    GATEWAY = "gateway"
    """Generic: `{"to", "subject", "text"}` with a bearer token and an `Idempotency-Key`."""
    WEBHOOK = "webhook"
    """The same, signed (Standard Webhooks)."""
    TELEPHONE = "telephone"
    """The same, with a text to be read out."""
    CMPP = "cmpp"
    """A short-message gateway with the codes of CMPP."""
    WECOM = "wecom"
    """An application of 企业微信."""


_NEEDS: Final = {
    Kind.GATEWAY: frozenset[str](),
    Kind.WEBHOOK: frozenset(),
    Kind.TELEPHONE: frozenset(),
    Kind.CMPP: frozenset({"account"}),
    Kind.WECOM: frozenset({"account", "agent"}),
}


class Entry(BaseModel, frozen=True, extra="forbid"):
    """One provider. Its secret, and the keys that sign its receipts, stand here or in files of their own."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    channel: Channel
    kind: Kind
    url: Annotated[str, Field(pattern=r"^https?://\S+$", max_length=300)]
    weight: Annotated[int, Field(ge=1, le=1000)] = 100
    account: str = ""
    agent: int = 0
    signature: Annotated[str, Field(max_length=20)] = ""
    a_minute: Annotated[int, Field(ge=1, le=100_000)] = 3000
    receipt_hours: Annotated[int | None, Field(ge=1, le=720)] = None
    dead_codes: Annotated[tuple[Code, ...], Field(max_length=100)] = DEAD_CODES
    blocked_codes: Annotated[tuple[Code, ...], Field(max_length=100)] = BLOCKED_CODES
    secret: SecretStr = SecretStr("")
    secret_file: Path | None = None
    receipt_keys: SecretStr = SecretStr("")
    receipt_keys_file: Path | None = None

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> "Entry":
        if missing := sorted(name for name in _NEEDS[self.kind] if not getattr(self, name)):
            msg = f"{self.name}: 缺少 {missing} / these are missing"
            raise ValueError(msg)
        if self.channel in {Channel.GROUP, Channel.DESK, Channel.SMTP}:
            msg = f"{self.name}: 渠道 {self.channel} 不在此设置 / this channel is not set up here"
            raise ValueError(msg)
        if not self.proof and self.kind is not Kind.GATEWAY:
            msg = f"{self.name}: 缺少密钥 / its secret is missing"
            raise ValueError(msg)
        _ = self.signs_with
        return self

    @property
    def receipts_within(self) -> timedelta | None:
        """After how long its receipt is missing: of telephones always, of others where the file says so."""
        if not self.signs_with:
            return None
        hours = self.receipt_hours or (_NETWORKS_TRY_FOR if self.channel in {Channel.SMS, Channel.VOICE} else None)
        return None if hours is None else timedelta(hours=hours)

    @property
    def proof(self) -> str:
        """What proves to the provider who we are."""
        return _read(self.secret, self.secret_file)

    @property
    def signs_with(self) -> tuple[bytes, ...]:
        """By which keys it may sign its receipts."""
        keys = keys_of(_read(self.receipt_keys, self.receipt_keys_file))
        if keys and min(map(len, keys)) < _SHORTEST_KEY:
            msg = (
                f"{self.name}: 每个密钥至少 {_SHORTEST_KEY} 个字符 / each key needs at least {_SHORTEST_KEY} characters"
            )
            raise ValueError(msg)
        return keys


def _read(given: SecretStr, file: Path | None) -> str:
    return given.get_secret_value() if file is None else file.read_text(encoding="utf-8").strip()


def load_roster(file: Path | None) -> tuple[Entry, ...]:
    """The providers of a file, checked; none without a file. Raises ValueError."""
    if file is None:
        return ()
    try:
        rows = tomllib.loads(file.read_text(encoding="utf-8"))["provider"]
        entries = TypeAdapter(tuple[Entry, ...]).validate_python(rows)
    except (OSError, KeyError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        msg = f"{file} 无法使用 / cannot be used: {error}"
        raise ValueError(msg) from None
    names = Counter(entry.name for entry in entries)
    if repeated := sorted({name for name, times in names.items() if times > 1} | names.keys() & _TAKEN):
        msg = f"{file}: 名称重复 {repeated} / these names occur twice, or are taken"
        raise ValueError(msg)
    return entries


_TAKEN: Final = frozenset({"smtp", "sms", "chat", "group", "desk"})
"""The names of the providers that have settings of their own."""
