"""What the translators share: a list of what became of each setting."""

from services.workflow.lint.mending.pages import Page, Spot

Told = tuple[str, str, str, str]
"""Element, outcome (`translated`, `dropped`, `left`), what it was, what it is now."""


def owner_of(spot: Spot) -> Spot:
    """Give the element whose extension an element is."""
    found = spot
    while found.parent is not None and not found.attributes.get("id"):
        found = found.parent
    holder = spot.parent
    if holder is not None and holder.is_a("extensionElements") and holder.parent is not None:
        return holder.parent
    return found


def id_of(spot: Spot) -> str:
    """Give the id of an element, or of the nearest one around it that has one."""
    found: Spot | None = spot
    while found is not None and not found.attributes.get("id"):
        found = found.parent
    return "" if found is None else found.attributes["id"]


def label(spot: Spot) -> str:
    """Say what an element of another vocabulary says, in a line."""
    written = " ".join(f'{key}="{value}"' for key, value in spot.attributes.items() if not key.startswith("xmlns"))
    return f"{spot.tag} {written}".strip()


class Telling:
    """Edits a page and notes each edit."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.told: list[Told] = []

    def becomes(self, spot: Spot, key: str, value: str, was: str) -> None:
        """Give an element an attribute of our dialect."""
        name = key if ":" not in key else self.page.camunda() + key.removeprefix("camunda:")
        self.page.set(spot, name, value)
        self.told.append((id_of(spot), "translated", was, f'{key}="{value}"'))

    def dropped(self, spot: Spot, was: str) -> None:
        """Note that something without meaning here was taken away."""
        self.told.append((id_of(spot), "dropped", was, ""))

    def left(self, spot: Spot, was: str) -> None:
        """Note that something was left in place: a person has to decide."""
        self.told.append((id_of(spot), "left", was, ""))
