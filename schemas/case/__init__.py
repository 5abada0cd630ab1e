"""1EdTech CASE 1.1 (Competencies and Academic Standards Exchange), JSON binding: frameworks in and out as a CFPackage.

https://www.imsglobal.org/spec/case/v1p1
"""

from schemas.case.reading import is_case, read_case
from schemas.case.writing import as_held, write_case

__all__ = ["as_held", "is_case", "read_case", "write_case"]
