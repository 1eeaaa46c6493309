"""What is printed on the receipt, keyed on a telephone: digits as they are, a letter as `*`, its key and its place.

On the keys of ITU-T E.161 P is the first letter of 7 and T the first of 8: PT05 is keyed `*71*8105`. Each letter has
keys of its own, so a password loses nothing of its strength.
"""

import re
from typing import Final

_LETTERS: Final = {
    2: "ABC",
    3: "DEF",
    4: "GHI",
    5: "JKL",
    6: "MNO",
    7: "PQRS",
    8: "TUV",
    9: "WXYZ",
}
_KEYS: Final = {
    letter: f"*{key}{place}" for key, letters in _LETTERS.items() for place, letter in enumerate(letters, start=1)
}
_KEYED: Final = {keys: letter for letter, keys in _KEYS.items()}
_LETTER: Final = re.compile(r"\*[0-9]{2}")


def keys_of(text: str) -> str:
    """The keys for a number or password as printed: capital letters and digits."""
    return "".join(_KEYS.get(character, character) for character in text)


def text_of(keyed: str) -> str:
    """What was keyed, with or without `#` at its end; keys that mean no letter stay, and so fit nothing."""
    return _LETTER.sub(lambda found: _KEYED.get(found[0], found[0]), keyed.strip().rstrip("#"))
