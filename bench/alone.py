"""The engine alone: the same process in memory, with its state packed and unpacked at each step, nothing stored."""

import time
from datetime import UTC, datetime

from bench.permit import ANSWERS, KEY, TASKS, files
from services.kernel.worktime import Calendar
from services.workflow.engine.bundles import compile_bundle
from services.workflow.engine.models import Complete
from services.workflow.engine.run import apply, start

_NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def completions_per_second(*, seconds: float = 5.0) -> tuple[float, int]:
    """Completions a second of processor time on one core, and the bytes of a state half-way."""
    compiled = compile_bundle({path: text.encode() for path, text in files().items()})
    bundle, calendar = compiled.bundle, Calendar.builtin()
    if bundle is None:
        msg = f"the bench process does not compile: {compiled.findings}"
        raise RuntimeError(msg)
    case = {"case": {"case_no": "1", "item_code": "BENCH", "situation": "usual", "received_on": "2026-11-23"}}
    done, size, instance = 0, 0, 0
    began = time.process_time()
    while time.process_time() - began < seconds:
        instance += 1
        step = start(bundle, KEY, case, now=_NOW, calendar=calendar, instance_id=str(instance))
        for number in range(TASKS):
            command = Complete(step.tasks[0].id, ANSWERS)
            step = apply(bundle, step.state, command, now=_NOW, calendar=calendar)
            size = len(step.state) if number == TASKS // 2 else size
            done += 1
    return done / (time.process_time() - began), size
