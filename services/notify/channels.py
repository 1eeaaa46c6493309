"""The ways out: mail by SMTP, short messages and work chat through a generic HTTP gateway (docs/domain.md §6.7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Final, Protocol

import aiosmtplib
import httpx
from pydantic import SecretStr

from services.notify.templates import Channel

_REFUSED_FOR_GOOD: Final = frozenset({400, 410, 413, 414, 422})
"""What a gateway answers when it will never take this very message; anything else may be put right."""

_PERMANENT_REPLY: Final = 500


class Refused(Exception):
    """The channel will never take this message: wrong address, refused content."""


class Unreachable(Exception):
    """The channel did not take it now; a later try may work."""

    @classmethod
    def because(cls, trouble: Exception) -> "Unreachable":
        """With the kind of trouble in the words kept for the operator."""
        return cls(f"{type(trouble).__name__}: {trouble}".removesuffix(": "))


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is handed over. `reference` is the same at every try, so that whoever takes it twice delivers it once."""

    reference: str
    to: str
    subject: str
    text: str


class Way(Protocol):
    """One channel."""

    async def send(self, parcel: Parcel) -> None:
        """Hand the parcel over. Raises Refused or Unreachable."""


Ways = Mapping[Channel, Way]


@dataclass(frozen=True, slots=True)
class Mail:
    """SMTP, with the reference as `Message-ID`. `tls` means TLS from the first byte, `start_tls` an upgrade."""

    host: str
    port: int
    sender: str
    user: str | None
    password: SecretStr | None
    start_tls: bool
    tls: bool
    timeout: float

    async def send(self, parcel: Parcel) -> None:
        """Send one mail."""
        if "@" not in parcel.to or parseaddr(parcel.to) != (
            "",
            parcel.to,
        ):  # a comma or bracket in it would lead the mail to somebody else
            not_one = "not a mail address"
            raise Refused(not_one)
        try:
            await aiosmtplib.send(
                self._written(parcel),
                sender=self.sender,
                recipients=[parcel.to],
                hostname=self.host,
                port=self.port,
                username=self.user,
                password=self.password.get_secret_value() if self.password else None,
                start_tls=self.start_tls and not self.tls,
                use_tls=self.tls,
                timeout=self.timeout,
            )
        except aiosmtplib.SMTPRecipientsRefused as refusal:
            codes = [each.code for each in refusal.recipients]
            said = ", ".join(f"{each.code} {each.message}" for each in refusal.recipients)
            raise (Refused if min(codes, default=0) >= _PERMANENT_REPLY else Unreachable)(said) from refusal
        except aiosmtplib.SMTPDataError as refusal:
            said = f"{refusal.code} {refusal.message}"
            raise (Refused if refusal.code >= _PERMANENT_REPLY else Unreachable)(said) from refusal
        except (aiosmtplib.SMTPException, OSError) as trouble:  # the server, our account or our settings
            raise Unreachable.because(trouble) from trouble

    def _written(self, parcel: Parcel) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = self.sender
        mail["To"] = parcel.to
        mail["Subject"] = parcel.subject
        mail["Message-ID"] = f"<{parcel.reference}@{self.sender.partition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: out-of-office programs do not answer
        mail.set_content(parcel.text)
        return mail


@dataclass(frozen=True, slots=True)
class Gateway:
    """A generic HTTP gateway for SMS or work chat: `POST <url>` with an `Idempotency-Key`.

    `signature` is put before the text as 【…】, as every short message in China bears one.
    """

    http: httpx.AsyncClient
    url: str
    token: SecretStr | None
    timeout: float
    signature: str = ""

    async def send(self, parcel: Parcel) -> None:
        """Hand one message to the gateway."""
        headers = {"Idempotency-Key": parcel.reference}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token.get_secret_value()}"
        text = f"【{self.signature}】{parcel.text}" if self.signature else parcel.text
        body = {"to": parcel.to, "subject": parcel.subject, "text": text}
        try:
            answer = await self.http.post(self.url, json=body, headers=headers, timeout=self.timeout)
        except httpx.HTTPError as trouble:
            raise Unreachable.because(trouble) from trouble
        if not answer.is_success:
            said = f"HTTP {answer.status_code}"
            raise (Refused if answer.status_code in _REFUSED_FOR_GOOD else Unreachable)(said)
