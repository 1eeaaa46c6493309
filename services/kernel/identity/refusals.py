"""Why a caller is turned away: 401 when it is not clear who calls, 403 when it is clear and not allowed."""

from collections.abc import Mapping
from typing import ClassVar, Final

from services.kernel.problem import Problem


def _challenge(reason: str) -> dict[str, str]:
    """The `WWW-Authenticate` header (RFC 6750 §3) for a token that is no good."""
    return {"WWW-Authenticate": f'Bearer realm="guihua", error="invalid_token", error_description="{reason}"'}


class TokenMissing(Problem):
    """Nobody said who is calling."""

    status = 401
    code = "token-missing"
    zh = "请先登录:请求没有带令牌"
    en = "sign in first: the request has no token"
    remedy_zh = "请登录后重试(请求头 Authorization: Bearer <令牌>)"
    remedy_en = "sign in and send the header Authorization: Bearer <token>"
    headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": 'Bearer realm="guihua"'}


class TokenExpired(Problem):
    """The token was good once."""

    status = 401
    code = "token-expired"
    zh = "登录已过期"
    en = "the sign-in has expired"
    remedy_zh = "请重新登录"
    remedy_en = "sign in again"
    headers: ClassVar[Mapping[str, str]] = _challenge("the token expired")


class TokenNotYetValid(Problem):
    """The token will be good later, or the issuer's clock is ahead of ours."""

    status = 401
    code = "token-not-yet-valid"
    zh = "令牌尚未生效"
    en = "the token is not valid yet"
    remedy_zh = "请稍后重新登录;如仍出现,请联系系统管理员核对登录系统与本系统的时钟"
    remedy_en = "sign in again later; if it happens again, have the operator compare the clocks of sign-in and system"
    headers: ClassVar[Mapping[str, str]] = _challenge("the token is not valid yet")


class TokenForeign(Problem):
    """The token is genuine but from, or for, somebody else."""

    status = 401
    code = "token-foreign"
    zh = "令牌不是由本系统认可的签发者签发,或不是签发给本系统的"
    en = "the token is from another issuer, or for another system"
    remedy_zh = "请从本系统的登录入口重新登录"
    remedy_en = "sign in through this system"
    headers: ClassVar[Mapping[str, str]] = _challenge("wrong issuer or audience")


class TokenForged(Problem):
    """The signature is not the issuer's."""

    status = 401
    code = "token-forged"
    zh = "令牌的签名无效"
    en = "the token's signature is not valid"
    remedy_zh = "请重新登录"
    remedy_en = "sign in again"
    headers: ClassVar[Mapping[str, str]] = _challenge("bad signature")


class TokenMalformed(Problem):
    """What was sent is no token of ours."""

    status = 401
    code = "token-malformed"
    zh = "令牌格式不正确或内容不全"
    en = "the token is malformed or incomplete"
    remedy_zh = "请重新登录"
    remedy_en = "sign in again"
    headers: ClassVar[Mapping[str, str]] = _challenge("malformed token")


class NotAllowed(Problem):
    """We know who calls; they may not do this."""

    status = 403
    code = "not-allowed"
    zh = "您的岗位角色没有“{permission_zh}”权限"
    en = "your roles do not allow {permission}"
    remedy_zh = "如工作需要,请联系名册管理员调整角色"
    remedy_en = "ask the registrar if your work needs it"


REFUSALS: Final = (
    TokenMissing,
    TokenExpired,
    TokenNotYetValid,
    TokenForeign,
    TokenForged,
    TokenMalformed,
    NotAllowed,
)
"""What every guarded route can answer."""
