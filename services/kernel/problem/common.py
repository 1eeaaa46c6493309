"""Refusals that every service can give, whatever it does."""

from collections.abc import Mapping
from typing import ClassVar

from services.kernel.problem.refusal import Problem


class NoSuchAddress(Problem):
    """No route has this path."""

    status = 404
    code = "no-such-address"
    zh = "没有这个地址"
    en = "there is nothing at this address"
    remedy_zh = "请对照接口文档 /openapi.json 检查路径"
    remedy_en = "check the path against the interface document at /openapi.json"


class MethodNotAllowed(Problem):
    """The path exists, but not with this method."""

    status = 405
    code = "method-not-allowed"
    zh = "这个地址不支持该请求方法"
    en = "this address does not take that method"
    remedy_zh = "请改用 {allow}"
    remedy_en = "use {allow}"
    headers: ClassVar[Mapping[str, str]] = {"Allow": "{allow}"}


class UnreadableAddress(Problem):
    """The path or query holds characters that no address of ours can have."""

    status = 400
    code = "unreadable-address"
    zh = "地址或查询参数里有不可用的字符(空字符或无效的 UTF-8)"
    en = "the path or query holds characters that cannot be used (NUL or invalid UTF-8)"
    remedy_zh = "请去掉这些字符后重新提交"
    remedy_en = "remove those characters and send it again"


class BodyUnreadable(Problem):
    """The body is not what its content type says."""

    status = 400
    code = "body-unreadable"
    zh = "无法读取请求内容:{reason_zh}"
    en = "the request body cannot be read: {reason}"
    remedy_zh = "请提交 UTF-8 编码、符合 RFC 8259 的 JSON(或完整的表单)"
    remedy_en = "send JSON by RFC 8259 in UTF-8, or a complete form"


class BodyTooLarge(Problem):
    """The body is larger than this service takes."""

    status = 413
    code = "body-too-large"
    zh = "请求内容过大"
    en = "the request body is too large"
    remedy_zh = "请减小文件后重新提交"
    remedy_en = "send less at once"
    headers: ClassVar[Mapping[str, str]] = {"Connection": "close"}


class BodyTooSlow(Problem):
    """The body did not arrive in time."""

    status = 408
    code = "body-too-slow"
    zh = "请求内容没有在规定时间内传完"
    en = "the request body did not arrive in time"
    remedy_zh = "请检查网络后重新提交"
    remedy_en = "check the connection and send it again"
    headers: ClassVar[Mapping[str, str]] = {"Connection": "close"}


class TooMuchToSay(Problem):
    """What was sent to us fits into a request, but not into the event by which the others learn of it."""

    status = 413
    code = "too-much-to-say"
    zh = "内容过大,无法告知其他服务:{size} 字节(上限 {limit})"
    en = "too much to tell the other services: {size} bytes (limit {limit})"
    remedy_zh = "请减少文字内容后重新提交,大段材料请作为附件另存"
    remedy_en = "send less text; keep what is long as a document of its own"


class InvalidRequest(Problem):
    """A value is missing, unknown or not of the kind that the interface asks for; `errors` says which."""

    status = 422
    code = "invalid-request"
    zh = "提交的内容有 {count} 处不符合要求"
    en = "{count} of the values sent do not fit"
    remedy_zh = "请按 errors 中列出的位置逐项更正"
    remedy_en = "correct each place listed in errors"


class RequestRefused(Problem):
    """The request is refused by HTTP's own rules with a status that has no reason of ours."""

    status = 400
    code = "request-refused"
    zh = "请求不符合 HTTP 规范,已被拒绝"
    en = "the request breaks a rule of HTTP and was refused"
    remedy_zh = "请对照接口文档 /openapi.json 检查请求"
    remedy_en = "check the request against the interface document at /openapi.json"


class InternalError(Problem):
    """Our own mistake. The log has the details under the reference; the answer has none."""

    status = 500
    code = "internal-error"
    zh = "系统出错,本次操作没有完成"
    en = "something went wrong on our side; the request was not carried out"
    remedy_zh = "请稍后重试;如仍出错,请把 instance 中的编号告诉系统管理员"
    remedy_en = "try again later; if it fails again, give the operator the reference in instance"


class TryLater(Problem):
    """Something this service needs is away for the moment; nothing was changed."""

    status = 503
    code = "try-later"
    zh = "系统暂时无法处理:{what_zh}不可用"
    en = "not possible right now: {what} is away"
    remedy_zh = "请在 {seconds} 秒后重试"
    remedy_en = "try again in {seconds} seconds"
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "{seconds}"}
