"""Which language the reader wants: Chinese, unless English is asked for more strongly."""

from enum import StrEnum


class Language(StrEnum):
    """The languages that every text for people exists in."""

    ZH = "zh"
    EN = "en"


def language_of(accept_language: str | None) -> Language:
    """The reader's language by `Accept-Language` (RFC 9110 §12.5.4); Chinese when in doubt."""
    wishes = {Language.ZH: 0.0, Language.EN: 0.0}
    for part in (accept_language or "").split(","):
        tag, _, weight = part.partition(";")
        primary = tag.strip().lower().split("-")[0]
        if primary in wishes:
            language = Language(primary)
            wishes[language] = max(wishes[language], _quality(weight))
    return Language.EN if wishes[Language.EN] > wishes[Language.ZH] else Language.ZH


def _quality(weight: str) -> float:
    name, _, value = weight.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
