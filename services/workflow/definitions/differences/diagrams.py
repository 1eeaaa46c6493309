"""Differences of diagrams: elements, their order, their settings, the ways between them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.workflow.definitions.differences.models import Difference, Kind
from services.workflow.definitions.differences.orders import Order, moved_between
from services.workflow.definitions.differences.words import Word, setting_word, tag_word, value_word
from services.workflow.engine.diagrams.model import Again, Body, Flow, Node, Process, Several


def diagram_differences(old: Mapping[str, Process], new: Mapping[str, Process]) -> Iterator[Difference]:
    """Everything that differs between the processes of two versions, process by process, in the order of the flow."""
    for name in dict.fromkeys((*new, *old)):
        was, now = old.get(name), new.get(name)
        if was is None and now is not None:
            yield _of_process(now, Kind.ELEMENT_ADDED, Word("新增流程", "new process"))
        elif now is None and was is not None:
            yield _of_process(was, Kind.ELEMENT_REMOVED, Word("删除流程", "process removed"))
        elif was is not None and now is not None:
            bodies = {body.id: body for body in was.body.bodies()}
            for body in now.body.bodies():
                yield from _Pair(now, bodies.get(body.id) or Body(body.id, {}, {}), body).differences()


def facts_of(node: Node, body: Body) -> dict[str, str]:
    """All that a node says, by name, as text: settings, event, loop, call. Equal facts mean equal behaviour."""
    facts = dict(node.settings)
    own = {
        "lane": node.lane,
        "topic": node.topic,
        "script": node.script,
        "attached_to": node.attached_to,
        "interrupting": "no" if node.attached_to and not node.interrupting else None,
        "timer": "; ".join(timer.text for timer in node.event.timers) or None,
        "event": node.event.name or node.event.code or None,
        "loop": _loop(node.loop),
        "calls": _calls(node),
        "decides": f"{node.decides.decision} → {node.decides.result}" if node.decides else None,
        "default": body.flows[node.default].target if node.default and node.default in body.flows else None,
    }
    return facts | {name: value for name, value in own.items() if value}


@dataclass(frozen=True)
class _Pair:
    """One body in both versions."""

    process: Process
    old: Body
    new: Body

    def differences(self) -> Iterator[Difference]:
        was, now = Order(self.old), Order(self.new)
        moved = moved_between(was.steps, now.steps)
        for name in now.nodes:
            node = self.new.nodes[name]
            before = self.old.nodes.get(name)
            if before is None:
                yield self._added(node, now)
                continue
            yield from self._named(before, node, now)
            if name in moved:
                yield self._moved(node, was, now)
            yield from self._settings(before, node)
        for name in was.nodes:
            if name not in self.new.nodes:
                yield self._removed(self.old.nodes[name], was)
        yield from self._flows()

    def _tell(self, kind: Kind, node: Node, words: Word, **more: str | None) -> Difference:
        return Difference(
            kind=kind,
            file=self.process.file,
            process=self.process.id,
            element=node.id,
            zh=words.zh,
            en=words.en,
            **more,
        )

    def _added(self, node: Node, order: Order) -> Difference:
        tag, place, before = tag_word(node.tag), _place(node, order), order.step_before(node.id)
        words = Word(f"{place.zh}新增{tag.zh}“{_name(node)}”", f"{place.en}: new {tag.en} “{_name(node)}”")
        return self._tell(
            Kind.ELEMENT_ADDED, node, words, what=node.tag, now=_name(node), after=before.id if before else None
        )

    def _removed(self, node: Node, order: Order) -> Difference:
        tag, number = tag_word(node.tag), order.number(node.id)
        which = Word(f"第{number}步", f"step {number}") if number else tag
        words = Word(f"删除{which.zh}“{_name(node)}”", f"{which.en} “{_name(node)}” removed")
        return self._tell(Kind.ELEMENT_REMOVED, node, words, what=node.tag, was=_name(node))

    def _moved(self, node: Node, was: Order, now: Order) -> Difference:
        before, place = now.step_before(node.id), _place(node, now)
        old, new = was.number(node.id), now.number(node.id)
        words = Word(
            f"“{_name(node)}”由第{old}步移到第{new}步（{place.zh}）",
            f"“{_name(node)}” moved from step {old} to step {new} ({place.en})",
        )
        return self._tell(
            Kind.ELEMENT_MOVED, node, words, was=str(old), now=str(new), after=before.id if before else None
        )

    def _named(self, was: Node, now: Node, order: Order) -> Iterator[Difference]:
        if was.tag != now.tag:
            old, new = tag_word(was.tag), tag_word(now.tag)
            words = Word(
                f"“{_name(now)}”由{old.zh}改为{new.zh}", f"“{_name(now)}” is a {new.en} now, no {old.en} any more"
            )
            yield self._tell(Kind.ELEMENT_RETYPED, now, words, was=was.tag, now=now.tag)
        if was.name != now.name:
            number = order.number(now.id)
            which = Word(f"第{number}步", f"step {number} ") if number else Word("", "")
            words = Word(
                f"{which.zh}“{_name(was)}”改名为“{_name(now)}”", f"{which.en}“{_name(was)}” renamed “{_name(now)}”"
            )
            yield self._tell(Kind.ELEMENT_RENAMED, now, words, was=was.name, now=now.name)

    def _settings(self, was: Node, now: Node) -> Iterator[Difference]:
        old, new = facts_of(was, self.old), facts_of(now, self.new)
        for name in dict.fromkeys((*old, *new)):
            if old.get(name) != new.get(name):
                words = changed_words(f"“{_name(now)}”", name, old.get(name), new.get(name))
                yield self._tell(Kind.SETTING_CHANGED, now, words, what=name, was=old.get(name), now=new.get(name))

    def _flows(self) -> Iterator[Difference]:
        """The ways between nodes that both versions have; those of a new or removed node go without saying."""
        both = self.old.nodes.keys() & self.new.nodes.keys()
        was, now = _ways(self.old, both), _ways(self.new, both)
        for ends in dict.fromkeys((*now, *was)):
            source = (self.new if ends in now else self.old).nodes[ends[0]]
            target = (self.new if ends in now else self.old).nodes[ends[1]]
            route = f"“{_name(source)}”→“{_name(target)}”"
            if ends not in was:
                yield self._tell(Kind.FLOW_ADDED, source, Word(f"新增走向{route}", f"new way {route}"), now=target.id)
            elif ends not in now:
                words = Word(f"删除走向{route}", f"way {route} removed")
                yield self._tell(Kind.FLOW_REMOVED, source, words, was=target.id)
            elif was[ends].condition != now[ends].condition:
                old, new = was[ends].condition, now[ends].condition
                words = changed_words(route, "condition", old, new, word=Word("条件", "condition"))
                yield self._tell(Kind.CONDITION_CHANGED, source, words, what=target.id, was=old, now=new)


def changed_words(subject: str, name: str, was: str | None, now: str | None, *, word: Word | None = None) -> Word:
    """The sentence for a value that changed, came or went."""
    called, old, new = word or setting_word(name), value_word(name, was), value_word(name, now)
    if not was:
        return Word(f"{subject}新设{called.zh}：{new.zh}", f"{subject}: {called.en} set to {new.en}")
    if not now:
        return Word(f"{subject}取消{called.zh}（原为{old.zh}）", f"{subject}: {called.en} removed (was {old.en})")
    return Word(f"{subject}{called.zh}由{old.zh}改为{new.zh}", f"{subject}: {called.en} {old.en} → {new.en}")


def _place(node: Node, order: Order) -> Word:
    before = order.step_before(node.id)
    if before is None:
        return Word("流程开始处", "at the start")
    number = order.number(before.id)
    return Word(f"第{number}步“{_name(before)}”后", f"after step {number} “{_name(before)}”")


def _name(node: Node) -> str:
    return node.name.replace("\n", "") or node.id


def _ways(body: Body, both: set[str]) -> dict[tuple[str, str], Flow]:
    return {
        (flow.source, flow.target): flow for flow in body.flows.values() if flow.source in both and flow.target in both
    }


def _loop(loop: Several | Again | None) -> str | None:
    match loop:
        case None:
            return None
        case Several():
            how = "sequential" if loop.sequential else "parallel"
            parts = (loop.collection or loop.cardinality, loop.item, loop.completion, loop.output)
            return " ".join((how, *(part for part in parts if part)))
        case Again():
            return " ".join(part for part in ("loop", loop.condition, loop.maximum) if part)


def _calls(node: Node) -> str | None:
    if node.calls is None:
        return None
    ins = [f"{each.target}={each.source or each.expression}" for each in node.calls.ins]
    outs = [f"{each.target}={each.source or each.expression}" for each in node.calls.outs]
    return f"{node.calls.process}({', '.join(ins)}) → ({', '.join(outs)})"


def _of_process(process: Process, kind: Kind, words: Word) -> Difference:
    name = process.name or process.id
    return Difference(
        kind=kind,
        file=process.file,
        process=process.id,
        element=process.id,
        what="process",
        zh=f"{words.zh}“{name}”",
        en=f"{words.en} “{name}”",
    )
