"""Why a document could not be read or written."""

from services.kernel.problem import Problem


class NotFound(Problem):
    """No document has this key."""

    status = 404
    code = "not-found"
    zh = "没有 {key}，或您无权查看"
    en = "there is no {key}, or it is not yours to see"
    remedy_zh = "请核对编号"
    remedy_en = "check the number"


class Conflict(Problem):
    """Somebody else changed the document since it was read."""

    status = 409
    code = "conflict"
    zh = "{key} 刚刚被他人修改，您的操作没有生效"
    en = "{key} was changed by someone else just now; what you did had no effect"
    remedy_zh = "请刷新后查看最新内容，再决定是否重做"
    remedy_en = "load it again, look at it as it is now, and decide anew"


class AlreadyExists(Problem):
    """The key, or another value that must be unique, is taken."""

    status = 409
    code = "already-exists"
    zh = "{key} 已存在"
    en = "{key} exists already"
    remedy_zh = "请使用已有的记录，或换一个编号"
    remedy_en = "use the one there is, or choose another key"


class AlreadyApplied(Exception):
    """The event that caused this write has been applied to the document before. Nothing was written."""
