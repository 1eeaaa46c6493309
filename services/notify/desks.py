"""The last way there is: a line on the list of those whom somebody at the desk tells by hand (A-20)."""

from services.notify.channels import Parcel


class DeskList:
    """The list itself is `GET /messages?state=sent&on=desk`: what is stored is already on it."""

    async def send(self, parcel: Parcel) -> None:
        """Nothing is handed to anybody outside."""

    async def close(self) -> None:
        """There is nothing to let go of."""
