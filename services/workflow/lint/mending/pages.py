"""A drawing as bytes: where each element and attribute stands, and edits that touch nothing else."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import escape

from services.workflow.engine.diagrams.dialect import BPMN, CAMUNDA

_ATTRIBUTE: Final = re.compile(rb"\s+([^\s=/>]+)\s*=\s*(\"[^\"]*\"|'[^']*')")
_DECLARED: Final = re.compile(r"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_DEEPEST: Final = 200
_ENCODINGS: Final = ("utf-8", "gb18030")


class Unreadable(Exception):
    """The file is not XML whose places can be told."""


@dataclass(slots=True, eq=False)
class Spot:
    """An element: its name, its attributes as written, and its bytes. `opened` is where its start tag ends."""

    space: str
    tag: str
    start: int
    opened: int = 0
    closed: int = 0
    end: int = 0
    attributes: dict[str, str] = field(default_factory=dict)
    spaces: dict[str, str] = field(default_factory=dict)
    parent: "Spot | None" = None
    children: "list[Spot]" = field(default_factory=list)
    text: str = ""

    def get(self, name: str, space: str = "") -> str | None:
        """Give an attribute; of a vocabulary when a namespace is given."""
        return next((value for key, value in self.attributes.items() if self.named(key) == (space, name)), None)

    def named(self, key: str) -> tuple[str, str]:
        """Give the namespace and the bare name of an attribute as written."""
        prefix, _, name = key.rpartition(":")
        return (self.spaces.get(prefix, "") if prefix else ""), name

    def below(self) -> "Iterator[Spot]":
        """Go through the elements under this one."""
        for child in self.children:
            yield child
            yield from child.below()

    def is_a(self, *tags: str) -> bool:
        """Say whether this is a BPMN element with one of these tags."""
        return self.space == BPMN and self.tag in tags


def in_utf8(content: bytes) -> bytes:
    """Give a file in UTF-8, whatever its encoding, without a mark at its beginning; raises `Unreadable`."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return _declared(_decoded(content, (encoding,)).removeprefix("\ufeff"))
    head = _DECLARED.match(content[:200].decode("latin-1").lstrip())
    named = (head.group(1),) if head else ()
    return _declared(_decoded(content, (*named, *_ENCODINGS)))


def _decoded(content: bytes, encodings: tuple[str, ...]) -> str:
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    raise Unreadable


def _declared(text: str) -> bytes:
    head = _DECLARED.match(text)
    if head:
        text = f"{text[: head.start(1)]}UTF-8{text[head.end(1) :]}"
    return text.encode()


