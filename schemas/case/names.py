"""What things of a package are called here: their texts without what can't be shown, and ids made of them."""

from __future__ import annotations

import re

from schemas.case.shapes import FRAMEWORK_ID, Document

ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?")


def framework_id_of(document: Document) -> str | None:
    said = (document.extensions or {}).get(FRAMEWORK_ID)
    if isinstance(said, str) and ID.fullmatch(said):
        return said
    return slug(document.title.casefold()) or (document.identifier if ID.fullmatch(document.identifier) else None)


def slug(text: str) -> str:
    """The text where it will do as an id, else what of it does; empty when nothing does."""
    if ID.fullmatch(text):
        return text
    return re.sub(r"[^A-Za-z0-9._]+", "-", text).strip("-._")[:100].rstrip("-._")


def plain_text(text: str | None) -> str:
    """Without the characters that can't be printed, and with single blanks."""
    return " ".join("".join(char for char in text or "" if ord(char) >= 32 or char.isspace()).split())
