"""What comes to the window: which items, how many on which day, with which papers."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any, Final

from services.local.client import Api

_SHARES: Final[Mapping[str, int]] = {"PT05": 24, "PT06": 22, "PT07": 10, "PT09": 10, "PT08": 8, "PT03": 6, "PT04": 5}
"""How often an item is applied for, against `_RARELY` for each other one: works and village houses lead."""

_RARELY: Final = 2
_BUSY_MONTHS: Final = frozenset({3, 4, 5, 9, 10, 11})
_BUSIER: Final = 1.4
_MONDAY: Final = 1.3
_WINDOWS: Final = ("u.window", "u.window2")
_TOWNS: Final = {"T01": "u.town.window", "T02": "u.town2.window"}
_ID_NO: Final = "512002200001010018"
_PERSON: Final = "罗某某"


@dataclass(frozen=True, slots=True)
class Application:
    """One application: who takes it in, and what is entered."""

    who: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Offers:
    """The items on offer, as the window sees them."""

    items: tuple[dict[str, Any], ...]

    def applications(self, dice: random.Random) -> Iterator[Application]:
        """Applications without end."""
        weights = [_SHARES.get(item["code"], _RARELY) for item in self.items]
        for number in count(1):
            item = dice.choices(self.items, weights)[0]
            yield _application(item, number, dice)


async def offers(api: Api) -> Offers:
    """Read what is on offer."""
    found = await api.call("GET", "intake", "/items", who="u.window")
    return Offers(tuple(offer["item"] for offer in found))


def arriving(days: list[date], cases: int, dice: random.Random) -> dict[date, int]:
    """How many applications come on each working day: `cases` in all."""
    weights = [_weight(day) for day in days]
    chosen = dice.choices(days, weights, k=cases)
    return {day: chosen.count(day) for day in days}


def _weight(day: date) -> float:
    return (_BUSIER if day.month in _BUSY_MONTHS else 1.0) * (_MONDAY if day.weekday() == 0 else 1.0)


def _application(item: Mapping[str, Any], number: int, dice: random.Random) -> Application:
    situation = dice.choice(item["situations"])["code"]
    township = dice.choice(sorted(_TOWNS)) if item["township_first"] else None
    papers = [
        {"code": paper["code"], "originals": 1, "copies": 1}
        for paper in item["documents"]
        if paper["mandatory"] and situation in (paper["situations"] or [situation])
    ]
    body = {
        "item_code": item["code"],
        "situation": situation,
        "title": f"{item['name']}第{number}案",
        "applicant": {"kind": "person", "name": _PERSON, "id_no": _ID_NO, "phone": f"139{number:08}"},
        "facts": {"location": f"{dice.randint(1, 300)}号"},
        "documents": papers,
        "township": township,
    }
    return Application(_TOWNS[township] if township else dice.choice(_WINDOWS), body)


def proof() -> dict[str, str]:
    """Who collects the result."""
    return {"receiver_name": _PERSON, "receiver_id_no": _ID_NO, "signature": _PERSON}
