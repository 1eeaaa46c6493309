"""The pages of supervision."""

from services.console.pages.board import alerts, assessments, bulletins, lights, matters, notices, rules

ROUTERS = (
    lights.router,
    alerts.router,
    matters.router,
    notices.router,
    bulletins.router,
    assessments.router,
    rules.router,
)
