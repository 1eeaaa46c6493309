"""Why a migration is refused."""

from services.kernel.problem import Problem


class MigrationNotFound(Problem):
    """No such migration."""

    status = 404
    code = "migration-not-found"
    zh = "没有迁移 {migration_id}"
    en = "there is no migration {migration_id}"
    remedy_zh = "请刷新迁移列表"
    remedy_en = "load the list of migrations again"


class MappingInvalid(Problem):
    """The mapping names elements that the versions do not have."""

    status = 422
    code = "mapping-invalid"
    zh = "元素对应表有 {count} 处错误"
    en = "the mapping of elements has {count} errors"
    remedy_zh = "请按 errors 更正：左边是旧版本的元素，右边是新版本的元素"
    remedy_en = "correct what errors lists: on the left elements of the old version, on the right of the new"


class MigrationUnderWay(Problem):
    """One migration of a process at a time."""

    status = 409
    code = "migration-under-way"
    zh = "流程 {process_key} 正在迁移（{migration_id}）"
    en = "the cases of {process_key} are being migrated already ({migration_id})"
    remedy_zh = "请等待其结束，或先暂停并撤回"
    remedy_en = "wait until it is done, or pause it and take it back"


class BureauWideOnly(Problem):
    """A migration moves the cases of the whole bureau: nobody decides on it who sees but a part of them."""

    status = 403
    code = "bureau-wide-only"
    zh = "迁移涉及全局所有案件，您只能查看本乡镇（街道）的案件"
    en = "a migration concerns the cases of the whole bureau; you see those of your township alone"
    remedy_zh = "请由市局信息中心办理"
    remedy_en = "let the bureau's IT do it"


class NotThatStatus(Problem):
    """The migration is not where this could be done."""

    status = 409
    code = "migration-status"
    zh = "迁移 {migration_id} 处于“{state}”，不能{what_zh}"
    en = "the migration {migration_id} is {state}: it cannot be {what}"
    remedy_zh = "请刷新迁移状态"
    remedy_en = "load the migration again"
