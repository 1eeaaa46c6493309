"""The books: entries made anew, and one that others still stand on."""

from typing import Final

from tests.hostile.ledger import Ledger
from tests.hostile.situation import Situation
from tests.registry.test_import_calendar import year_file

DEPARTMENT: Final = {"name": "测试科", "name_en": "Test"}
MEMBER: Final = {"name": "某", "department": "D06", "phone": "13800000000", "mail": "a@example.com"}
POST: Final = {"name": "测试岗", "name_en": "Test", "departments": ["D06"]}


async def kept(ledger: Ledger, _situation: Situation) -> None:
    """A department, a post, a person and a year are entered; a post that people hold stays where it is."""
    await ledger.ask(200, "registry PUT /departments/{code}", names={"code": "D77"}, json=DEPARTMENT)
    await ledger.ask(200, "registry PUT /posts/{code}", names={"code": "P77"}, json=POST)
    await ledger.ask(409, "registry PUT /posts/{code}", names={"code": "P04"}, json={**POST, "departments": ["D77"]})
    await ledger.ask(200, "registry PUT /people/{code}", names={"code": "u.new"}, json=MEMBER)
    present = {"attendance": "on_duty"}
    await ledger.ask(200, "registry POST /people/{code}/attendance", names={"code": "u.new"}, json=present)
    await ledger.ask(200, "workflow POST /calendar/preview", json=year_file())
    await ledger.ask(200, "registry POST /calendar/import", json=year_file())
    now = {"as_of": ledger.city.stage.moment.isoformat()}
    await ledger.ask(200, "registry PUT /clock", json=now)
