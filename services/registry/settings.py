"""What the registry is told from outside."""

from services.kernel.settings import Settings


class RegistrySettings(Settings):
    """Nothing beyond what every service needs."""