class Page:
    """A file in UTF-8, and the changes to make in it."""

    def __init__(self, content: bytes) -> None:
        """Read the file; raises `Unreadable` for what is not well-formed, or declares a document type."""
        self.content = content
        self.root: Spot | None = None
        self._edits: list[tuple[int, int, bytes]] = []
        self._read()
        self.ids = {found: spot for spot in self.all() if (found := spot.attributes.get("id"))}

    def all(self) -> Iterator[Spot]:
        """Go through the elements of the file in order."""
        if self.root is not None:
            yield self.root
            yield from self.root.below()

    # ── edits ──

    def set(self, spot: Spot, key: str, value: str) -> None:
        """Give an element an attribute, as written with its prefix."""
        written = f'"{escape(value, {chr(34): "&quot;"})}"'.encode()
        for match in _ATTRIBUTE.finditer(self.content, spot.start, spot.opened):
            if match.group(1) == key.encode():
                self._edits.append((match.start(2), match.end(2), written))
                return
        at = self._name_end(spot)
        self._edits.append((at, at, b" " + key.encode() + b"=" + written))

    def drop(self, spot: Spot, key: str) -> None:
        """Take an attribute away."""
        for match in _ATTRIBUTE.finditer(self.content, spot.start, spot.opened):
            if match.group(1) == key.encode():
                self._edits.append((match.start(), match.end(), b""))

    def remove(self, spot: Spot) -> None:
        """Take an element away, with the blank line it would leave."""
        start = spot.start
        while start and self.content[start - 1 : start] in (b" ", b"\t"):
            start -= 1
        whole_line = self.content[start - 1 : start] == b"\n" and self.content[spot.end : spot.end + 1] in (
            b"\n",
            b"\r",
        )
        self._edits.append((start - 1 if whole_line else spot.start, spot.end, b""))

    def add(self, spot: Spot, written: str, *, first: bool = False) -> None:
        """Put XML into an element, at its end or at its beginning."""
        if spot.opened == spot.end:  # <x/>
            name = self.content[spot.start + 1 : self._name_end(spot)].decode()
            slash = self.content.rindex(b"/", spot.start, spot.opened)
            self._edits.append((slash, spot.end, f">{written}</{name}>".encode()))
            return
        at = spot.opened if first else spot.closed
        self._edits.append((at, at, written.encode()))

    def add_behind(self, spot: Spot, written: str) -> None:
        """Put XML behind an element."""
        self._edits.append((spot.end, spot.end, written.encode()))

    def replace(self, spot: Spot, written: str) -> None:
        """Put XML in the place of an element."""
        self._edits.append((spot.start, spot.end, written.encode()))

    def reword(self, spot: Spot, text: str) -> None:
        """Give an element another text; what is in it goes."""
        self._edits.append((spot.opened, spot.closed, escape(text).encode()))

    def prefix(self, space: str, wanted: str) -> str:
        """Give the prefix of a namespace with its colon, declaring it at the root if it has none."""
        assert self.root is not None  # noqa: S101 - a page without a root is not made
        for prefix, found in self.root.spaces.items():
            if found == space:
                return f"{prefix}:" if prefix else ""
        self.root.spaces[wanted] = space
        self.set(self.root, f"xmlns:{wanted}", space)
        return f"{wanted}:"

    def camunda(self) -> str:
        """Give the prefix of our dialect's attributes."""
        return self.prefix(CAMUNDA, "camunda")

    def edited(self) -> bytes:
        """Give the file with the changes made. Of changes that overlap the one that begins first is made."""
        parts, place = [], 0
        for start, end, written in sorted(self._edits, key=lambda edit: (edit[0], edit[0] != edit[1], -edit[1])):
            if start < place:
                continue
            parts += [self.content[place:start], written]
            place = end
        return b"".join([*parts, self.content[place:]])

    # ── places ──

    def _name_end(self, spot: Spot) -> int:
        match = re.compile(rb"<[^\s/>]+").match(self.content, spot.start)
        return spot.start + 1 if match is None else match.end()

    def _read(self) -> None:
        parser = expat.ParserCreate("UTF-8")
        parser.ordered_attributes = True
        open_: list[Spot] = []

        def start(name: str, pairs: list[str]) -> None:
            if len(open_) > _DEEPEST:
                raise Unreadable
            spot = self._opened(parser.CurrentByteIndex, name, pairs, open_[-1] if open_ else None)
            self.root = self.root or spot
            open_.append(spot)

        def close(_: str) -> None:
            spot = open_.pop()
            spot.closed = parser.CurrentByteIndex
            if self.content[spot.opened - 2 : spot.opened] == b"/>" and spot.closed <= spot.opened:
                spot.closed = spot.end = spot.opened
            else:
                spot.end = self.content.index(b">", spot.closed) + 1

        def text(found: str) -> None:
            if open_:
                open_[-1].text += found

        def refuse(*_: object) -> None:
            raise Unreadable

        parser.StartElementHandler, parser.EndElementHandler = start, close
        parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = text, refuse
        try:
            parser.Parse(self.content, True)
        except (expat.ExpatError, ValueError) as error:
            raise Unreadable(str(error)) from None

    def _opened(self, at: int, name: str, pairs: list[str], parent: Spot | None) -> Spot:
        attributes = dict(zip(pairs[::2], pairs[1::2], strict=True))
        declared = {
            key.removeprefix("xmlns").removeprefix(":"): value
            for key, value in attributes.items()
            if key == "xmlns" or key.startswith("xmlns:")
        }
        above = parent.spaces if parent else {}
        spaces = above | declared if declared else above
        prefix, _, tag = name.rpartition(":")
        spot = Spot(spaces.get(prefix, ""), tag, at, attributes=attributes, spaces=spaces, parent=parent)
        spot.opened = self._start_tag_end(at)
        if parent is not None:
            parent.children.append(spot)
        return spot

    def _start_tag_end(self, at: int) -> int:
        """Find the `>` of a start tag: the first that is in no quotes."""
        quote = b""
        for match in re.compile(rb"[\"'>]").finditer(self.content, at):
            sign = match.group()
            if quote:
                quote = b"" if sign == quote else quote
            elif sign == b">":
                return match.end()
            else:
                quote = sign
        raise Unreadable
