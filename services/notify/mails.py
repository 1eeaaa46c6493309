"""Mail by SMTP, over connections that are kept open for the next one."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Final

import aiosmtplib
from pydantic import SecretStr

from services.notify.bounces import cause_in_reply
from services.notify.channels import Parcel, Refused, Unreachable

_PERMANENT_REPLY: Final = 500
_AT_ONCE: Final = 8
"""How many connections to the mail server there are at a time: more than a few would be taken for spam."""

_KEPT_FOR: Final = 20.0
"""Seconds for which a connection waits for the next mail; servers wait five minutes (RFC 5321 §4.5.3.2)."""


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
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE), init=False)
    _open: list[tuple[aiosmtplib.SMTP, float]] = field(default_factory=list, init=False)

    async def send(self, parcel: Parcel) -> None:
        """Send one mail."""
        if "@" not in parcel.to or parseaddr(parcel.to) != (
            "",
            parcel.to,
        ):  # a comma or bracket in it would lead the mail to somebody else
            not_one = "not a mail address"
            raise Refused(not_one)
        try:
            async with self._places:
                await self._hand_over(parcel)
        except aiosmtplib.SMTPRecipientsRefused as refusal:
            codes = [each.code for each in refusal.recipients]
            said = ", ".join(f"{each.code} {each.message}" for each in refusal.recipients)
            if min(codes, default=0) >= _PERMANENT_REPLY:
                raise Refused(said, closes=cause_in_reply(said)) from refusal
            raise Unreachable(said) from refusal
        except aiosmtplib.SMTPDataError as refusal:
            said = f"{refusal.code} {refusal.message}"
            raise (Refused if refusal.code >= _PERMANENT_REPLY else Unreachable)(said) from refusal
        except (aiosmtplib.SMTPException, OSError) as trouble:  # the server, our account or our settings
            unsure = isinstance(trouble, aiosmtplib.SMTPServerDisconnected | aiosmtplib.SMTPReadTimeoutError)
            raise Unreachable.because(trouble, unsure=unsure) from trouble

    async def close(self) -> None:
        """Close the connections that wait."""
        while self._open:
            self._open.pop()[0].close()

    async def _hand_over(self, parcel: Parcel) -> None:
        """Send it over a connection that answers. After any trouble the connection is given up."""
        client = await self._kept() or await self._new()
        try:
            await client.send_message(self._written(parcel), sender=self.sender, recipients=[parcel.to])
        except BaseException:  # cancelled too: nobody knows what the server expects next
            client.close()
            raise
        loop = asyncio.get_running_loop()
        self._open.append((client, loop.time() + _KEPT_FOR))
        loop.call_later(_KEPT_FOR, self._let_go)

    async def _kept(self) -> aiosmtplib.SMTP | None:
        """A connection that was kept open and is still good: asking first costs less than a mail that may be lost."""
        while self._open:
            client, _ = self._open.pop()
            try:
                with suppress(aiosmtplib.SMTPException, OSError):
                    await client.noop()
                    return client
            except BaseException:
                client.close()
                raise
            client.close()
        return None

    async def _new(self) -> aiosmtplib.SMTP:
        client = aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            username=self.user,
            password=self.password.get_secret_value() if self.password else None,
            start_tls=self.start_tls and not self.tls,
            use_tls=self.tls,
            timeout=self.timeout,
        )
        try:
            await client.connect()
        except BaseException:
            client.close()
            raise
        return client

    def _let_go(self) -> None:
        now = asyncio.get_running_loop().time()
        for each in [each for each in self._open if each[1] <= now]:
            self._open.remove(each)
            each[0].close()

    def _written(self, parcel: Parcel) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = self.sender
        mail["To"] = parcel.to
        mail["Subject"] = parcel.subject
        mail["Message-ID"] = f"<{parcel.reference}@{self.sender.partition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: out-of-office programs do not answer
        mail.set_content(parcel.text)
        return mail
