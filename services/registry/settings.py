"""What the registry is told from outside."""

from typing import Annotated

from pydantic import Field

from services.kernel.settings import Settings


class RegistrySettings(Settings, frozen=True):
    """`GUIHUA_*` variables of the registry: those of every service, with its own port and database."""

    http_port: Annotated[int, Field(ge=0, le=65535)] = Field(
        8105, description="监听端口,如 8105 / port to listen on, e.g. 8105"
    )
    mongo_database: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,63}$")] = Field(
        "guihua_registry", description="本服务的数据库名 / this service's database"
    )
