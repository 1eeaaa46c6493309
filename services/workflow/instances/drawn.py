"""The signers that the diagram itself asks for (`permit:cosign`, `permit:cosign_posts`)."""

from typing import Final

from services.workflow.books import Books, PostUnplaced, place
from services.workflow.engine.models import OpenTask
from services.workflow.instances.desks import ALL, Desk, Place, Seat
from services.workflow.instances.models import NO_DESK, Instance
from services.workflow.instances.turns import Unworkable

_BY: Final = "diagram"


def drawn_desk(instance: Instance, opened: OpenTask, books: Books) -> Desk:
    """The desk of a step as it opens: empty, or with the signers of the diagram before the holder.

    Raises `Unworkable` when a post is in no department that fits the case.
    """
    posts = opened.settings.get("cosign_posts", "").replace(",", " ").split()
    if not posts:
        return NO_DESK
    seats = tuple(
        Seat(
            seat_id=f"d{number}",
            place=Place.BEFORE,
            signer=_signer(instance, opened, post, books),
            reason=opened.name,
            added_by=_BY,
            drawn=True,
        )
        for number, post in enumerate(posts, start=1)
    )
    return Desk(seats=seats, rules={Place.BEFORE: opened.settings.get("cosign", ALL)})


def _signer(instance: Instance, opened: OpenTask, post: str, books: Books) -> str:
    if "@" in post:
        return post
    case = instance.application
    try:
        return f"{post}@{place(post, department=case.department, township=case.township, books=books)}"
    except PostUnplaced as unplaced:
        raise Unworkable(opened.element, f"“{opened.name}”：{unplaced.zh}", f"{opened.name!r}: {unplaced.en}") from None
