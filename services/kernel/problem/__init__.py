"""A refusal, in the reader's language: what is wrong, where, and what to do (RFC 9457).

A module that can refuse declares a `Problem` beside the function that raises it. It is rendered in one place only.
"""

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
from services.kernel.problem.documents import documented, problems
from services.kernel.problem.language import Language, language_of
from services.kernel.problem.refusal import FieldError, Problem
from services.kernel.problem.render import ProblemDocument, answer, install, render

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
    "render",
]
