"""The supervision office over HTTP."""

from fastapi import APIRouter

from services.supervision.api import (
    alerts,
    assessments,
    bulletins,
    catalogues,
    lights,
    matters,
    notices,
    projects,
    records,
    rules,
    statistics,
)

ROUTERS: tuple[APIRouter, ...] = (
    records.router,
    lights.router,
    alerts.router,
    assessments.router,
    matters.router,
    notices.router,
    bulletins.router,
    catalogues.router,
    rules.router,
    projects.router,
    statistics.router,
)
