"""What was said to whom (notify): states, tries, sending again, giving up."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Path, Query, Response

from services.console.backends import Refused
from services.console.pages.routes import PageRoute
from services.console.visits import Visit, holding
from services.kernel.identity import Permission

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Reader = Annotated[Visit, Depends(holding(Permission.MESSAGE_READ))]
Operator = Annotated[Visit, Depends(holding(Permission.MESSAGE_RETRY))]
MessageId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Filter = Annotated[str, Query(max_length=80)]

STATES: Final = {
    "queued": "排队中",
    "waiting": "等待联系方式",
    "sending": "发送中",
    "sent": "已发送",
    "delivered": "已送达",
    "read": "已读",
    "unconfirmed": "未获回执",
    "failed_temporary": "暂未送达",
    "failed_permanent": "无法送达",
    "technical_failure": "发送失败",
    "expired": "已过期",
    "cancelled": "已取消",
    "suppressed": "不发送",
}
FAILED: Final = ("failed_temporary", "failed_permanent", "technical_failure")
GROUPS: Final = {"failed": FAILED}
"""What the health page leads to: all that wait for a person."""

CHANNELS: Final = {
    "smtp": "邮件",
    "sms": "短信",
    "chat": "即时消息",
    "voice": "电话语音",
    "group": "工作群",
    "desk": "人工告知",
}
ARRIVALS: Final = {"delivered": "已送达", "temporary": "暂未送达", "permanent": "无法送达"}
_PAGE: Final = 50
_MENDABLE: Final = frozenset({404, 409, 422})


@router.get("/ops/messages")
async def messages(
    visit: Reader, case_no: Filter = "", recipient: Filter = "", state: Filter = "", after: Filter = ""
) -> Response:
    """Messages, the newest first."""
    chosen = {
        "case_no": case_no.strip(),
        "recipient": recipient.strip(),
        "state": state if state in STATES or state in GROUPS else "",
    }
    return await _page(visit, chosen, after=after)


@router.post("/ops/messages/{message_id}/retry")
async def retry(visit: Operator, message_id: MessageId) -> Response:
    """Take a message up again that failed or was given up."""
    return await _done(visit, f"/messages/{message_id}/retry", None)


@router.post("/ops/messages/{message_id}/told")
async def told(visit: Reader, message_id: MessageId, remark: Annotated[str, Form(max_length=1000)] = "") -> Response:
    """Somebody told the recipient by telephone or in person."""
    return await _done(visit, f"/messages/{message_id}/told", {"remark": remark.strip()})


@router.post("/ops/messages/{message_id}/abandon")
async def abandon(
    visit: Operator, message_id: MessageId, reason: Annotated[str, Form(max_length=1000)] = ""
) -> Response:
    """Do not send it any more, for a reason that stays on record."""
    return await _done(visit, f"/messages/{message_id}/abandon", {"reason": reason.strip()})


async def _done(visit: Visit, path: str, body: dict[str, Any] | None) -> Response:
    try:
        message = await visit.api.post("notify", path, body)
    except Refused as refused:
        if refused.status not in _MENDABLE:
            raise
        return await _page(visit, {"case_no": "", "recipient": "", "state": ""}, refused=refused)
    return visit.see(f"/ops/messages?recipient={message['recipient']}&case_no={message['case_no'] or ''}")


async def _page(visit: Visit, chosen: dict[str, str], *, after: str = "", refused: Refused | None = None) -> Response:
    states = GROUPS.get(chosen["state"], chosen["state"])
    page = await visit.api.get("notify", "/messages", **(chosen | {"state": states}), after=after, limit=_PAGE)
    return visit.page(
        "ops/messages.html",
        status=refused.status if refused else 200,
        page=page,
        chosen=chosen,
        states=STATES,
        failed=FAILED,
        channels=CHANNELS,
        arrivals=ARRIVALS,
        people=await visit.deps.books.names(),
        refusal=refused.problem if refused else None,
    )
