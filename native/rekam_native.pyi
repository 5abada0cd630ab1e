"""The hot paths of Rekam, compiled. Each function gives what the Python it stands for gives, or None: then Python decides."""

def is_plain_json(text: bytes) -> bool:
    """Whether a text is JSON as `schemas.statements.parse_statements` takes it; False where that has to look."""
