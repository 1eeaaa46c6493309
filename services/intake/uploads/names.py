"""The names of files that people send: kept readable, and harmless wherever they are saved again."""

import re
import unicodedata
from typing import Final

_LONGEST: Final = 120
_NOT_IN_NAMES: Final = re.compile(r'[<>:"|?*]')
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
_NAMELESS: Final = "文件"


def cleaned(name: str) -> str:
    r"""The last part of a path, without what is invisible, turns the writing round, or means something to a system.

    `C:\scans\..\身份证.pdf` gives `身份证.pdf`.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(each for each in last if unicodedata.category(each)[0] != "C")
    plain = _NOT_IN_NAMES.sub("_", seen).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if not dot:
        stem, ending = plain, ""
    kept = (stem[: _LONGEST - len(ending[:10]) - 1].rstrip(" .") or _NAMELESS) + dot + ending[:10]
    return f"_{kept}" if _RESERVED.fullmatch(kept) else kept
