"""What the workflow service prints with: the press, the files that it keeps, the organ on the paper."""

from dataclasses import dataclass

from services.kernel.documents import Press
from services.kernel.store import Files


@dataclass(frozen=True, slots=True)
class Papers:
    """The means to print and to keep what is printed."""

    press: Press
    files: Files
    organ: str
