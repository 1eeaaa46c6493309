"""How many short messages a text is, as the networks count (docs/domain.md §6.7)."""

from typing import Final

ALONE: Final = 70
"""Characters of a message that is one short message."""

EACH: Final = 67
"""Characters of each part of a longer one: the rest of the room says which part it is."""

LONGEST: Final = 500
"""Characters that the networks take at all."""


def length(text: str) -> int:
    """Characters as UCS-2 counts them: one outside the basic plane, such as an emoji, is two."""
    return len(text.encode("utf-16-le")) // 2


def segments(text: str) -> int:
    """How many short messages are paid for. The signature 【…】 counts."""
    count = length(text)
    return 1 if count <= ALONE else -(-count // EACH)
