"""The JSON binding of CASE 1.1 as JSON Schema: CFPackage and its parts, closed but for `extensions`, as the standard's own are.

https://www.imsglobal.org/spec/case/v1p1, "Data Model"; members, what is required, and the enumerations.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
TEXTS: Schema = {"type": "array", "items": TEXT}
UUID: Schema = {
    "type": "string",
    "pattern": "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-5][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$",
}
URI: Schema = {"type": "string", "pattern": "^[a-z][a-z0-9+.-]*:"}
DATE: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}
TIME: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
ASSOCIATION_TYPE: Schema = {
    "anyOf": [
        {
            "enum": [
                "isChildOf",
                "isPeerOf",
                "isPartOf",
                "exactMatchOf",
                "precedes",
                "isRelatedTo",
                "replacedBy",
                "exemplar",
                "hasSkillLevel",
                "isTranslationOf",
            ]
        },
        {"type": "string", "pattern": r"^ext:[A-Za-z0-9._-]+$"},
    ]
}


def shape(required: Schema, **optional: Schema) -> Schema:
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **optional, "extensions": {"type": "object"}},
        "additionalProperties": False,
    }


def several(of: Schema) -> Schema:
    return {"type": "array", "items": of}


LINK = shape({"title": TEXT, "identifier": UUID, "uri": URI})
NODE_LINK = shape({"title": TEXT, "identifier": TEXT, "uri": URI}, targetType=TEXT)
ROOT: Schema = {"identifier": UUID, "uri": URI, "lastChangeDateTime": TIME}
STATUS: Schema = {"statusStartDate": DATE, "statusEndDate": DATE, "licenseURI": LINK, "notes": TEXT, "language": TEXT}
DOCUMENT = shape(
    {**ROOT, "creator": TEXT, "title": TEXT},
    frameworkType=TEXT,
    caseVersion={"enum": ["1.1"]},
    officialSourceURL=URI,
    publisher=TEXT,
    description=TEXT,
    subject=TEXTS,
    subjectURI=several(LINK),
    version=TEXT,
    adoptionStatus={"enum": ["Adopted", "Deprecated", "Draft", "Private Draft"]},
    **STATUS,
)
ITEM = shape(
    {**ROOT, "fullStatement": TEXT},
    alternativeLabel=TEXT,
    CFItemType=TEXT,
    CFItemTypeURI=LINK,
    humanCodingScheme=TEXT,
    listEnumeration=TEXT,
    abbreviatedStatement=TEXT,
    conceptKeywords=TEXTS,
    conceptKeywordsURI=LINK,
    subject=TEXTS,
    subjectURI=several(LINK),
    educationLevel=TEXTS,
    **STATUS,
)
ASSOCIATION = shape(
    {**ROOT, "associationType": ASSOCIATION_TYPE, "originNodeURI": NODE_LINK, "destinationNodeURI": NODE_LINK},
    sequenceNumber=WHOLE,
    CFAssociationGroupingURI=LINK,
    notes=TEXT,
)
DEFINED: Schema = {**ROOT, "title": TEXT}
DEFINITIONS = shape(
    {},
    CFConcepts=several(shape({**DEFINED, "hierarchyCode": TEXT}, keywords=TEXT, description=TEXT)),
    CFSubjects=several(shape({**DEFINED, "hierarchyCode": TEXT}, description=TEXT)),
    CFLicenses=several(shape({**DEFINED, "licenseText": TEXT}, description=TEXT)),
    CFItemTypes=several(shape({**DEFINED, "description": TEXT, "hierarchyCode": TEXT}, typeCode=TEXT)),
    CFAssociationGroupings=several(shape(DEFINED, description=TEXT)),
)
LEVEL = shape(ROOT, description=TEXT, quality=TEXT, score=NUMBER, feedback=TEXT, position=WHOLE, rubricCriterionId=UUID)
CRITERION = shape(
    ROOT,
    category=TEXT,
    description=TEXT,
    CFItemURI=LINK,
    weight=NUMBER,
    position=WHOLE,
    rubricId=UUID,
    CFRubricCriterionLevels=several(LEVEL),
)
PACKAGE = shape(
    {"CFDocument": DOCUMENT},
    CFItems=several(ITEM),
    CFAssociations=several(ASSOCIATION),
    CFDefinitions=DEFINITIONS,
    CFRubrics=several(shape(ROOT, title=TEXT, description=TEXT, CFRubricCriteria=several(CRITERION))),
)
