"""Document numbers: by kind and year, without gaps, never reused; the same document always gets the same number."""

from enum import StrEnum

from services.contracts.events import Said
from services.kernel.store import Aggregates, AlreadyExists, Body


class Series(StrEnum):
    """What is numbered by year."""

    MATTER = "matter"
    NOTICE = "notice"
    BULLETIN = "bulletin"


class NumberBook(Body, frozen=True):
    """One series of one year: document ids in the order of their numbers (the first has number 1)."""

    book: str
    documents: tuple[str, ...] = ()


def enter(book: NumberBook, document: str) -> NumberBook:
    """The book with the document in it; a document that is in it already keeps its number."""
    if document in book.documents:
        return book
    return book.model_copy(update={"documents": (*book.documents, document)})


async def number(books: Aggregates[NumberBook], series: Series, *, year: int, document: str) -> int:
    """The document's number in its series and year. Raises Conflict when the book is too busy."""
    key = f"{series}-{year}"
    try:
        await books.create(NumberBook(book=key, documents=(document,)))
    except AlreadyExists:
        pass
    else:
        return 1

    def decide(book: NumberBook) -> tuple[NumberBook, tuple[Said, ...]]:
        return enter(book, document), ()

    book = await books.change(key, decide, tries=20)
    return book.documents.index(document) + 1
