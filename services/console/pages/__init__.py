"""The pages, one module for each group."""

from services.console.pages import (
    account,
    accounts,
    board,
    desk,
    files,
    home,
    provider,
    public,
    signing,
    studio,
    studio_drafts,
    studio_versions,
    tasks,
)

ROUTERS = (
    files.router,
    signing.router,
    provider.router,
    account.router,
    accounts.router,
    home.router,
    public.router,
    *desk.ROUTERS,
    *board.ROUTERS,
    tasks.router,
    studio.router,
    studio_drafts.router,
    studio_versions.router,
)
"""Everything the console serves."""
