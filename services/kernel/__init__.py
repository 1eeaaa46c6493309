"""How every service runs: HTTP, events, time, storage, identity, refusals, logs and measures."""

import gc
from typing import Final

_COLLECTED_EVERY: Final = (10_000, 20, 20)

gc.set_threshold(*_COLLECTED_EVERY)  # a start only makes what stays: to look for rubbish in it took a tenth of it
