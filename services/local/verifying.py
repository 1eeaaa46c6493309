"""`guihua verify-case`: whether an exported case file is as it was exported; needs no server."""

from pathlib import Path
from typing import Final

from rich.console import Console

from services.kernel.identity.keys import public_key
from services.workflow.history.files import FileVerdict, file_verdict

_WHOLE, _BROKEN, _UNUSABLE = 0, 1, 2
_MOST: Final = 20


def verify_case(file: Path, *, key: Path | None, as_json: bool) -> int:
    """Print the verdict. 0 whole, 1 changed or not signed by `key`, 2 when a file cannot be read."""
    console = Console(highlight=False, markup=False, soft_wrap=True)
    try:
        found = file_verdict(file.read_bytes(), key=public_key(key) if key else None)
    except (OSError, ValueError) as error:
        Console(stderr=True, markup=False, soft_wrap=True).print(f"无法读取 / cannot be read: {error}", style="red")
        return _UNUSABLE
    if as_json:
        console.out(found.model_dump_json())
    else:
        _tell(console, file, found)
    return _WHOLE if found.whole else _BROKEN


def _tell(console: Console, file: Path, found: FileVerdict) -> None:
    if found.whole:
        console.print(f"{file}: 完整，未被改动 / whole and unchanged（{found.case_no}）", style="green")
    else:
        console.print(f"{file}: 未通过校验 / not as it was exported", style="red")
    if found.chain is not None:
        chain = found.chain
        console.print(f"历史 / history: {chain.lines} 行 / lines，链尾 / ends with {chain.head[:16]}")
        if chain.unchained:
            console.print(f"其中 {chain.unchained} 行早于记链 / of these were said before the chain began")
    if found.papers:
        console.print(f"文书 / papers: 签发 {found.papers} 份 / issued，档案中 {found.papers_here} 份 / in the file")
    if found.withheld:
        console.print("按导出人权限隐去部分内容 / parts are withheld, as its exporter may not see them")
    signer = found.signed or "无 / nobody"
    console.print(f"签名 / signed by: {signer}")
    breaks = [(each.zh, each.en) for each in (found.chain.breaks if found.chain else [])]
    for zh, en in [*found.faults, *breaks][:_MOST]:
        console.print(f"  {zh} / {en}", style="red")
