"""The envelope of everything said: CloudEvents 1.0 in JSON, one class per event type and version."""

import re
from datetime import datetime
from typing import Any, ClassVar, Final

from pydantic import BaseModel, ConfigDict

_TYPE: Final = re.compile(r"guihua\.[a-z]+\.[a-z_]+\.[a-z_]+\.v[1-9][0-9]*")

CATALOGUE: Final[dict[str, type["Said"]]] = {}
"""Every event type ever shipped, by its CloudEvents type. Filled when the contract modules are imported."""


class Said(BaseModel):
    """One thing a service said: past tense, versioned, complete in itself.

    A subclass names its CloudEvents type (`TYPE`) and the field that keys it (`KEY`, usually `case_no`).
    Readers ignore fields they do not know; a changed meaning is a new class with `v2`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    TYPE: ClassVar[str]
    KEY: ClassVar[str] = "case_no"

    def __init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401 - what pydantic takes
        """Enter the event in the catalogue; refuses a malformed or doubled type."""
        super().__init_subclass__(**kwargs)
        if "TYPE" not in cls.__dict__:
            return  # a shared base such as TimerSaid is never said itself
        if not _TYPE.fullmatch(cls.TYPE):
            msg = f"event type {cls.TYPE!r} is not guihua.<service>.<noun>.<verb>.v<n>"
            raise TypeError(msg)
        if CATALOGUE.setdefault(cls.TYPE, cls) is not cls:
            msg = f"event type {cls.TYPE!r} is already taken by {CATALOGUE[cls.TYPE].__name__}"
            raise TypeError(msg)

    @property
    def key(self) -> str:
        """The last part of the NATS subject: whose event this is."""
        return str(getattr(self, self.KEY))


class Envelope(BaseModel):
    """A CloudEvents 1.0 event in JSON (https://github.com/cloudevents/spec, v1.0.2).

    `id` is `<service>.<collection>.<document>.<revision>.<n>`: the same write always says the same ids, so
    sending again is harmless. `sequence` is the revision of the document that said it. Events of a chained document
    carry the `hash` of the `previous` one and their own, made with `salt` (`chains.py`).
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: str = "1.0"
    id: str
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: str = "application/json"
    sequence: int
    traceparent: str | None = None
    previous: str | None = None
    salt: str | None = None
    hash: str | None = None
    data: dict[str, Any]

    @property
    def nats_subject(self) -> str:
        """`<type>.<key>`; a key may hold dots (`u.window`), never a space or a wildcard, so filters are `<type>.>`."""
        return f"{self.type}.{self.subject}"


def stream_of(event_type: str) -> str:
    """The JetStream stream that carries an event type: one a service, `GUIHUA_<SERVICE>`."""
    return "GUIHUA_" + event_type.split(".")[1].upper()
