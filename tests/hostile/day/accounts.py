"""The registrar gives people passwords for the screens."""

from tests.hostile.ledger import Ledger
from tests.hostile.situation import Situation


async def given(ledger: Ledger, _situation: Situation) -> None:
    """A first password, and another one."""
    names = {"code": "u.new"}
    for password in ("first of them all", "second of them all"):
        await ledger.ask(200, "console PUT /accounts/{code}", names=names, json={"password": password})
    await ledger.ask(200, "console GET /accounts")
