"""Expressions of other engines, rewritten into the language of ours where the meaning is the same."""

import re
from typing import Final

from services.workflow.engine.language.errors import Unwritable
from services.workflow.engine.language.texts import expression, unwrapped

_TEXT: Final = re.compile(r"(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')")
_OF_JUEL: Final = (
    (re.compile(r"&&|\band\b"), " and "),
    (re.compile(r"\|\||\bor\b"), " or "),
    (re.compile(r"!(?!=)"), " not "),
    (re.compile(r"\bnot\s+empty\s+([\w.]+)"), r" bool(\1)"),
    (re.compile(r"\bempty\s+([\w.]+)"), r" not \1"),
    (re.compile(r"\beq\b"), " == "),
    (re.compile(r"\bne\b"), " != "),
    (re.compile(r"\bgt\b"), " > "),
    (re.compile(r"\blt\b"), " < "),
    (re.compile(r"\bge\b"), " >= "),
    (re.compile(r"\ble\b"), " <= "),
    (re.compile(r"\.equals\(\s*([^()]*)\s*\)"), r" == \1"),
    (re.compile(r"\.contains\(\s*([^()]*)\s*\)"), r".count(\1) > 0"),
    (re.compile(r"\bexecution\.getVariable\(\s*(\S+?)\s*\)"), r"\1"),
)
_OF_FEEL: Final = (
    (re.compile(r"(?<![<>!=])=(?!=)"), " == "),
    (re.compile(r"\bnot\(([^()]*)\)"), r"not (\1)"),
    (re.compile(r"\bcount\("), "len("),
    (re.compile(r"\bif\b(.*)\bthen\b(.*)\belse\b(.*)", re.DOTALL), r"(\2) if (\1) else (\3)"),
)


def from_juel(source: str) -> str | None:
    """Rewrite `${…}` of Camunda 7, Flowable and Activiti; None when it cannot be told what it means here."""
    return _rewritten(unwrapped(source), _OF_JUEL)


def from_feel(source: str) -> str | None:
    """Rewrite `= …` of Camunda 8; None when it cannot be told what it means here."""
    return _rewritten(source.strip().removeprefix("=").strip(), _OF_FEEL)


def _rewritten(source: str, words: tuple[tuple[re.Pattern[str], str], ...]) -> str | None:
    if readable(source):
        return source
    texts: list[str] = []

    def kept(match: re.Match[str]) -> str:
        texts.append(match.group())
        return f"\x00{len(texts) - 1}\x00"

    written = _TEXT.sub(kept, source)
    for pattern, meant in words:
        written = pattern.sub(meant, written)
    for number, text in enumerate(texts):
        written = written.replace(f"\x00{number}\x00", text)
    written = " ".join(written.split())
    return written if readable(written) else None


def readable(source: str) -> bool:
    """Say whether a text is an expression of ours."""
    try:
        expression(source)
    except Unwritable:
        return False
    return True
