# SPDX-License-Identifier: LGPL-3.0-or-later
"""Plans: what can happen in a process or subprocess. Built once for a bundle, shared by every instance.

Follows SpiffWorkflow 3.2.0 (LGPL-3.0-or-later: `BpmnProcessSpec`) and stays under that licence.
"""

from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BpmnStartTask
from SpiffWorkflow.specs import WorkflowSpec


class Plan(BpmnProcessSpec):  # type: ignore[misc]
    """The nodes of one process or subprocess. `first` is its start event, `starts` are all it can be started by.

    `guards` are the events that start its event subprocesses, armed as long as it runs. `watches`: whether a
    condition is waited for in it. `at_will`: whether it is done in any order. `reopens`: whether one can go back
    into it when it is over (None until somebody asks, see `reentry`).

    The library's own nodes get names that no drawn element can have, and its end join is left out.
    """

    def __init__(self, name: str) -> None:
        WorkflowSpec.__init__(self, name=name)
        self.description, self.svg, self.io_specification = None, None, None
        self.data_objects: dict[str, Any] = {}
        self.data_stores: dict[str, Any] = {}
        self.correlation_keys: dict[str, Any] = {}
        self.bpmn_start_events: list[Any] = []
        self.start = BpmnStartTask(self, "[start]")
        self.first = ""
        self.starts: tuple[str, ...] = ()
        self.guards: tuple[str, ...] = ()
        self.watches = False
        self.at_will = False
        self.reopens: bool | None = None
