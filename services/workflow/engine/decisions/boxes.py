"""Reads the boxed expressions of DMN into FEEL trees: contexts, invocations, functions, relations, lists, loops."""

from collections.abc import Callable
from typing import Final

from lxml import etree

from services.workflow.engine.decisions.cells import Cell
from services.workflow.engine.decisions.feel import read_tests
from services.workflow.engine.decisions.kinds import Declared, Kind
from services.workflow.engine.decisions.reading import TablePage
from services.workflow.engine.decisions.reckoning import passes
from services.workflow.engine.decisions.trees import (
    Call,
    Choice,
    Constant,
    Filter,
    Items,
    Lambda,
    Loop,
    Record,
    Tabled,
    Tree,
    Typed,
)
from services.workflow.engine.decisions.words import plain
from services.workflow.engine.documents import text_of
from services.workflow.engine.language.errors import Unwritable
from services.workflow.engine.language.office import Office

_DEEPEST: Final = 30
_BOXES: Final = frozenset(
    {
        "literalExpression",
        "context",
        "invocation",
        "functionDefinition",
        "relation",
        "list",
        "decisionTable",
        "conditional",
        "filter",
        "for",
        "every",
        "some",
    }
)


class Boxes:
    """Reads the boxed expressions of one file. Raises `Unwritable`; what is wrong in a table goes into the report."""

    def __init__(self, page: TablePage, root: etree._Element, nowhere: Office) -> None:
        self._page = page
        self._nowhere = nowhere
        self._items = {each.get("name") or "": each for each in root.findall(page.tag("itemDefinition"))}
        self._depth = 0

    def inside(self, holder: etree._Element, key: str) -> Tree:
        """Read the expression that an element holds."""
        for child in holder:
            tag = self._tag(child)
            if tag in _BOXES:
                return self._box(child, tag, key)
        raise Unwritable(zh="没有决策逻辑", en="there is no decision logic")

    def kind(self, name: str | None, depth: int = 0) -> Kind:
        """Give a type by its name, through the declarations of the file."""
        item = self._items.get(name or "")
        if item is None or depth > _DEEPEST:
            bare = (name or "").strip()
            return bare.removeprefix("feel:") or None
        return self._item(item, depth)

    def names_of(self, element: etree._Element) -> str:
        """Give the name of the variable of an element."""
        variable = element.find(self._page.tag("variable"))
        return plain((variable.get("name") if variable is not None else None) or element.get("name") or "")

    def typed(self, tree: Tree, element: etree._Element) -> Tree:
        """Let a tree give nothing when its value is not of the type its element declares."""
        variable = element.find(self._page.tag("variable"))
        kind = self.kind(None if variable is None else variable.get("typeRef"))
        return Typed(tree, kind) if kind else tree

    # ── types ──

    def _item(self, item: etree._Element, depth: int) -> Declared:
        tag = self._page.tag
        parts = tuple(
            (plain(part.get("name") or ""), self._item(part, depth + 1)) for part in item.findall(tag("itemComponent"))
        )
        base = text_of(item.find(tag("typeRef")))
        return Declared(
            item.get("name") or "",
            self.kind(base, depth + 1) if base else None,
            parts,
            is_list=item.get("isCollection") == "true",
            allowed=self._allowed(text_of(item.find(f"{tag('allowedValues')}/{tag('text')}"))),
        )

    def _allowed(self, text: str) -> Callable[[object], bool] | None:
        if not text:
            return None
        tests = read_tests(text, self._page.names, lenient=True)
        return lambda value: passes(tests, Cell((), self._nowhere, value))

    # ── boxes ──

    def _tag(self, element: etree._Element) -> str:
        return element.tag.removeprefix(self._page.space)

    def _box(self, box: etree._Element, tag: str, key: str) -> Tree:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Unwritable(zh="嵌套太深", en="nested too deeply")
        try:
            tree = self._read(box, tag, key)
        finally:
            self._depth -= 1
        kind = self.kind(box.get("typeRef")) if tag not in ("functionDefinition", "decisionTable") else None
        return Typed(tree, kind) if kind else tree

    def _read(self, box: etree._Element, tag: str, key: str) -> Tree:  # noqa: PLR0911 - one kind a line
        match tag:
            case "literalExpression":
                text = text_of(box.find(self._page.tag("text")))
                if not text:
                    raise Unwritable(zh="表达式为空", en="the expression is empty")
                return self._page.expression(text)
            case "decisionTable":
                table = self._page.table(key, key, box)
                if table is None:
                    raise Unwritable(zh="决策表不可用", en="the decision table cannot be used")
                return Tabled(table)
            case "context":
                return self._context(box, key)
            case "invocation":
                return self._invocation(box, key)
            case "functionDefinition":
                return self.function(box, key)
            case "relation":
                return self._relation(box, key)
            case "list":
                return Items(tuple(self._box(each, self._tag(each), key) for each in box if self._tag(each) in _BOXES))
            case _:
                return self._control(box, tag, key)

    def _control(self, box: etree._Element, tag: str, key: str) -> Tree:
        def part(name: str) -> Tree:
            found = box.find(self._page.tag(name))
            if found is None:
                raise Unwritable(zh=f"缺少“{name}”", en=f"{name} is missing")
            return self.inside(found, key)

        match tag:
            case "conditional":
                return Choice(part("if"), part("then"), part("else"))
            case "filter":
                return Filter(part("in"), part("match"))
            case _:
                way = (plain(box.get("iteratorVariable") or ""), part("in"))
                return Loop(tag, (way,), part("return" if tag == "for" else "satisfies"))

    def _context(self, box: etree._Element, key: str) -> Tree:
        entries: list[tuple[str, Tree]] = []
        result: Tree | None = None
        for entry in box.findall(self._page.tag("contextEntry")):
            tree = self.inside(entry, key)
            if entry.find(self._page.tag("variable")) is None:
                result = tree
            else:
                entries.append((self.names_of(entry), self.typed(tree, entry)))
        return Record(tuple(entries), result)

    def _invocation(self, box: etree._Element, key: str) -> Tree:
        function = self.inside(box, key)
        named = []
        for binding in box.findall(self._page.tag("binding")):
            parameter = binding.find(self._page.tag("parameter"))
            name = plain((parameter.get("name") if parameter is not None else None) or "")
            drawn = any(self._tag(child) in _BOXES for child in binding)
            named.append((name, self.inside(binding, key) if drawn else Constant(None)))
        return Call("", (), tuple(named), function)

    def function(self, box: etree._Element, key: str) -> Tree:
        """Read a function. Only those in FEEL can be."""
        if box.get("kind", "FEEL") != "FEEL":
            raise Unwritable(zh="不支持外部函数", en="external functions are not supported")
        parameters = box.findall(self._page.tag("formalParameter"))
        names = tuple(plain(each.get("name") or "") for each in parameters)
        body = self.inside(box, key)
        kind = self.kind(box.get("typeRef"))
        types = tuple(self.kind(each.get("typeRef")) or "" for each in parameters)
        return Lambda(names, Typed(body, kind) if kind else body, types)  # type: ignore[arg-type]

    def _relation(self, box: etree._Element, key: str) -> Tree:
        columns = [plain(each.get("name") or "") for each in box.findall(self._page.tag("column"))]
        rows = []
        for row in box.findall(self._page.tag("row")):
            cells = [self._box(each, self._tag(each), key) for each in row if self._tag(each) in _BOXES]
            rows.append(Record(tuple(zip(columns, cells, strict=False))))
        return Items(tuple(rows))
