"""The link to rate a case, given at delivery as a QR code: a sealed case number that nobody can make up."""

import base64
import binascii

from services.kernel.problem import Problem
from services.kernel.seals import SealBroken, Seals

_PLACE = "rating-link"


class RatingLinkUnknown(Problem):
    """Not a link that we gave."""

    status = 404
    code = "rating-link-unknown"
    zh = "评价链接无效"
    en = "this is no link for rating"
    remedy_zh = "请重新扫描送达时出示的二维码，或凭案件编号和查询密码评价"
    remedy_en = "scan the code shown at delivery again, or rate with case number and query password"


def token_of(case_no: str, *, seals: Seals) -> str:
    """What the link ends in."""
    return base64.urlsafe_b64encode(seals.seal(case_no, place=_PLACE).encode()).decode().rstrip("=")


def case_no_of(token: str, *, seals: Seals) -> str:
    """Whose link it is; raises `RatingLinkUnknown`."""
    try:
        sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True).decode("ascii")
        return seals.open(sealed, place=_PLACE)
    except (binascii.Error, SealBroken, ValueError):
        raise RatingLinkUnknown from None
