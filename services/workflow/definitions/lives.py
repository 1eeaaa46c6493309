"""The life of a version: activated, tried out on some new cases, rolled back to, retired. Running cases keep theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from services.contracts.events import Said
from services.contracts.workflow import DefinitionActivated, DefinitionRetired
from services.kernel.problem import Problem
from services.workflow.definitions.models import Canary, Change, ChangeKind, Definition, Version
from services.workflow.definitions.versions import DefinitionNotFound


class NeverActive(Problem):
    """A rollback goes to a version that has carried cases before."""

    status = 409
    code = "version-never-active"
    zh = "流程 {process_key} 第 {version} 版从未启用过，不能回退到它"
    en = "version {version} of {process_key} was never active; there is nothing to roll back to"
    remedy_zh = "请改用“启用”，启用前会运行其走查"
    remedy_en = "activate it instead: its walks are played first"


class NothingActive(Problem):
    """No version is active."""

    status = 409
    code = "no-active-version"
    zh = "流程 {process_key} 没有启用的版本"
    en = "no version of {process_key} is active"
    remedy_zh = "请先启用一个版本"
    remedy_en = "activate a version first"


class CanaryItemDiffers(Problem):
    """The window promises one set of papers and limits for an item; two versions at once must agree on them."""

    status = 409
    code = "canary-item-differs"
    zh = "第 {version} 版的事项内容（材料、时限、依据）与启用的第 {active} 版不同，不能灰度：窗口只能告知一套材料和承诺"
    en = "version {version} states another item (papers, limits, basis) than the active version {active}"
    remedy_zh = "请直接启用新版本，或让两版的 item.toml 对外内容一致后再灰度"
    remedy_en = "activate it outright, or let item.toml say the same in both versions"


class CanaryIsActive(Problem):
    """The version is what all new cases follow already."""

    status = 409
    code = "canary-is-active"
    zh = "第 {version} 版已经是启用的版本"
    en = "version {version} is the active one already"
    remedy_zh = "请选择另一个版本灰度"
    remedy_en = "choose another version for the canary"


class NoCanary(Problem):
    """There is no canary to end."""

    status = 409
    code = "no-canary"
    zh = "流程 {process_key} 没有灰度中的版本"
    en = "{process_key} has no canary"
    remedy_zh = "请刷新流程页面"
    remedy_en = "load the process again"


@dataclass(frozen=True, slots=True)
class By:
    """Who does it, when and why."""

    person: str
    at: datetime
    reason: str = ""


class Lived(NamedTuple):
    """A process as it is afterwards, and what was said."""

    definition: Definition
    said: Sequence[Said] = ()


def activated(definition: Definition, number: int, by: By) -> Lived:
    """New cases follow this version from now on, and no canary; again changes nothing. Raises `DefinitionNotFound`."""
    version = version_of(definition, number)
    if definition.active == number:
        return Lived(definition)
    return _followed(definition, version, by, ChangeKind.ACTIVATED)


def rolled_back(definition: Definition, number: int, by: By) -> Lived:
    """New cases follow a version again that they followed before. Raises `DefinitionNotFound`, `NeverActive`."""
    version = version_of(definition, number)
    if definition.active == number:
        return Lived(definition)
    if not definition.was_active(number):
        raise NeverActive(process_key=definition.process_key, version=number)
    return _followed(definition, version, by, ChangeKind.ROLLED_BACK)


def retired(definition: Definition, by: By) -> Lived:
    """No new case follows the process any more; running ones go on. Again changes nothing."""
    version = definition.active_version
    if version is None:
        return Lived(definition)
    said = DefinitionRetired(
        process_key=definition.process_key,
        version=version.version,
        item_code=definition.item_code,
        retired_at=by.at,
        retired_by=by.person,
        reason=by.reason,
    )
    without = definition.model_copy(update={"active": None, "canary": None})
    return Lived(without.noting(_change(definition, ChangeKind.RETIRED, None, by)), (said,))


def canary_set(definition: Definition, canary: Canary, by: By) -> Lived:
    """Let a share of new cases follow another version, or change that share.

    Raises `DefinitionNotFound`, `NothingActive`, `CanaryIsActive`, `CanaryItemDiffers`.
    """
    version, active = version_of(definition, canary.version), definition.active_version
    if active is None:
        raise NothingActive(process_key=definition.process_key)
    if active.version == canary.version:
        raise CanaryIsActive(version=canary.version)
    if (version.item, version.starts.at_window) != (active.item, active.starts.at_window):
        raise CanaryItemDiffers(version=canary.version, active=active.version)
    change = _change(definition, ChangeKind.CANARY_SET, canary.version, by)
    noted = change.model_copy(update={"share": canary.share, "departments": canary.departments})
    return Lived(definition.model_copy(update={"canary": canary}).noting(noted))


def canary_ended(definition: Definition, by: By) -> Lived:
    """All new cases follow the active version again. Raises `NoCanary`."""
    canary = definition.canary
    if canary is None:
        raise NoCanary(process_key=definition.process_key)
    without = definition.model_copy(update={"canary": None})
    return Lived(without.noting(_change(definition, ChangeKind.CANARY_ENDED, canary.version, by)))


def version_of(definition: Definition, number: int) -> Version:
    """The version of a number. Raises `DefinitionNotFound`."""
    version = definition.version(number)
    if version is None:
        raise DefinitionNotFound(what=f"{definition.process_key} v{number}")
    return version


def _followed(definition: Definition, version: Version, by: By, kind: ChangeKind) -> Lived:
    said = DefinitionActivated(
        process_key=definition.process_key,
        version=version.version,
        sha256=version.sha256,
        activated_at=by.at,
        activated_by=by.person,
        item=version.item,
        at_window=version.starts.at_window,
    )
    after = definition.model_copy(update={"active": version.version, "canary": None})
    return Lived(after.noting(_change(definition, kind, version.version, by)), (said,))


def _change(definition: Definition, kind: ChangeKind, version: int | None, by: By) -> Change:
    return Change(kind=kind, version=version, was=definition.active, reason=by.reason, by=by.person, at=by.at)
