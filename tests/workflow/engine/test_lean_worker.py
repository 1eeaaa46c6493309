"""A worker of the engine holds what it needs to run diagrams, and nothing that serves or stores."""

import subprocess
import sys

HEAVY = ("fastapi", "pymongo", "nats", "httpx", "opentelemetry", "jsonschema")


def test_given_a_worker_then_nothing_that_serves_or_stores_is_loaded_in_it() -> None:
    asked = f"import sys, services.workflow.engine.worker; print([name for name in {HEAVY} if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout.strip() == "[]"
