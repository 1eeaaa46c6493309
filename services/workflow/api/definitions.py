"""Definitions over HTTP: lint, deploy, activate, read."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response, status
from pydantic import Field, ValidationError

from services.kernel.problem import InvalidRequest, problems
from services.kernel.problem.validation import field_errors
from services.kernel.requests import Number, Reason
from services.kernel.requests import Request as Entry
from services.kernel.store import Conflict
from services.workflow import activations, deploys, mendings
from services.workflow.activations import MessageStartTaken
from services.workflow.api.common import Deployer, FilePath, ProcessKey, Viewer, With
from services.workflow.definitions.alarms import AlarmUnreckonable
from services.workflow.definitions.files import BundleRefused, unpacked
from services.workflow.definitions.versions import DefinitionNotFound, DefinitionRefused, ItemTaken
from services.workflow.definitions.walks import WalksFailed
from services.workflow.views import definitions as views

router = APIRouter(tags=["definitions"])

_ZIP: Final = "application/zip"
_TEXT: Final = {
    ".bpmn": "application/xml",
    ".dmn": "application/xml",
    ".json": "application/json",
    ".toml": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}


class FilesEntry(Entry, frozen=True):
    """The files of a definition as texts, by path in its folder."""

    files: Annotated[dict[str, str], Field(min_length=1, max_length=500)]


class NoteEntry(Entry, frozen=True):
    """What was changed, and why."""

    reason: Reason


_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": FilesEntry.model_json_schema()},
            _ZIP: {"schema": {"type": "string", "format": "binary"}},
        },
    },
}


@router.post(
    "/definitions",
    openapi_extra=_BODY,
    responses={
        201: {"model": views.DeployedView},
        **problems(
            BundleRefused, DefinitionRefused, ItemTaken, WalksFailed, MessageStartTaken, AlarmUnreckonable, Conflict
        ),
    },
)
async def deploy(
    deps: With,
    who: Deployer,
    request: Request,
    response: Response,
    *,
    activate: Annotated[bool, Query(description="let new cases follow this version at once")] = False,
) -> views.DeployedView:
    """Deploy a process folder, as JSON or as a ZIP archive. The same bytes again are the same version."""
    files = await _files(request)
    deployed = await deploys.deploy(deps, files, who=who, activate=activate)
    response.status_code = status.HTTP_201_CREATED if deployed.created else status.HTTP_200_OK
    return deployed


@router.post("/lint", openapi_extra=_BODY, responses=problems(BundleRefused))
async def lint(
    deps: With,
    who: Viewer,
    request: Request,
    *,
    fix: Annotated[bool, Query(description="translate and mend what needs no decision, and give the files")] = False,
) -> views.LintView:
    """Everything that is wrong with a process folder, errors first, with what mends itself; nothing is stored."""
    del who
    files = await _files(request)
    return views.lint_view(await (mendings.mended if fix else mendings.looked_at)(deps, files))


@router.get("/definitions")
async def list_definitions(deps: With, who: Viewer) -> list[views.DefinitionView]:
    """All processes with their versions, by key."""
    del who
    return [views.definition_view(definition) for definition in await activations.all_definitions(deps)]


@router.get("/definitions/{key}", responses=problems(DefinitionNotFound))
async def show_definition(deps: With, who: Viewer, key: ProcessKey) -> views.DefinitionView:
    """One process with its versions."""
    del who
    return views.definition_view(await activations.definition_of(deps, key))


@router.get("/definitions/{key}/versions/{number}", responses=problems(DefinitionNotFound))
async def show_version(deps: With, who: Viewer, key: ProcessKey, number: Number) -> views.VersionDetail:
    """One version with its item and the names of its files."""
    del who
    definition, version, bundle = await activations.version_of(deps, key, number)
    line = views.version_view(definition, version)
    return views.VersionDetail(**line.model_dump(), key=key, item=version.item, paths=list(bundle.contents))


@router.get(
    "/definitions/{key}/versions/{number}/files/{path:path}",
    response_class=Response,
    responses={200: {"content": {"*/*": {}}}, **problems(DefinitionNotFound)},
)
async def show_file(deps: With, who: Viewer, key: ProcessKey, number: Number, path: FilePath) -> Response:
    """One file of a version, byte for byte."""
    del who
    _, _, bundle = await activations.version_of(deps, key, number)
    content = bundle.contents.get(path)
    if content is None:
        raise DefinitionNotFound(what=f"{key} v{number} {path}")
    kind = next((kind for suffix, kind in _TEXT.items() if path.endswith(suffix)), "application/octet-stream")
    return Response(content, media_type=kind)


@router.post(
    "/definitions/{key}/versions/{number}/activate",
    responses=problems(DefinitionNotFound, WalksFailed, MessageStartTaken, AlarmUnreckonable, Conflict),
)
async def activate_version(
    deps: With, who: Deployer, key: ProcessKey, number: Number, entry: NoteEntry | None = None
) -> views.DefinitionView:
    """Let new cases follow this version, once its walks end as they say; running cases keep theirs.

    What is said in `reason` is kept among the changes of the process.
    """
    reason = entry.reason if entry else ""
    return views.definition_view(await activations.activate(deps, key, number, who=who, reason=reason))


async def _files(request: Request) -> dict[str, bytes]:
    """The files in a request: an archive, or JSON with texts. Raises BundleRefused, InvalidRequest."""
    body = await request.body()
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() == _ZIP:
        return unpacked(body)
    try:
        entry = FilesEntry.model_validate_json(body)
    except ValidationError as error:
        errors = field_errors([{**finding, "loc": ("body", *finding["loc"])} for finding in error.errors()])
        raise InvalidRequest(count=len(errors), errors=errors) from None
    return {path: text.encode("utf-8") for path, text in entry.files.items()}
