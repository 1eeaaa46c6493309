"""Makes random processes with everything the oracle knows: event subprocesses, signals, compensation and more."""

from itertools import pairwise

from tests.workflow.engine.random_processes import Graph, Maker, Vertex


class Everything(Maker):
    """Makes one random process."""

    def graph(self, graph_id: str, depth: int, *, blocks: int = 1) -> Graph:
        graph = super().graph(graph_id, depth, blocks=blocks)
        if self.random.random() < 0.25:
            self._guarded(graph, self.random.choice(["timer", "shouted", "held"] + ["heard"] * (not self._items)))
        return graph

    def _block(self, graph: Graph, depth: int) -> tuple[str, str]:
        more = ["held", "raising", "shouted", "at_will"]
        if not self._items:  # what is done repeatedly is not compensated
            more.append("undone")
        if depth > 0 and self.random.random() < 0.25:
            made: tuple[str, str] = getattr(self, f"_{self.random.choice(more)}")(graph, depth - 1)
            return made
        return super()._block(graph, depth)

    def _failing(self, graph: Graph, depth: int) -> tuple[str, str]:
        on = super()._failing(graph, depth)
        inner = graph.vertices[on[0]].inner
        if inner is not None and self.random.random() < 0.4:
            self._guarded(inner, "caught")
        return on

    def _guarded(self, graph: Graph, trigger: str) -> None:
        """Add an event subprocess."""
        inner = Graph(self._id("es"))
        begin, user, close = (
            inner.add(Vertex(self._id("w"), "start")),
            self._user(inner, 0),
            Vertex(self._id("e"), "end"),
        )
        inner.link(begin, user[0])
        inner.link(user[1], inner.add(close))
        interrupting = trigger == "caught" or self.random.random() < 0.5
        graph.add(Vertex(inner.id, "by_event", inner, interrupting=interrupting, trigger=trigger))

    def _raising(self, graph: Graph, depth: int) -> tuple[str, str]:
        """A subprocess or called process that raises an escalation, heard round it or inside."""
        on = self._inside(graph, depth, self.random.choice(["sub", "call"]), "ra")
        inner = graph.vertices[on[0]].inner
        assert inner is not None
        self._before(inner, self._user(inner, 0)[0], inner.add(Vertex(self._id("t"), "raise")))
        if self.random.random() < 0.4:
            self._guarded(inner, "raised")
        return self._handled(graph, on, "raised", interrupting=self.random.random() < 0.5)

    def _shouted(self, graph: Graph, depth: int) -> tuple[str, str]:
        """A subprocess in which a signal is thrown, heard round it and wherever else it is waited for."""
        on = self._inside(graph, depth, "sub", "sh")
        inner = graph.vertices[on[0]].inner
        assert inner is not None
        self._before(inner, self._user(inner, 0)[0], inner.add(Vertex(self._id("t"), "shout")))
        return self._handled(graph, on, "shouted", interrupting=self.random.random() < 0.5)

    def _before(self, graph: Graph, *chain: str) -> None:
        """Put a chain of vertices behind the start."""
        first = next(flow for flow in graph.flows if graph.vertices[flow[1]].kind == "start")
        graph.flows.remove(first)
        for source, target in pairwise((first[1], *chain, first[2])):
            graph.link(source, target)

    def _held(self, graph: Graph, depth: int) -> tuple[str, str]:
        kind = self.random.choice(["_user", "_sub", "_several_user", "_receive" if not self._items else "_user"])
        on: tuple[str, str] = getattr(self, kind)(graph, depth)
        return self._handled(graph, on, "held", interrupting=self.random.random() < 0.5)

    def _at_will(self, graph: Graph, depth: int) -> tuple[str, str]:
        inner = Graph(self._id("ah"))
        for _ in range(self.random.choice([2, 3])):
            kinds = ["_user", "_script", "_several_user", "_sub", "_call", "_several_sub"]
            first: tuple[str, str] = getattr(self, self.random.choice(kinds))(inner, min(depth, 1))
            if self.random.random() < 0.5:
                inner.link(first[1], self._user(inner, 0)[0])
        sequential = self.random.random() < 0.5
        return self._one(graph, Vertex(inner.id, "at_will", inner, sequential=sequential))

    def _undone(self, graph: Graph, depth: int) -> tuple[str, str]:
        """Work that can be compensated, alone or inside a subprocess, and a choice to do so."""
        tasks = [self._user(graph, 0) for _ in range(2)]
        for task in tasks:
            graph.vertices[task[0]].undone_by = graph.add(Vertex(self._id("un"), "undoes"))
        work = self._block(graph, depth)
        ask, after = (graph.add(Vertex(self._id("x"), "xor")) for _ in range(2))
        undo = graph.add(Vertex(self._id("t"), "undo"))
        for source, target in ((tasks[0][1], work[0]), (work[1], tasks[1][0]), (tasks[1][1], ask), (undo, after)):
            graph.link(source, target)
        graph.link(ask, undo, 2)
        graph.vertices[ask].default = graph.link(ask, after)
        return tasks[0][0], after
