"""Who may import whom. The table is the architecture; a new arrow is a decision, not an accident."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PURE = {"xapi", "competency", "access", "telemetry"}
PACKAGES = {*PURE, "schemas", "eventlog", "store", "ingest_api", "hr_api", "workers", "rekam", "samples"}
LIGHT = {"msgspec", "jiter"}

STORE_SHARED = {
    "store.pages",
    "store.pieces",
    "store.unit_paths",
    "store.names",
    "store.older_bodies",
    "store.profile_marks",
    "store.profile_text",
    "store.evidence_text",
    "store.versioning",
}
"""What both adapters of the store share."""

ALLOWED: dict[str, set[str]] = {
    "xapi": LIGHT,
    "xapi.native": {"rekam_native"},
    "xapi.signatures": {"xapi", "cryptography", *LIGHT},
    "competency": {"xapi", *LIGHT},
    "telemetry": {"structlog", "prometheus_client"},
    "access": {"telemetry"},
    "schemas": {"xapi", "competency", "access", "marshmallow", "apispec", "jsonschema_rs", "openpyxl", *LIGHT},
    "eventlog.port": {"xapi"},
    "eventlog.sqlite": {"eventlog.port", "eventlog.sqlite", "telemetry", *LIGHT},
    "eventlog.kafka": {"eventlog.port", "eventlog.kafka", "telemetry", "kafka"},
    "store.port": PURE - {"telemetry"},
    "store.pages": {"store.port"},
    "store.reference": {"store.port", "competency"},
    "store.consequences": {"store.port", "competency"},
    "store.pieces": set(),
    "store.unit_paths": set(),
    "store.names": set(),
    "store.older_bodies": set(),
    "store.versioning": {"store.port", "competency", *LIGHT},
    "store.profile_marks": {"competency"},
    "store.profile_text": set(),
    "store.evidence_text": {"competency", *LIGHT},
    "store.sqlite": {"store.port", *STORE_SHARED, "store.sqlite", "xapi", "competency", "access", *LIGHT},
    "store.mongodb": {
        "store.port",
        *STORE_SHARED,
        "store.mongodb",
        "xapi",
        "competency",
        "access",
        "pymongo",
        "bson",
        *LIGHT,
    },
    "ingest_api": {*PURE, "schemas", "eventlog.port", "store.port", "store.reference", "flask", "werkzeug", "cryptography", *LIGHT},
    "hr_api": {
        *PURE,
        "schemas",
        "eventlog.port",
        "store.port",
        "store.reference",
        "store.consequences",
        "flask",
        "werkzeug",
        "cryptography",
        *LIGHT,
    },
    "workers": {
        *PURE,
        "schemas",
        "eventlog.port",
        "store.port",
        "store.reference",
        "store.consequences",
        "store.evidence_text",
        *LIGHT,
    },
    "samples": {"xapi", "competency", *LIGHT},
}
"""Beside the standard library and itself. `rekam` wires everything and may import all."""


def modules() -> Iterator[tuple[str, Path]]:
    for package in sorted(PACKAGES):
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imported(path: Path) -> set[str]:
    """Absolute module names a file imports (relative imports are not used here)."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            module = node.module or ""
            found |= {f"{module}.{alias.name}" for alias in node.names} if module in PACKAGES else {module}
    return found


def within(name: str, owners: set[str]) -> bool:
    return any(name == owner or name.startswith(owner + ".") for owner in owners)


def rule(module: str) -> str | None:
    """The most specific row of the table for a module."""
    rows = [row for row in ALLOWED if within(module, {row})]
    return max(rows, key=len, default=None)


@pytest.mark.parametrize(("module", "path"), list(modules()), ids=lambda value: value if isinstance(value, str) else "")
def test_a_module_imports_only_what_its_place_allows(module: str, path: Path) -> None:
    row = rule(module)
    if row is None:
        assert module.split(".")[0] in {"rekam", "eventlog", "store"}, f"{module} has no row in the table"
        return
    own = {row} if "." in row else {module.split(".")[0]}
    strange = {
        name
        for name in imported(path)
        if name.split(".")[0] not in sys.stdlib_module_names and not within(name, ALLOWED[row] | own | {"__future__"})
    }
    assert not strange, f"{module} may not import {sorted(strange)}"


def test_nothing_imports_the_composition_root() -> None:
    assert [
        module for module, path in modules() if not within(module, {"rekam"}) and any(within(n, {"rekam"}) for n in imported(path))
    ] == []


def test_packages_have_no_cycles() -> None:
    graph: dict[str, set[str]] = {package: set() for package in PACKAGES}
    for module, path in modules():
        here = module.split(".")[0]
        graph[here] |= {name.split(".")[0] for name in imported(path)} & PACKAGES - {here}
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(f"packages import each other in a circle: {error.args[1]}")


def test_the_pure_packages_do_no_io() -> None:
    forbidden = {"socket", "sqlite3", "subprocess", "urllib", "http", "asyncio", "threading", "random", "time", "secrets"}
    guilty = {
        (module, name)
        for module, path in modules()
        if within(module, {"xapi", "competency"})
        for name in imported(path)
        if name.split(".")[0] in forbidden
    }
    assert guilty == set()
