"""A service, declared in one place: what it serves, hears, does by itself, and owes."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Generic, TypeVar

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.routing import APIRoute

from services.contracts.events import Said
from services.kernel import problem
from services.kernel.app.bodies import CleanRequests
from services.kernel.app.edge import QUIET_PATHS, Edge, bind_case
from services.kernel.app.kernel import Kernel
from services.kernel.app.routes import operations
from services.kernel.app.tickers import Ticker
from services.kernel.audits import AuditLine, Wanted
from services.kernel.bus import Handler
from services.kernel.identity import REFUSALS
from services.kernel.settings import Settings
from services.kernel.telemetry import Metrics

D = TypeVar("D")


@dataclass(frozen=True)  # no slots: a generic frozen class with slots cannot be built as `X[D](…)` (Python 3.11)
class Service(Generic[D]):
    """Everything the kernel needs to know to run a service.

    `deps` builds what the handlers work with; `close` lets go of it. `hears` is the index of events to handlers.
    `backlog` are the sweeper's lines: what is counted there should be none, and never for long. `side_by_side` says
    whether this is one of several processes, which share what the service hears (ADR 0015). `shows` makes a page of a
    refusal for a browser that asks for one. `files_at` gives the limit of a body at a path that takes files, beyond
    what JSON may have. `audits` gives what is kept of people's acts besides the journal, such as who read what.
    """

    name: str
    settings: type[Settings]
    deps: Callable[[Kernel], Awaitable[D]]
    routers: Sequence[APIRouter] = ()
    hears: Mapping[type[Said], Handler[D]] = field(default_factory=dict)
    tickers: Sequence[Ticker[D]] = ()
    backlog: Mapping[str, Callable[[D], Awaitable[int]]] = field(default_factory=dict)
    close: Callable[[D], Awaitable[None]] | None = None
    side_by_side: Callable[[Settings], bool] = lambda _: False
    shows: Callable[[Request, problem.Problem], Response] | None = None
    files_at: Callable[[Settings, str], int | None] = lambda _, __: None
    audits: Callable[[D, Wanted], Awaitable[Sequence[AuditLine]]] | None = None

    @property
    def routes(self) -> list[APIRoute]:
        """Everything that is served, the kernel's own operations too."""
        served = [route for router in (*self.routers, operations) for route in router.routes]
        return [route for route in served if isinstance(route, APIRoute)]

    def create_app(self, kernel: Kernel | None = None, deps: D | None = None) -> FastAPI:
        """The HTTP side. Without a kernel it can only write its OpenAPI document, and needs no network for that."""
        app = FastAPI(
            title=f"Guihua {self.name}",
            version=_version(),
            docs_url=None,
            redoc_url=None,
            redirect_slashes=False,
            dependencies=[Depends(bind_case)],
            telemetry={"metrics": False, "logs": False, "operation_spans": False, "exclude": _is_quiet},
        )
        app.state.kernel, app.state.deps, app.state.backlog = kernel, deps, self.backlog
        app.state.shows, app.state.audits = self.shows, self.audits
        problem.install(app)
        for router in (*self.routers, operations):
            app.include_router(router)
        files_at = partial(self.files_at, kernel.settings) if kernel else lambda _: None
        app.add_middleware(CleanRequests, limit=_body_limit(self.settings, kernel), files_at=files_at)
        app.add_middleware(Edge, metrics=kernel.metrics if kernel else Metrics())
        app.openapi = problem.documented(app, guarded=REFUSALS)  # type: ignore[method-assign]  # FastAPI's own way
        return app


async def deps_of(request: Request) -> Any:  # noqa: ANN401 - each service names its own type where it asks
    """The service's own tools: `deps: Annotated[Deps, Depends(deps_of)]`.

    Asynchronous although it waits for nothing: FastAPI would send a plain function to a thread, for each request.
    """
    return request.app.state.deps


def _body_limit(settings: type[Settings], kernel: Kernel | None) -> int:
    limit: int = kernel.settings.body_limit if kernel else settings.model_fields["body_limit"].default
    return limit


def _is_quiet(scope: Mapping[str, Any]) -> bool:
    return scope.get("path") in QUIET_PATHS


def _version() -> str:
    try:
        return version("guihua")
    except PackageNotFoundError:  # run from a folder that was not installed
        return "0"
