"""What the documents say that any operation refuses in the same way, each operation does refuse so: seen one by one.

Unreadable addresses, nobody, somebody without a role, bodies too large, too slow, or of another form. A new operation
is tested without anybody thinking of it.
"""

import asyncio
from typing import Final

import httpx
import pytest

from services.console.settings import ConsoleSettings
from services.kernel.settings import Settings
from services.local.layout import SERVICES
from services.workflow.settings import WorkflowSettings
from tests.hostile.city import NOBODY, City, Operation
from tests.hostile.ledger import Ledger

THE_KERNELS: Final = "workflow"
"""The one service whose operations of the kernel (health, dead letters) are asked: they are the same in all."""

ALIKE: Final = frozenset({400, 401, 403, 408, 413, 422})
"""The statuses that the kernel answers with for all operations, by one means each."""

BY_ITS_OWN_RULES: Final = {
    ("intake", "POST /public/lookup", 403),
    ("notify", "POST /receipts/{provider}", 401),
    ("notify", "POST /replies/{provider}", 401),
    ("notify", "POST /exchange/{platform}/answers", 401),
    ("intake", "POST /public/objections/lookup", 403),
    ("intake", "POST /public/ratings", 403),
    ("intake", "POST /public/appointments/lookup", 403),
    ("intake", "POST /public/appointments/cancel", 403),
    ("intake", "POST /public/drafts/open", 403),
    ("intake", "GET /public/draft", 401),
    ("intake", "PUT /public/draft/applicant", 401),
    ("intake", "PUT /public/draft/project", 401),
    ("intake", "POST /public/draft/papers/{paper}/files", 401),
    ("intake", "DELETE /public/draft/files/{upload_id}", 401),
    ("intake", "POST /public/draft/filing", 401),
    ("intake", "POST /public/withdrawals", 403),
    ("intake", "POST /public/corrections", 403),
    ("intake", "GET /public/correction", 401),
    ("intake", "POST /public/correction/papers/{number}/files", 401),
}
"""Where nobody signs in, a wrong password is refused: tests/intake/test_look_up.py; and what is not signed by the
key agreed on: tests/notify/test_hear_receipts.py."""

LARGER: Final[dict[str, type[Settings]]] = {"workflow": WorkflowSettings, "console": ConsoleSettings}
"""Those that take larger bodies than the rest."""

KEYS: Final = {"number": "1", "year": "2026"}
IMPOSSIBLE: Final = {"number": "0", "year": "1", "letter_id": "x" * 301}
"""Keys that nothing can have; of the rest, that is an exclamation mark."""

AT_ONCE: Final = 8
_ALLOWED_TIME: Final = 180


@pytest.mark.timeout(_ALLOWED_TIME)
async def test_every_operation_refuses_as_documented_what_any_operation_refuses(city: City) -> None:
    operations = [each for each in city.operations() if is_asked(each)]
    ledger, places = Ledger(city), asyncio.Semaphore(AT_ONCE)

    async def ask(operation: Operation) -> None:
        async with places:
            await refused(ledger, operation)

    await asyncio.gather(too_slow(ledger, operations), *(ask(each) for each in operations))
    wanted = {(each.service, f"{each.method} {each.path}", status) for each in operations for status in each.statuses}
    missing = {each for each in wanted - ledger.seen - BY_ITS_OWN_RULES if each[2] in ALIKE}
    assert not ledger.faults, "\n".join(ledger.faults)
    assert not missing, "\n".join(map(str, sorted(missing)))
    assert ledger.seen <= wanted, "\n".join(map(str, sorted(ledger.seen - wanted)))


async def test_the_operations_of_the_kernel_are_the_same_in_every_service(city: City) -> None:
    of = {name: {each.path: each.statuses for each in city.operations() if each.service == name and is_kernels(each)}
          for name in SERVICES}  # fmt: skip
    assert of[THE_KERNELS]
    assert all(documented == of[THE_KERNELS] for documented in of.values()), of


def is_kernels(operation: Operation) -> bool:
    return "operations" in operation.document.get("tags", ()) and operation.path in KERNELS


KERNELS: Final = frozenset(
    {
        "/healthz",
        "/readyz",
        "/status",
        "/metrics",
        "/audit",
        "/dead-letters",
        "/dead-letters/{letter_id}/replay",
        "/dead-letters/{letter_id}/discard",
    }
)


def is_asked(operation: Operation) -> bool:
    return operation.service == THE_KERNELS or not is_kernels(operation)


def keys_of(operation: Operation, *, impossible: bool = False) -> dict[str, str]:
    """Something for each name in the path."""
    known, usual = (IMPOSSIBLE, "!") if impossible else (KEYS, "x")
    return {name: known.get(name, usual) for name in operation.parameters}


async def refused(ledger: Ledger, operation: Operation) -> None:
    """Ask in every way that no operation answers."""
    name, documented, names = str(operation), operation.statuses, keys_of(operation)
    await ledger.ask(400, name, names=names, params={"x": "\0"})
    if operation.is_guarded:
        await ledger.ask(401, name, None, names=names)
        await ledger.ask(403, name, NOBODY, names=names)
    if "requestBody" in operation.document:
        settings = LARGER.get(operation.service, Settings)
        too_much = b" " * (settings.model_fields["body_limit"].default + 1)
        json = {"Content-Type": "application/json"}
        await ledger.ask(413, name, names=names, content=too_much, headers=json)
        await ledger.ask(422, name, names=names, json={"nonsense": 1})
    elif 422 in documented:
        wrong = {"limit": "0", "page": "0", "on": "x", "as_of": "0"}
        await ledger.ask(422, name, names=keys_of(operation, impossible=True), params=wrong)


async def too_slow(ledger: Ledger, operations: list[Operation]) -> None:
    """A body that never comes to its end is waited for only so long."""

    async def begin(operation: Operation) -> None:
        url = httpx.URL(ledger.city.run.layout.url(operation.service))
        reader, writer = await asyncio.open_connection(url.host, url.port)
        path = operation.path.format(**keys_of(operation))
        head = f"{operation.method} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9"
        writer.write(f"{head}\r\n\r\n{{".encode())
        ledger.note(str(operation), int((await reader.readline()).split()[1]))
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(begin(each) for each in operations if "requestBody" in each.document))
