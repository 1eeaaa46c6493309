"""Looking for malware: a clamd that is sent the file (INSTREAM), or a command that reads it."""

import asyncio
import shlex
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final, Protocol

_PATIENCE: Final = 120.0
_PIECE: Final = 64 * 1024
_LONGEST_ANSWER: Final = 4096
_INFECTED: Final = 1
"""How clamscan, clamdscan and their like leave when they found something; 0 is clean, all else an error."""


class ScannerAway(Exception):
    """The scanner cannot be reached, or does not say clean or infected: ask again later."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a scanner says; `name` is the malware's, empty when there is none."""

    infected: bool
    name: str = ""


class Scanner(Protocol):
    """Something that looks at content."""

    async def scan(self, content: AsyncIterator[bytes]) -> Finding:
        """What is found; raises ScannerAway."""


def scanner_of(setting: str) -> Scanner | None:
    """The scanner of a setting: `clamd://host:port`, `command:…`, or nothing; ValueError for anything else."""
    if not setting:
        return None
    kind, _, rest = setting.partition(":")
    if kind == "command" and (words := tuple(shlex.split(rest))):
        return CommandScanner(words)
    host, _, port = rest.removeprefix("//").rpartition(":")
    if kind == "clamd" and host and port.isdecimal():
        return Clamd(host.strip("[]"), int(port))
    msg = f"{setting!r} 不是 clamd://主机:端口 或 command:命令 / is neither clamd://host:port nor command:…"
    raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Clamd:
    """ClamAV's daemon over TCP: `zINSTREAM`, pieces with their length before them, a length of zero, then its answer.

    Protocol: clamd(8). It does not have to read our disk.
    """

    host: str
    port: int

    async def scan(self, content: AsyncIterator[bytes]) -> Finding:
        """What clamd says; raises ScannerAway."""
        try:
            async with asyncio.timeout(_PATIENCE):
                return _clamd_finding(await self._asked(content))
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise ScannerAway(type(error).__name__) from error

    async def _asked(self, content: AsyncIterator[bytes]) -> str:
        reader, writer = await asyncio.open_connection(self.host, self.port, limit=_LONGEST_ANSWER)
        try:
            writer.write(b"zINSTREAM\0")
            async for part in content:
                for start in range(0, len(part), _PIECE):
                    piece = part[start : start + _PIECE]
                    writer.write(len(piece).to_bytes(4, "big") + piece)
                    await writer.drain()
            writer.write(bytes(4))
            await writer.drain()
            return (await reader.readuntil(b"\0")).rstrip(b"\0").decode("utf-8", "replace")
        finally:
            writer.close()


def _clamd_finding(answer: str) -> Finding:
    said = answer.removeprefix("stream: ").strip()
    if said == "OK":
        return Finding(infected=False)
    if said.endswith(" FOUND"):
        return Finding(infected=True, name=said.removesuffix(" FOUND"))
    raise ScannerAway(said)


@dataclass(frozen=True, slots=True)
class CommandScanner:
    """A command that reads the file on its standard input: it leaves with 0 for clean and 1 for infected."""

    words: tuple[str, ...]

    async def scan(self, content: AsyncIterator[bytes]) -> Finding:
        """What the command says; raises ScannerAway."""
        pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        try:
            process = await asyncio.create_subprocess_exec(*self.words, stdin=pipe, stdout=pipe, stderr=nothing)
        except OSError as error:
            raise ScannerAway(type(error).__name__) from error
        try:
            async with asyncio.timeout(_PATIENCE):
                said = await _fed(process, content)
        except TimeoutError as error:
            raise ScannerAway(type(error).__name__) from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode not in {0, _INFECTED}:
            msg = f"exit {process.returncode}"
            raise ScannerAway(msg)
        return Finding(infected=process.returncode == _INFECTED, name=said if process.returncode else "")


async def _fed(process: asyncio.subprocess.Process, content: AsyncIterator[bytes]) -> str:
    """Give it the content and hear its last line; one that has made up its mind need not read to the end."""
    assert process.stdin is not None  # noqa: S101 - asked for above
    assert process.stdout is not None  # noqa: S101 - as above
    hearing = asyncio.create_task(process.stdout.read())
    try:
        async for part in content:
            process.stdin.write(part)
            await process.stdin.drain()
    except (BrokenPipeError, ConnectionResetError):
        pass
    process.stdin.close()
    said = (await hearing).decode("utf-8", "replace").strip()
    await process.wait()
    return said.splitlines()[-1][:200] if said else ""
