"""The templates in force."""

from fastapi import APIRouter

from services.notify.api.common import Here, Reader
from services.notify.templates import Template

router = APIRouter()


@router.get("/templates", summary="消息模板")
async def list_templates(deps: Here, _who: Reader) -> tuple[Template, ...]:
    """The templates in force."""
    return deps.templates
