"""How an expression fails: when it is read, or when it is reckoned."""


class Unwritable(Exception):
    """The text is not in the language. Said at deploy, with what is wrong in both languages."""

    def __init__(self, *, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.zh, self.en = zh, en


class Miscalculated(Exception):
    """The text cannot be reckoned with these values. Said at run time; becomes a fault of the element."""

    def __init__(self, *, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.zh, self.en = zh, en
