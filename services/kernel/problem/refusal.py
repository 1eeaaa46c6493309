"""The `Problem` class: one subclass for one reason to refuse."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import ClassVar, Final

from services.kernel.problem.language import Language

_CODE: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_RESERVED: Final = frozenset({"type", "title", "status", "detail", "instance", "code", "remedy", "errors"})


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong at one place of the request: `where` is a dotted path such as `body.applicant.phone`."""

    where: str
    zh: str
    en: str


class Problem(Exception):
    """A refusal that the reader can understand and act on.

    A subclass states `status`, `code`, the sentence (`zh`, `en`) and what to do (`remedy_zh`, `remedy_en`). Texts
    and `headers` may hold {placeholders}; raise it with their values by name, `raise CaseNotFound(case_no=case_no)`.
    The values become extension members of the answer, so never pass personal data.
    """

    status: ClassVar[int]
    code: ClassVar[str]
    zh: ClassVar[str]
    en: ClassVar[str]
    remedy_zh: ClassVar[str]
    remedy_en: ClassVar[str]
    headers: ClassVar[Mapping[str, str]] = {}

    def __init_subclass__(cls, **kwargs: object) -> None:
        """Refuse a class whose text is not complete in both languages."""
        super().__init_subclass__(**kwargs)
        for name in ("status", "code", "zh", "en", "remedy_zh", "remedy_en"):
            if not getattr(cls, name, None):
                msg = f"{cls.__name__} does not state {name}"
                raise TypeError(msg)
        if not _CODE.fullmatch(cls.code):
            msg = f"{cls.__name__}: code {cls.code!r} is not kebab-case"
            raise TypeError(msg)
        if clash := _RESERVED & cls.placeholders():
            msg = f"{cls.__name__}: {sorted(clash)} are members of every problem (RFC 9457)"
            raise TypeError(msg)

    def __init__(self, *, errors: Sequence[FieldError] = (), **values: object) -> None:
        if missing := self.placeholders() - values.keys():
            msg = f"{type(self).__name__} needs {sorted(missing)}"
            raise TypeError(msg)
        super().__init__(self.en.format_map(values))
        self.values = values
        self.errors = tuple(errors)

    @classmethod
    def placeholders(cls) -> frozenset[str]:
        """The names of the values that the texts and headers ask for."""
        texts = (cls.zh, cls.en, cls.remedy_zh, cls.remedy_en, *cls.headers.values())
        return frozenset(name for text in texts for _, name, _, _ in Formatter().parse(text) if name)

    def detail(self, language: Language) -> str:
        """What is wrong, and where."""
        return (self.zh if language is Language.ZH else self.en).format_map(self.values)

    def remedy(self, language: Language) -> str:
        """What the reader can do about it."""
        return (self.remedy_zh if language is Language.ZH else self.remedy_en).format_map(self.values)

    def answer_headers(self) -> dict[str, str]:
        """HTTP headers that belong to this refusal, such as `Retry-After`."""
        return {name: text.format_map(self.values) for name, text in self.headers.items()}
