"""`guihua run --reset`: forget all data of a folder, unless a running system works with them."""

import fcntl
import shutil
from pathlib import Path

from services.local.server_faults import folder_in_use

_WHO = "mongod"


def forget(var: Path) -> None:
    """Delete the folder. Raises ServerFault while a mongod runs on it; a killed one left only a file."""
    if _is_in_use(var / "mongo" / "mongod.lock"):
        raise folder_in_use(_WHO, var)
    shutil.rmtree(var, ignore_errors=True)


def _is_in_use(lock: Path) -> bool:
    """Whether mongod holds its lock: the system gives it back when the process ends, however it ends."""
    if not lock.exists():
        return False
    with lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
