"""Ports that nobody uses just now, for tests and trials that run beside others."""

import os
import random
import socket
from itertools import count
from typing import Final

_FIRST: Final = 10_240
_PARTS: Final = 70
_PART: Final = 320
"""The parts end at 32,640: above, systems take ports for outgoing connections, and any of them may take one between
our looking and our listening. Processes side by side look in parts of their own."""

_turn = count(random.randrange(_PART))  # noqa: S311 - nothing secret


def free_ports(wanted: int, *, host: str = "127.0.0.1") -> list[int]:
    """So many ports, all different; this process gives none twice before it has tried all others of its part.

    Raises OSError when there are not so many.
    """
    found: list[int] = []
    for _ in range(_PART):
        if len(found) == wanted:
            return found
        port = _FIRST + os.getpid() % _PARTS * _PART + next(_turn) % _PART
        if _is_free(host, port):
            found.append(port)
    msg = f"{wanted} 个空闲端口 / free ports: 只有 / only {len(found)}"
    raise OSError(msg)


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True
