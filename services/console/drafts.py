"""Drafts of the studio: what one person has changed of a process and not deployed yet, with the states before."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from pydantic import BaseModel

from services.kernel.problem import Problem
from services.kernel.store import Body

MOST_PAST: Final = 12
_MOST_CHARACTERS: Final = 3_000_000
"""Of all states kept together: a document of MongoDB holds 16 MB, and a Chinese character takes three bytes."""
_CALM: Final = timedelta(minutes=5)
"""Changes that follow each other are one state to come back to."""


class FileChangedElsewhere(Problem):
    """The file was saved from another window since this one read it."""

    status = 409
    code = "file-changed-elsewhere"
    zh = "“{path}”在另一个窗口中已被修改，本次未保存"
    en = "{path} was changed in another window; this was not saved"
    remedy_zh = "请刷新页面后重做；另一个窗口中的内容已经保存"
    remedy_en = "reload the page and do it again; what the other window has is saved"


class NoSuchState(Problem):
    """The history does not go back so far."""

    status = 404
    code = "no-such-state"
    zh = "历史中没有这一份"
    en = "the history has no such state"
    remedy_zh = "请刷新页面后从列表中选择"
    remedy_en = "reload the page and choose from the list"


class FileText(BaseModel, frozen=True):
    """One file as it is in the draft; `text` None says that it is gone."""

    path: str
    text: str | None


class Past(BaseModel, frozen=True):
    """How the draft stood at a moment; `note` says why it was kept."""

    at: datetime
    note: str
    base: int
    files: tuple[FileText, ...]


class Draft(Body, frozen=True):
    """What differs from version `base` (0: from nothing). `key` is person and process: one draft each."""

    key: str
    person: str
    process: str
    base: int
    saved_at: datetime
    files: tuple[FileText, ...] = ()
    past: tuple[Past, ...] = ()

    def over(self, base: Mapping[str, str]) -> dict[str, str]:
        """All files: those of the base with what differs, by path."""
        changed = {one.path: one.text for one in self.files}
        return {path: text for path, text in sorted((dict(base) | changed).items()) if text is not None}

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not self.files


def key_of(person: str, process: str) -> str:
    """Under which key a draft is kept."""
    return f"{person}|{process}"


def begun(person: str, process: str, *, base: int, at: datetime) -> Draft:
    """A draft in which nothing differs yet."""
    return Draft(key=key_of(person, process), person=person, process=process, base=base, saved_at=at)


def tag_of(text: str) -> str:
    """What stands for a text when it is compared with one that somebody read before."""
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def put(draft: Draft, base: Mapping[str, str], files: Mapping[str, str | None], *, at: datetime, note: str) -> Draft:
    """The draft with other files. With a `note` the new state goes into the history, else now and then the old one."""
    changed = {one.path: one.text for one in draft.files} | dict(files)
    kept = tuple(FileText(path=path, text=changed[path]) for path in sorted(changed) if changed[path] != base.get(path))
    now = draft.model_copy(update={"files": kept, "saved_at": at})
    if note:
        return _keeping(now, now, at=at, note=note)
    is_calm = not draft.past or at - draft.past[-1].at > _CALM
    return _keeping(now, draft, at=draft.saved_at, note="") if is_calm and not draft.is_empty else now


def restored(draft: Draft, place: int, *, at: datetime) -> Draft:
    """The draft as it stood at a place of its history; as it stands now is kept too. Raises NoSuchState."""
    if not 0 <= place < len(draft.past):
        raise NoSuchState
    wanted = draft.past[place]
    return marked(draft).model_copy(update={"base": wanted.base, "files": wanted.files, "saved_at": at})


def emptied(draft: Draft, *, base: int, at: datetime) -> Draft:
    """Begin again with a version; what was there is kept in the history."""
    kept = draft if draft.is_empty else marked(draft)
    return kept.model_copy(update={"base": base, "files": (), "saved_at": at})


def marked(draft: Draft) -> Draft:
    """As it stands now it is kept in the history."""
    return _keeping(draft, draft, at=draft.saved_at, note="")


def _keeping(draft: Draft, state: Draft, *, at: datetime, note: str) -> Draft:
    past = [*draft.past, Past(at=at, note=note, base=state.base, files=state.files)][-MOST_PAST:]
    while len(past) > 1 and sum(len(one.text or "") for each in past for one in each.files) > _MOST_CHARACTERS:
        past.pop(0)
    return draft.model_copy(update={"past": tuple(past)})
