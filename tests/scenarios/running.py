"""`python -m tests.scenarios.running FOLDER PORTS`: what `guihua run` does, on ports that a test chose."""

import asyncio
import json
import sys
from pathlib import Path

from services.local import runner
from services.local.layout import Layout


def main() -> None:
    folder, ports = sys.argv[1:]
    sys.exit(asyncio.run(runner.run(Layout(var=Path(folder), ports=json.loads(ports)))))


if __name__ == "__main__":
    main()
