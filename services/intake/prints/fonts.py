"""The fonts of the receipt; without them the paper would show empty boxes."""

from pathlib import Path
from typing import Final

import typst

FAMILIES: Final = frozenset({"Noto Serif CJK SC", "Noto Sans CJK SC"})


def missing_families(folder: Path) -> frozenset[str]:
    """The families of the receipt that the folder lacks."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
    return FAMILIES - set(fonts.families())
