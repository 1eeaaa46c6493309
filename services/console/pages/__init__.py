"""The pages, one module for each group."""

from services.console.pages import (
    account,
    accounts,
    board,
    desk,
    files,
    home,
    ops,
    provider,
    public,
    signing,
    studio,
    studio_compare,
    studio_drafts,
    studio_import,
    studio_migrations,
    studio_versions,
    tasks,
    work,
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
    *ops.ROUTERS,
    tasks.router,
    work.router,
    studio_migrations.router,
    studio_import.router,
    studio.router,
    studio_drafts.router,
    studio_compare.router,
    studio_versions.router,
)
"""Everything the console serves."""
