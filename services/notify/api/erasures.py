"""What is deleted of old messages: asked beforehand, and how much of it was done."""

from fastapi import APIRouter

from services.notify.api.common import Here, Reader
from services.notify.erasures import Erasable, erasable

router = APIRouter()


@router.get("/erasures", summary="到期删除预览")
async def preview_erasures(deps: Here, _who: Reader) -> Erasable:
    """What the next run would delete of texts and addresses. Asking deletes nothing."""
    return await erasable(deps)
