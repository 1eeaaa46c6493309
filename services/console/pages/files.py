"""Static files, and the news that open pages listen to."""

from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from services.console.assets import assets
from services.console.pages.routes import PageRoute
from services.console.visits import SignedIn
from services.kernel.problem import NoSuchAddress

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

_FOR_EVER: Final = "public, max-age=31536000, immutable"
_FOR_NOW: Final = "public, max-age=300"


@router.get("/static/{name:path}")
async def static(request: Request, name: str, v: str = "") -> Response:
    """A file under `static/`; with its version in the address it is kept by browsers for ever."""
    asset = assets().get(name)
    if asset is None:
        raise NoSuchAddress
    headers = {"Cache-Control": _FOR_EVER if v == asset.version else _FOR_NOW, "ETag": f'"{asset.version}"'}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    if asset.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return Response(asset.packed, media_type=asset.media_type, headers=headers)
    return Response(asset.content, media_type=asset.media_type, headers=headers)


@router.get("/live")
async def live(visit: SignedIn) -> StreamingResponse:
    """Server-sent events: `moved` whenever a light or a task changed."""
    return StreamingResponse(visit.deps.live.news(), media_type="text/event-stream")
