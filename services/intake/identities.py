"""The numbers people and organisations go by: whether they are well formed, and how they may be shown."""

import re
import unicodedata
from datetime import date
from typing import Final

_RESIDENT_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENT_CHECKS: Final = "10X98765432"
_RESIDENT_ID: Final = re.compile(r"[1-9][0-9]{16}[0-9X]")

_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")


def tidy(text: str) -> str:
    """The text as typed on a Chinese keyboard, made comparable: half-width, upper case, no spaces or hyphens."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()


def is_resident_id(text: str, *, today: date) -> bool:
    """Whether this is a well-formed resident identity number (居民身份证, GB 11643-1999) of somebody born by `today`.

    The region is not looked up: many valid numbers carry counties that have since been renamed or merged.
    """
    if not _RESIDENT_ID.fullmatch(text):
        return False
    total = sum(w * int(c) for w, c in zip(_RESIDENT_WEIGHTS, text, strict=False))
    return text[17] == _RESIDENT_CHECKS[total % 11] and _was_born(text[6:14], today)


def _was_born(digits: str, today: date) -> bool:
    """Whether the eight digits are a day of the calendar, not before 1880 and not in the future."""
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return date(1880, 1, 1) <= born <= today


def is_mobile(text: str) -> bool:
    """Whether this is a mainland mobile number: eleven digits, 13 to 19 first."""
    return _MOBILE.fullmatch(text) is not None


def mask_number(text: str) -> str:
    """An identity number as it may be shown: the first six and the last two characters (docs/domain.md §8)."""
    if len(text) <= 8:  # noqa: PLR2004 - six and two
        return "*" * len(text)
    return text[:6] + "*" * (len(text) - 8) + text[-2:]


def mask_phone(text: str) -> str:
    """A mobile number as it may be shown: the middle four digits hidden."""
    if not is_mobile(text):
        return "*" * len(text)
    return f"{text[:3]}****{text[-4:]}"
