"""The tables as Markdown: `docs/imports.md` contains exactly this for each, and a test compares.

`python -m schemas.imports.documentation` prints it.
"""

from __future__ import annotations

from typing import Any

from schemas.imports.columns import Table
from schemas.imports.package import all_tables


def markdown(table: Table[Any]) -> str:
    """One table's columns."""
    lines = [
        f"### `{table.name}`",
        "",
        f"{table.says} No two rows may have the same {_unique(table)}.",
        "",
        "| column | needed | what it is | what may stand in it | also known as |",
        "|---|---|---|---|---|",
    ]
    lines.extend(
        f"| `{column.name}` | {'yes' if column.required else 'no'} | {column.says} | {_escaped(column.kind.says)} "
        f"| {', '.join((*column.aliases, *column.earlier)) or '–'} |"
        for column in table.columns
    )
    return "\n".join(lines)


def _unique(table: Table[Any]) -> str:
    return ", nor the same ".join(" and ".join(f"`{name}`" for name in columns) for columns in table.unique)


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    print("\n\n".join(markdown(table) for table in all_tables("https://asn.example/nip")))
