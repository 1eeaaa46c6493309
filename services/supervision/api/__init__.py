"""The supervision office over HTTP."""

from fastapi import APIRouter

from services.supervision.api import bulletins, lights, matters, rules

ROUTERS: tuple[APIRouter, ...] = (lights.router, matters.router, bulletins.router, rules.router)
