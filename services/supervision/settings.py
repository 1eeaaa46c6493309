"""What supervision is told from outside."""

from services.kernel.settings import Settings


class SupervisionSettings(Settings):
    """Nothing beyond what every service needs."""
