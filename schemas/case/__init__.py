"""1EdTech CASE 1.1 (Competencies and Academic Standards Exchange), JSON binding: frameworks in and out as a CFPackage.

https://www.imsglobal.org/spec/case/v1p1
"""

from schemas.case.reading import is_case, read_case
from schemas.case.writing import without_made_uris, write_case

__all__ = ["is_case", "read_case", "without_made_uris", "write_case"]
