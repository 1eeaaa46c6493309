"""A certificate in the register: what it is, how it stands, and all that became of it. Plain functions."""

from datetime import date, datetime
from enum import StrEnum
from typing import Final, Self

from pydantic import BaseModel

from services.kernel.problem import Problem
from services.kernel.store import Body


class State(StrEnum):
    """How a certificate stands, in words."""

    zh: str
    en: str

    def __new__(cls, value: str, zh: str, en: str) -> Self:
        """A state with its words."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.zh, member.en = zh, en
        return member

    PENDING = ("pending", "编号中", "number pending")
    VALID = ("valid", "有效", "valid")
    SUSPENDED = ("suspended", "暂停使用", "suspended")
    CHANGED = ("changed", "已变更", "changed: another one is in force")
    WITHDRAWN = ("withdrawn", "已撤回", "withdrawn")
    REVOKED = ("revoked", "已撤销", "revoked")
    CANCELLED = ("cancelled", "已注销", "cancelled")
    EXPIRED = ("expired", "已过期", "expired")


class Deed(StrEnum):
    """What is done to a certificate, as the register enters it."""

    GRANTED = "granted"
    NUMBERED = "numbered"
    AMENDED = "amended"
    EXTENDED = "extended"
    REPLACED = "replaced"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"
    CANCELLED = "cancelled"


_ENDS_IN: Final = {
    Deed.AMENDED: State.CHANGED,
    Deed.SUSPENDED: State.SUSPENDED,
    Deed.RESUMED: State.VALID,
    Deed.WITHDRAWN: State.WITHDRAWN,
    Deed.REVOKED: State.REVOKED,
    Deed.CANCELLED: State.CANCELLED,
    Deed.EXTENDED: State.VALID,
    Deed.REPLACED: State.VALID,
}
_STANDING: Final = frozenset({State.VALID, State.SUSPENDED, State.EXPIRED})
_FROM: Final = {
    Deed.SUSPENDED: frozenset({State.VALID}),
    Deed.RESUMED: frozenset({State.SUSPENDED}),
    Deed.CANCELLED: _STANDING | {State.WITHDRAWN, State.REVOKED},
    Deed.REVOKED: _STANDING | {State.CHANGED},
}


class CertificateStands(Problem):
    """The certificate stands so that this cannot be done to it."""

    status = 409
    code = "certificate-stands"
    zh = "证书目前为「{state_zh}」，不能作此登记"
    en = "the certificate is {state_en}: this cannot be entered"
    remedy_zh = "请核对证书台账中的状态和变动记录"
    remedy_en = "check its state and history in the register"


class Change(BaseModel, frozen=True):
    """One entry of a certificate's history. `case_no` is the case that did it."""

    entry: str
    deed: Deed
    on: date
    at: datetime
    case_no: str
    document_no: str = ""
    reason: str = ""
    by: str = ""


class Certificate(Body, frozen=True):
    """One certificate. It bears the id of the case that granted it. `pdf_sha256` is of the paper as it was made."""

    certificate_id: str
    kind: str
    name: str
    name_en: str
    number: str = ""
    check: str = ""
    token: str
    state: State
    holder: str
    holder_public: str
    project: str
    project_public: str
    place: str
    scale: str
    issued_on: date
    valid_until: date | None = None
    replaced_by: str = ""
    history: tuple[Change, ...] = ()
    file_id: str = ""
    pdf_sha256: str = ""
    departments: tuple[str, ...] = ()

    def state_on(self, day: date) -> State:
        """How it stands on a day: what is over its time has expired, unless something worse became of it."""
        is_over = self.valid_until is not None and self.valid_until < day
        return State.EXPIRED if is_over and self.state in {State.VALID, State.SUSPENDED} else self.state


def entered(
    certificate: Certificate, change: Change, *, valid_until: date | None = None, new_no: str = ""
) -> Certificate:
    """The certificate after an entry; the same when it was entered before. Raises CertificateStands."""
    if any(known.entry == change.entry for known in certificate.history):
        return certificate
    state = certificate.state_on(change.on)
    if state not in _FROM.get(change.deed, _STANDING):
        raise CertificateStands(state_zh=state.zh, state_en=state.en)
    update: dict[str, object] = {"state": _ENDS_IN[change.deed], "history": (*certificate.history, change)}
    if valid_until is not None:
        update["valid_until"] = valid_until
    if change.deed is Deed.AMENDED:
        update["replaced_by"] = new_no
    return certificate.model_copy(update=update)


def numbered(certificate: Certificate, change: Change, *, number: str, check: str) -> Certificate:
    """The certificate with its number: from now on it is valid."""
    if certificate.number:
        return certificate
    state = State.VALID if certificate.state is State.PENDING else certificate.state
    history = (*certificate.history, change)
    return certificate.model_copy(update={"number": number, "check": check, "state": state, "history": history})
