"""The shelf of bundles: the files of every version, read from the database once and kept at hand."""

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from services.kernel.store import Aggregates, AlreadyExists
from services.workflow.definitions.models import Bundle, BundleFile
from services.workflow.lint.forms import form_path

_AT_HAND: Final = 32
"""How many bundles are kept in memory; a bundle is some hundred kilobytes, 15 MB at most."""


@dataclass(slots=True)
class Shelf:
    """Bundles by their digest. They never change, so what is at hand is always right."""

    bundles: Aggregates[Bundle]
    _at_hand: OrderedDict[str, Bundle] = field(default_factory=OrderedDict, init=False)

    async def put(self, bundle: Bundle) -> None:
        """Lay a bundle on the shelf; one that lies there already stays as it is."""
        try:
            await self.bundles.create(bundle)
        except AlreadyExists:
            return

    async def take(self, sha256: str) -> Bundle:
        """The bundle of this digest. Raises NotFound."""
        if sha256 not in self._at_hand:
            self._at_hand[sha256], _ = await self.bundles.load(sha256)
        self._at_hand.move_to_end(sha256)
        while len(self._at_hand) > _AT_HAND:
            self._at_hand.popitem(last=False)
        return self._at_hand[sha256]

    def forget(self) -> None:
        """Keep none at hand: each is read again when it is wanted."""
        self._at_hand.clear()

    async def form(self, sha256: str, key: str) -> Mapping[str, Any]:
        """The JSON Schema of a form of a bundle; a step without a form takes no answers."""
        files = (await self.take(sha256)).contents
        path = form_path(files, key)
        form: dict[str, Any] = json.loads(files[path]) if path else {"type": "object", "properties": {}}
        return form


def bundle_files(files: Mapping[str, bytes]) -> tuple[BundleFile, ...]:
    """Files as they are stored."""
    return tuple(BundleFile(path=path, content=content) for path, content in sorted(files.items()))
