"""The pages of supervision."""

from services.console.pages.board import bulletins, lights, matters, notices, rules

ROUTERS = (lights.router, matters.router, notices.router, bulletins.router, rules.router)
