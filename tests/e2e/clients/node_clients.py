"""The JavaScript clients of xAPI, installed by npm into the cache folder, and the scripts in `node/` that use them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.servers.cache import Unobtainable, provisioned, run_tool

SOURCES = Path(__file__).with_name("node")
MANIFESTS = ("package.json", "package-lock.json", ".npmrc")
OLDEST_NODE = 18
"""The oldest with the `fetch` and the `Blob` that the clients use."""


def _node() -> str:
    node = shutil.which("node")
    if node is None:
        raise Unobtainable(f"Node.js {OLDEST_NODE} or newer is not installed")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False, timeout=30).stdout
    major = re.match(r"v(\d+)", version)
    if major is None or int(major[1]) < OLDEST_NODE:
        raise Unobtainable(f"the clients need Node.js {OLDEST_NODE} or newer; {node} is {version.strip() or 'unknown'}")
    return node


def provision_packages() -> Path:
    """The folder node_modules, from the cache, or fetched into it once (about 12 MB). Raises `Unobtainable`."""
    locked = {name: (SOURCES / name).read_bytes() for name in MANIFESTS}

    def fill(folder: Path) -> None:
        npm = shutil.which("npm")
        if npm is None:
            raise Unobtainable("npm, which fetches the JavaScript clients, is not installed")
        for name, content in locked.items():
            (folder / name).write_bytes(content)
        run_tool([npm, "ci", "--silent", "--prefix", str(folder)], "fetching the JavaScript clients with npm", 300)

    digest = sha256(b"\0".join(locked.values())).hexdigest()[:12]
    return provisioned(f"clients-{digest}", fill) / "node_modules"


class NodeClients:
    """A folder in which a script finds the clients by their names. Raises `Unobtainable`."""

    def __init__(self, folder: Path) -> None:
        self._node = _node()
        self.packages = provision_packages()
        self.folder = folder
        for script in SOURCES.glob("*.mjs"):
            shutil.copy(script, folder)
        (folder / "node_modules").symlink_to(self.packages)

    def run(self, script: str, *arguments: str, **environment: str) -> Any:
        """What the script prints last, read as JSON. Fails with all it printed when it fails."""
        return json.loads(self.output(script, *arguments, **environment).splitlines()[-1])

    def output(self, script: str, *arguments: str, **environment: str) -> str:
        """What the script prints. Fails with all it printed when it fails."""
        done = subprocess.run(
            [self._node, script, *arguments],
            cwd=self.folder,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        told = f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        assert done.returncode == 0, f"{script} {' '.join(arguments)}: {done.returncode}\n{told}"
        return done.stdout
