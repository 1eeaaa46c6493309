"""Versions of a process: deploying adds one. A version never changes, and running cases keep theirs."""

from collections.abc import Sequence
from datetime import datetime

from services.kernel.problem import FieldError, Problem
from services.workflow.definitions.items import ItemFile
from services.workflow.definitions.models import Definition, Version
from services.workflow.definitions.starts import Starts
from services.workflow.engine.models import Finding, Severity


class DefinitionRefused(Problem):
    """The files would not make a process that runs and keeps the law; every finding is named."""

    status = 422
    code = "definition-refused"
    zh = "流程定义有 {count} 处错误，未发布"
    en = "the definition has {count} errors and was not deployed"
    remedy_zh = "请按 errors 中的元素和办法逐项更正；发布前可用 guihua lint 检查"
    remedy_en = "correct each element listed in errors; guihua lint checks before you deploy"


class DefinitionNotFound(Problem):
    """No process of this key, no such version, or no such file in it."""

    status = 404
    code = "definition-not-found"
    zh = "没有流程定义 {what}"
    en = "there is no definition {what}"
    remedy_zh = "请核对流程代码和版本号"
    remedy_en = "check the key and the version"


class ItemTaken(Problem):
    """Another process serves the item already."""

    status = 409
    code = "item-taken"
    zh = "事项 {item_code} 已由流程 {process_key} 办理"
    en = "the item {item_code} is served by the process {process_key} already"
    remedy_zh = "请更新该流程，或为新流程使用另一个事项代码"
    remedy_en = "deploy a new version of that process, or use another item code"


def refuse_errors(findings: Sequence[Finding]) -> None:
    """Raise `DefinitionRefused` with every error among the findings; warnings do not forbid deployment."""
    errors = [
        FieldError(
            where="#".join(part for part in (finding.file, finding.element) if part) or "bundle",
            zh=f"[{finding.rule}] {finding.zh}。{finding.remedy_zh}",
            en=f"[{finding.rule}] {finding.en}. {finding.remedy_en}",
        )
        for finding in findings
        if finding.severity is Severity.ERROR
    ]
    if errors:
        raise DefinitionRefused(count=len(errors), errors=errors)


def deployed(
    definition: Definition, *, item: ItemFile, sha256: str, files: int, starts: Starts, at: datetime, by: str
) -> Definition:
    """The process with these files as its newest version; files it has already keep their version."""
    if definition.version_of(sha256) is not None:
        return definition
    version = Version(
        version=len(definition.versions) + 1,
        sha256=sha256,
        files=files,
        deployed_at=at,
        deployed_by=by,
        item=item.item(),
        starts=starts,
    )
    return definition.model_copy(update={"versions": (*definition.versions, version), "item_code": item.code})
