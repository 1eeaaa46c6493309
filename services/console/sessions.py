"""Sessions: an opaque id in a cookie, everything else in the database (tokens never reach the browser)."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from services.contracts.words import Role
from services.kernel.store import Body

_ID_BYTES: Final = 32
FRESH_FOR: Final = timedelta(minutes=1)
"""A session that was used is written down again only after this long: not every click is a write."""


class Session(Body, frozen=True):
    """One person's sign-in at one browser. `key` is the hash of the cookie: who reads the database cannot sign in.

    `roles`, if given, are those the person acts in now; who `must_change` the password does nothing else first.
    MongoDB forgets it at `expires_at`; times are wall time.
    """

    key: str
    code: str
    csrf: str
    began_at: datetime
    seen_at: datetime
    expires_at: datetime
    roles: tuple[Role, ...] | None = None
    must_change: bool = False


def opened(code: str, *, now: datetime, idle: timedelta, must_change: bool) -> tuple[str, Session]:
    """A new session, and the cookie that stands for it."""
    cookie = secrets.token_urlsafe(_ID_BYTES)
    session = Session(
        key=key_of(cookie),
        code=code,
        csrf=secrets.token_urlsafe(_ID_BYTES),
        began_at=now,
        seen_at=now,
        expires_at=now + idle,
        must_change=must_change,
    )
    return cookie, session


def key_of(cookie: str) -> str:
    """Under which key the session of a cookie is kept."""
    return hashlib.sha256(cookie.encode()).hexdigest()


def is_over(session: Session, *, now: datetime, longest: timedelta) -> bool:
    """Whether one has to sign in again: after long idleness, or after the longest time in any case."""
    return now >= session.expires_at or now >= session.began_at + longest


def seen(session: Session, *, now: datetime, idle: timedelta) -> Session:
    """Used again just now."""
    return session.model_copy(update={"seen_at": now, "expires_at": now + idle})
