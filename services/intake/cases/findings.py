"""What was found about the permits that an application needs before it, as it was received."""

from pydantic import BaseModel


class Finding(BaseModel, frozen=True):
    """One thing found: its reason code, the permit it is about, and how to get that; `hard` forbids receiving."""

    code: str
    step: str
    hard: bool
    zh: str
    en: str
