"""A refusal, in the reader's language: what is wrong, where, and what to do (RFC 9457).

A module that can refuse declares a `Problem` beside the function that raises it. It is rendered in one place only,
and what renders it is loaded when it is first asked for: the engine's workers refuse, but serve no HTTP, and would be
half as large again with FastAPI in them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from services.kernel.problem.common import (
    BodyTooLarge,
    BodyTooSlow,
    BodyUnreadable,
    InternalError,
    InvalidRequest,
    MethodNotAllowed,
    NoSuchAddress,
    RequestRefused,
    TooMuchToSay,
    TryLater,
    UnreadableAddress,
)
from services.kernel.problem.language import Language, language_of
from services.kernel.problem.refusal import FieldError, Problem

if TYPE_CHECKING:
    from services.kernel.problem.documents import documented, problems
    from services.kernel.problem.render import ProblemDocument, answer, install

__all__ = [
    "BodyTooLarge",
    "BodyTooSlow",
    "BodyUnreadable",
    "FieldError",
    "InternalError",
    "InvalidRequest",
    "Language",
    "MethodNotAllowed",
    "NoSuchAddress",
    "Problem",
    "ProblemDocument",
    "RequestRefused",
    "TooMuchToSay",
    "TryLater",
    "UnreadableAddress",
    "answer",
    "documented",
    "install",
    "language_of",
    "problems",
]

_RENDERED: Final = {
    **dict.fromkeys(("documented", "problems"), "documents"),
    **dict.fromkeys(("ProblemDocument", "answer", "install"), "render"),
}
"""What needs FastAPI, and the module it stands in."""


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attribute
    """Load what renders refusals (PEP 562)."""
    if name not in _RENDERED:
        msg = f"module {__name__} has no attribute {name}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{_RENDERED[name]}"), name)
