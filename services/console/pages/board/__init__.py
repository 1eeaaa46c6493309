"""The pages of supervision."""

from services.console.pages.board import (
    alerts,
    assessments,
    bulletins,
    entering,
    lights,
    matters,
    notices,
    rules,
    settings,
)

ROUTERS = (
    lights.router,
    alerts.router,
    entering.router,
    matters.router,
    notices.router,
    bulletins.router,
    assessments.router,
    rules.router,
    settings.router,
)
