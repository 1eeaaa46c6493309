"""Where the files of `deploy/` are, and the commands that its README tells people to type."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any, Final

import yaml

TOP: Final = Path(__file__).parents[2]
DEPLOY: Final = TOP / "deploy"
SERVICES: Final = ("intake", "workflow", "supervision", "notify", "registry", "console")
SCRIPTS: Final = sorted([*DEPLOY.glob("*.sh"), *DEPLOY.glob("*/*.sh")])


def compose() -> dict[str, Any]:
    """The compose file, with its anchors resolved and its variables left as they stand."""
    content: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return content


def commands(heading: str) -> list[str]:
    """The command blocks below a heading of deploy/README.md."""
    text = (DEPLOY / "README.md").read_text(encoding="utf-8")
    section = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"```bash\n(.*?)```", section, re.DOTALL)


def secrets_in(folder: Path) -> Path:
    """The secrets of a new office, readable by us."""
    environment = os.environ | {"SECRETS_DIR": str(folder), "OWNER": str(os.getuid())}
    subprocess.run([DEPLOY / "secrets.sh"], env=environment, check=True, capture_output=True, timeout=60)
    return folder
