"""Why a server cannot run here: what is wrong, where, and what to do, in both languages."""

import platform
from pathlib import Path


class ServerFault(Exception):
    """A server cannot run here; the text is for the person who started it."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh}\n{en}")


def port_in_use(port: int, name: str) -> ServerFault:
    """Somebody else listens there."""
    return ServerFault(
        f"端口 {port}（{name}）已被占用。请停止占用它的程序，或换一个端口",
        f"port {port} ({name}) is in use; stop the program that uses it, or choose another port",
    )


def folder_in_use(name: str, folder: Path) -> ServerFault:
    """Another server has the data."""
    return ServerFault(
        f"数据目录 {folder} 正被另一个 {name} 使用。请先停止它，或换一个目录",
        f"the folder {folder} is in use by another {name}; stop it, or use another folder",
    )


def disk_full(folder: Path, needed_bytes: int) -> ServerFault:
    """No room for the data."""
    needed = f"{needed_bytes // 1024**2} MB"
    return ServerFault(
        f"磁盘空间不足：{folder} 至少需要 {needed}。请清理磁盘或换一个目录",
        f"the disk is full: {folder} needs at least {needed}; free some space or use another folder",
    )


def library_missing(name: str) -> ServerFault:
    """The one library that a bare Debian lacks."""
    return ServerFault(
        f"{name} 缺少系统库 libcurl4，无法启动。请执行：sudo apt-get install -y libcurl4",
        f"{name} cannot start without the system library libcurl4; run: sudo apt-get install -y libcurl4",
    )


def unsupported(program: str) -> ServerFault:
    """No program for this machine."""
    here = f"{platform.system()} {platform.machine()}"
    return ServerFault(
        f"本机（{here}）没有可用的 {program}。请把它放入 PATH，或用 GUIHUA_MONGO_URL、GUIHUA_NATS_URL 指定已有的服务器",
        f"no {program} for this machine ({here}); put one on PATH, or set GUIHUA_MONGO_URL and GUIHUA_NATS_URL",
    )


def not_started(name: str, code: int | None, log: Path) -> ServerFault:
    """Anything else. `code` None: it ran, but did not answer in time."""
    return ServerFault(
        f"{name} 启动失败（退出码 {code}），原因见 {log}",
        f"{name} did not start (exit code {code}); the reason is in {log}",
    )
