"""Goes through the words of a FEEL text."""

from services.workflow.engine.language.errors import Unwritable


class Cursor:
    """A place in a list of words."""

    def __init__(self, words: list[tuple[str, str]]) -> None:
        self._words = words
        self.place = 0

    def __len__(self) -> int:
        return len(self._words)

    def peek(self, ahead: int = 0) -> tuple[str, str]:
        """Give the kind and text of a word further on; the last is of kind `end`."""
        return self._words[min(self.place + ahead, len(self._words) - 1)]

    def next(self) -> tuple[str, str]:
        """Give a word and go on."""
        word = self.peek()
        self.place += 1
        return word

    def sees(self, text: str, ahead: int = 0, *, ends: bool = False) -> bool:
        """Say whether a word or sign stands here; with `ends`, whether the text ends there too."""
        kind, found = self.peek(ahead)
        return found == text and kind in ("sign", "name") and (not ends or self.peek(ahead + 1)[0] == "end")

    def take(self, text: str) -> bool:
        """Go past a word or sign if it stands here."""
        if self.sees(text):
            self.place += 1
            return True
        return False

    def need(self, text: str) -> None:
        """Go past a word or sign. Raises `Unwritable` when another stands here."""
        if not self.take(text):
            found = self.peek()[1] or "…"
            raise Unwritable(zh=f"此处应为“{text}”，得到“{found}”", en=f"{text!r} is expected here, not {found!r}")

    def done(self) -> None:
        """Make sure that nothing is left."""
        kind, text = self.peek()
        if kind != "end":
            raise Unwritable(zh=f"多余的“{text}”", en=f"{text!r} is left over")
