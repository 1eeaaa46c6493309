"""Which typefaces the documents are set in: the official ones where a bureau has a licence for them, else Noto."""

from functools import cache
from pathlib import Path
from typing import Annotated, Final

import typst
from pydantic import BaseModel, Field

SERIF: Final = "Noto Serif CJK SC"
SANS: Final = "Noto Sans CJK SC"
NEEDED: Final = frozenset({SERIF, SANS})

Family = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\"'<>&]+$")]


class Faces(BaseModel, frozen=True):
    """The four typefaces of GB/T 9704-2012. A DOCX names them; a PDF embeds them if the font folder holds them."""

    title: Family = "方正小标宋简体"
    body: Family = "仿宋_GB2312"
    heading: Family = "黑体"
    kai: Family = "楷体_GB2312"


@cache
def families(folder: Path) -> frozenset[str]:
    """The font families that the folder holds."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
    return frozenset(fonts.families())


def missing_families(folder: Path) -> frozenset[str]:
    """The families without which a document would show empty boxes."""
    return NEEDED - families(folder)


def embedded(faces: Faces, folder: Path) -> dict[str, str | list[str]]:
    """What the typesetter is told: each face if it is there, then Noto, whose title is bold."""
    held = families(folder)
    wanted = {"title": (faces.title, SERIF), "body": (faces.body, SERIF), "heading": (faces.heading, SANS)}
    wanted["kai"] = (faces.kai, SERIF)
    found: dict[str, str | list[str]] = {
        name: [family for family in (first, fallback, SERIF) if family in held]
        for name, (first, fallback) in wanted.items()
    }
    return found | {"title_weight": "regular" if faces.title in held else "bold"}
