"""An independent opinion on whether a statement follows the data model of xAPI 1.0.3 or 2.0.

Written from the text of the specification and the requirements that the ADL conformance suite states, in plain Python,
sharing nothing with the validation that Rekam runs, so that an error would have to be made twice to go unnoticed.
"Data 2.4.2" names a section of xAPI-Data.md (https://github.com/adlnet/xAPI-Spec/blob/master/xAPI-Data.md).
"""

from __future__ import annotations

import re
from typing import Any, Literal

from tests.fuzz.oracle.context import context_1_0_3, context_2_0
from tests.fuzz.oracle.finding import Finding
from tests.fuzz.oracle.formats import rfc_3339_timestamp, timestamp
from tests.fuzz.oracle.statement import Edition, statement

Version = Literal["1.0.3", "2.0"]

# Data 2.4.10: "MUST accept all Statements where their version starts with 1.0.", formatted by Semantic Versioning 1.0.0, whose
# rule 4 lets letters follow the patch number; Communication 3.3 adds a bare 1.0. A store of version 2.0 takes those too
# and refuses 1.1.0 (version.js of the ADL suite, alike for both).
_OF_1_0 = r"1\.0(\.(0|[1-9][0-9]*)([A-Za-z][0-9A-Za-z-]*)?)?"
_EDITIONS: dict[Version, Edition] = {
    "1.0.3": Edition(context_1_0_3, timestamp, re.compile(_OF_1_0)),
    "2.0": Edition(context_2_0, rfc_3339_timestamp, re.compile(_OF_1_0 + r"|2\.0(\.(0|[1-9][0-9]*))?")),
}


def verdict(value: Any, version: Version) -> str | None:
    """What is wrong with this statement under this version, or None when it is valid."""
    try:
        statement(value, "", _EDITIONS[version])
    except Finding as finding:
        return str(finding)
    return None
