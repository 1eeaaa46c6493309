"""The pages, one module for each group."""

from services.console.pages import accounts, files, home, signing

ROUTERS = (files.router, signing.router, accounts.router, home.router)
"""Everything the console serves."""
