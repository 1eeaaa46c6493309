"""The pages, one module for each group."""

from services.console.pages import account, accounts, board, desk, files, home, provider, signing, tasks

ROUTERS = (
    files.router,
    signing.router,
    provider.router,
    account.router,
    accounts.router,
    home.router,
    *desk.ROUTERS,
    board.router,
    tasks.router,
)
"""Everything the console serves."""
