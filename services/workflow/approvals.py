"""Quick approval: what a leader decided by link counts only under the messenger's signature (A-18).

Anybody who could speak in the messenger's name could otherwise decide any open step. The keys are those that the
messenger publishes; what was signed must be, fact by fact, what the event says.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.contracts.notify import LinkDecided
from services.kernel.identity import KeysAway
from services.kernel.identity.keys import Keys
from services.kernel.problem import Problem, TryLater

_ALGORITHM: Final = "EdDSA"
_RETRY_AFTER: Final = 5


class ApprovalUnproven(Problem):
    """A decision by link whose signature does not prove it; the step stays open."""

    status = 409
    code = "approval-unproven"
    zh = "任务 {task_id} 的移动审批未通过核验：{reason_zh}；任务仍待办理"
    en = "the decision by link on the task {task_id} is not proven: {reason}; the task stays open"
    remedy_zh = "请向审批人核实，由其在系统内办理；核对 GUIHUA_LINK_KEYS_URL 与消息服务的签名密钥"
    remedy_en = "ask the person and let them decide at the desk; compare GUIHUA_LINK_KEYS_URL with the messenger's key"


@dataclass(frozen=True, slots=True)
class Approvals:
    """Checks decisions by the keys that the messenger publishes."""

    keys: Keys

    async def check(self, decided: LinkDecided) -> None:
        """Raises ApprovalUnproven, and TryLater while the keys cannot be had."""
        try:
            key = await self.keys.key(_key_id(decided))
        except KeysAway:
            raise TryLater(what="the messenger's key", what_zh="移动审批验签公钥", seconds=_RETRY_AFTER) from None
        if key is None:
            raise _unproven(decided, "the messenger publishes no such key", "签名所用的密钥不是消息服务公布的密钥")
        prove(decided, key)


def prove(decided: LinkDecided, key: Ed25519PublicKey) -> None:
    """Compare a decision with what was signed. Raises ApprovalUnproven."""
    try:
        signed = jwt.decode(decided.signature, key, algorithms=[_ALGORITHM])
    except jwt.InvalidTokenError:
        raise _unproven(decided, "the signature is not valid", "签名无效") from None
    said = decided.model_dump(mode="json", exclude={"signature", "decided_at"})
    differing = sorted(name for name, value in said.items() if signed.get(name) != value)
    if _moment(decided, signed, "decided_at") != decided.decided_at:
        differing.append("decided_at")
    if differing:
        names = ", ".join(differing)
        raise _unproven(decided, f"it was signed for another {names}", f"签名内容与事件不一致：{names}")
    if _moment(decided, signed, "signed_at") >= _moment(decided, signed, "link_expires_at"):
        raise _unproven(decided, "the link had expired when it was signed", "签署时审批链接已过期")


def _key_id(decided: LinkDecided) -> str | None:
    try:
        kid = jwt.get_unverified_header(decided.signature).get("kid")
    except jwt.InvalidTokenError:
        raise _unproven(decided, "it is not signed", "没有签名") from None
    return kid if isinstance(kid, str) else None


def _moment(decided: LinkDecided, signed: dict[str, Any], name: str) -> datetime:
    """A moment that was signed; with its zone, as moments are."""
    try:
        moment = datetime.fromisoformat(str(signed.get(name)))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise _unproven(decided, f"the signature says no {name}", f"签名内容缺少 {name}")
    return moment


def _unproven(decided: LinkDecided, reason: str, reason_zh: str) -> ApprovalUnproven:
    return ApprovalUnproven(task_id=decided.task_id, reason=reason, reason_zh=reason_zh)
