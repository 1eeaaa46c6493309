"""What the messenger says."""

from datetime import datetime
from typing import ClassVar

from services.contracts.events import Said


class MessageSent(Said, frozen=True):
    """A channel took a message to an applicant. What staff are sent is listed by `GET /messages`, every attempt too."""

    TYPE: ClassVar[str] = "guihua.notify.message.sent.v1"
    KEY: ClassVar[str] = "message_id"

    message_id: str
    case_no: str | None
    template: str
    recipient: str
    channel: str
    attempts: int
    sent_at: datetime


class MessageFailed(Said, frozen=True):
    """Every channel and every try is used up; somebody must act."""

    TYPE: ClassVar[str] = "guihua.notify.message.failed.v1"
    KEY: ClassVar[str] = "message_id"

    message_id: str
    case_no: str | None
    template: str
    recipient: str
    channel: str
    attempts: int
    reason: str
    failed_at: datetime


class SubscriptionPaused(Said, frozen=True):
    """Nothing arrived at a subscribed system for so long that it is told nothing until a person resumes it."""

    TYPE: ClassVar[str] = "guihua.notify.subscription.paused.v1"
    KEY: ClassVar[str] = "subscription_id"

    subscription_id: str
    name: str
    because: str
    paused_at: datetime


class LinkDecided(Said, frozen=True):
    """A leader decided a task through a signed link, logged in as themselves (A-18).

    `signature` is a compact JWS (EdDSA) over case, task, decision, opinion, person, channel, device and time
    (`decided_at`, office time), and over `signed_at` and `link_expires_at`, wall times that show the link was good.
    """

    TYPE: ClassVar[str] = "guihua.notify.link.decided.v1"

    case_no: str
    task_id: str
    person: str
    decision: str
    opinion: str
    channel: str
    device: str
    decided_at: datetime
    signature: str
