"""The ways out: mail by SMTP, short messages and work chat through a generic HTTP gateway."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol

import aiosmtplib
import httpx
from pydantic import SecretStr

from services.notify.messages import Address, Message
from services.notify.templates import Channel

_TIMEOUT_SECONDS = 10.0
_RETRYABLE_STATUS = frozenset({408, 425, 429})
_SERVER_ERROR = 500


class Refused(Exception):
    """The channel will never take this message (wrong address, refused content)."""


class Unreachable(Exception):
    """The channel did not take it now; a later try may work."""

    @classmethod
    def because(cls, trouble: Exception) -> "Unreachable":
        """With the kind of trouble in the words kept for the operator."""
        return cls(f"{type(trouble).__name__}: {trouble}")


class Way(Protocol):
    """One channel."""

    async def send(self, message: Message, address: Address) -> None:
        """Hand the message over under its id as reference. Raises Refused or Unreachable."""


@dataclass(frozen=True, slots=True)
class Mail:
    """SMTP, with the message id as `Message-ID` so that a repeated hand-over can be recognised."""

    host: str
    port: int
    sender: str
    user: str | None
    password: SecretStr | None
    start_tls: bool

    async def send(self, message: Message, address: Address) -> None:
        """Send one mail."""
        mail = EmailMessage()
        mail["From"] = self.sender
        mail["To"] = address.to
        mail["Subject"] = message.subject
        mail["Message-ID"] = f"<{message.message_id}@{self.sender.partition('@')[2]}>"
        mail.set_content(message.text)
        try:
            await aiosmtplib.send(
                mail,
                hostname=self.host,
                port=self.port,
                username=self.user,
                password=self.password.get_secret_value() if self.password else None,
                start_tls=self.start_tls,
                timeout=_TIMEOUT_SECONDS,
            )
        except aiosmtplib.SMTPResponseException as refusal:
            raise (Refused if refusal.code >= _SERVER_ERROR else Unreachable)(str(refusal)) from refusal
        except aiosmtplib.SMTPRecipientsRefused as refusal:
            raise Refused(str(refusal)) from refusal
        except (aiosmtplib.SMTPException, OSError) as trouble:
            raise Unreachable.because(trouble) from trouble


@dataclass(frozen=True, slots=True)
class Gateway:
    """A generic HTTP gateway for SMS or work chat: `POST <url>` with an `Idempotency-Key`."""

    http: httpx.AsyncClient
    url: str
    token: SecretStr | None

    async def send(self, message: Message, address: Address) -> None:
        """Hand one message to the gateway."""
        headers = {"Idempotency-Key": f"{message.message_id}-{address.channel}"}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token.get_secret_value()}"
        body = {"to": address.to, "subject": message.subject, "text": message.text}
        try:
            answer = await self.http.post(self.url, json=body, headers=headers, timeout=_TIMEOUT_SECONDS)
        except httpx.HTTPError as trouble:
            raise Unreachable.because(trouble) from trouble
        if answer.is_success:
            return
        later = answer.status_code >= _SERVER_ERROR or answer.status_code in _RETRYABLE_STATUS
        status = f"HTTP {answer.status_code}"
        raise Unreachable(status) if later else Refused(status)


Ways = Mapping[Channel, Way]
