"""Is this paper ours (P6): by its QR code, by number and check characters, or by the PDF itself. For everybody."""

import hashlib
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Response

from services.console.backends import Refused
from services.console.pages.papers import chosen_files, parts
from services.console.pages.routes import PageRoute
from services.console.visits import Anybody, Visit

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

LARGEST: Final = 2_000_000
"""Bytes of a file that is checked: the papers that we issue have less than a tenth of that."""

_KEPT: Final = frozenset({404, 422, 423, 429})
_PDF: Final = b"%PDF-"


@router.get("/verify")
async def ask(visit: Anybody) -> Response:
    """The two forms: number and check characters, or the file."""
    return _page(visit)


@router.post("/verify")
async def check(visit: Anybody) -> Response:
    """What the number or the file stands for. Of a file only its digest goes on, and nothing is kept."""
    form = await visit.request.form()
    files = chosen_files(form.getlist("file"))
    number, characters = str(form.get("number", "")).strip(), str(form.get("check", "")).strip()
    if files:
        sha256, is_pdf, size = await _digest(parts(files[0]))
        if size > LARGEST:
            said = _said(visit, "文件超过 2 MB", "本机关发出的证书和文书都比这小得多")
            return _page(visit, refusal=said, status=413)
        if not is_pdf:
            return _page(visit, refusal=_said(visit, "这不是 PDF 文件", "请选择证书或文书的 PDF 文件"), status=422)
        return await _checked(visit, "/public/certificate-checks", {"sha256": sha256})
    if not number or not characters:
        said = _said(visit, "请填写证书编号和校验码，或者选择 PDF 文件", "校验码印在证书二维码下面")
        return _page(visit, refusal=said, number=number, status=422)
    return await _checked(visit, "/public/certificate-checks", {"number": number, "check": characters}, number=number)


@router.get("/verify/{token}")
async def check_code(visit: Anybody, token: Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]) -> Response:
    """What a QR code stands for."""
    return await _checked(visit, f"/public/certificates/{token}", None)


async def _checked(visit: Visit, path: str, entry: dict[str, str] | None, *, number: str = "") -> Response:
    try:
        if entry is None:
            found = await visit.api.get("intake", path)
        else:
            found = await visit.api.post("intake", path, entry)
    except Refused as refused:
        if refused.status not in _KEPT:
            raise
        return _page(visit, refusal=refused.problem, number=number, status=refused.status)
    return _page(visit, found=found)


async def _digest(pieces: AsyncIterator[bytes]) -> tuple[str, bool, int]:
    """The digest, whether it begins as a PDF, and how large it is: looked at no further than to the limit."""
    hashed, start, size = hashlib.sha256(), b"", 0
    async for piece in pieces:
        start, size = start or piece[: len(_PDF)], size + len(piece)
        hashed.update(piece)
        if size > LARGEST:
            break
    return hashed.hexdigest(), start == _PDF, size


def _said(visit: Visit, detail: str, remedy: str) -> dict[str, str]:
    return {"detail": visit.say(detail), "remedy": visit.say(remedy)}


def _page(
    visit: Visit,
    *,
    found: dict[str, Any] | None = None,
    refusal: Any = None,  # noqa: ANN401 - a problem document
    number: str = "",
    status: int = 200,
) -> Response:
    answer = visit.page("verify/verify.html", status=status, found=found, refusal=refusal, number=number)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
