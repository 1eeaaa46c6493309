"""What `make run` says when everything is up."""

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table

from services.local.layout import SERVICES, Layout

_NAMES = {
    "registry": "名册 registry",
    "workflow": "流程 workflow",
    "intake": "窗口 intake",
    "supervision": "督查 supervision",
    "notify": "消息 notify",
    "console": "界面 console",
}
_ACCOUNTS = (
    ("u.window", "接件窗口", "receiving window"),
    ("u.accept", "受理", "acceptance"),
    ("u.handler.d06", "经办（建筑科）", "case handler, building works"),
    ("u.chief.d06", "科长", "section chief"),
    ("u.leader", "分管领导", "leader in charge"),
    ("u.head", "局长", "bureau head"),
    ("u.supervisor", "督查专员", "supervision commissioner"),
    ("u.it", "流程管理员", "IT staff"),
    ("u.town.window", "乡镇窗口", "township window"),
)


def welcome(layout: Layout, *, seconds: float) -> RenderableType:
    """Addresses, accounts, and what to try next."""
    places = Table(box=None, padding=(0, 2))
    for name in SERVICES:
        places.add_row(_NAMES[name], f"{layout.url(name)}/openapi.json")
    places.add_row("演示信箱 postbox", layout.url("postbox"))
    password = layout.demo_password
    screens = f"界面 / screens: {layout.url('console')}    密码 / password of all accounts: {password}"
    accounts = Table(box=None, padding=(0, 2))
    for code, zh, en in _ACCOUNTS:
        accounts.add_row(code, zh, en)
    next_steps = (
        "下一步 / next, in another terminal:\n"
        "  make demo                                  演示案例并核对每个日期 / play the stories, compare every date\n"
        "  .venv/bin/guihua token u.window            取得访问令牌 / a bearer token for an account\n"
        "  .venv/bin/guihua lint bpmn/*               检查流程 / check the processes\n"
        "  .venv/bin/guihua due 2026-09-17 --workdays 20\n"
        f"数据目录 / data: {layout.var}    Ctrl-C 停止 / stops"
    )
    title = f"规划 Guihua 已就绪 / ready in {seconds:.1f} s"
    return Panel(
        Group(screens, "", places, "", "演示账号 / accounts", accounts, "", next_steps), title=title, expand=False
    )
