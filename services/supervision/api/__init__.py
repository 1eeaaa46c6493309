"""The supervision office over HTTP."""

from fastapi import APIRouter

from services.supervision.api import bulletins, lights, matters, projects, records, rules, statistics

ROUTERS: tuple[APIRouter, ...] = (records.router, lights.router, matters.router, bulletins.router, rules.router, projects.router, statistics.router)
