"""A framework as a CFPackage of CASE 1.1: what its publisher said, with what Rekam knows otherwise put in its place."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from competency.frameworks import Framework
from schemas.case.making import Json, Making
from schemas.case.merging import Merging
from schemas.case.publication import digest_of, text_of
from schemas.case.reading import read_publication
from schemas.case.telling import bases


def write_case(framework: Framework, base_uri: str, *, changed_at: datetime) -> bytes:
    """The package as JSON; the same arguments give the same bytes.

    `base_uri` begins the URIs of what has none yet, like `https://rekam.example/ims/case/v1p1`; identifiers of those are UUIDs made
    of it and of their ids, so they stay while both do. `changed_at` (aware) is the `lastChangeDateTime` of all that is not as it
    was published.
    """
    return (json.dumps(_package(framework, base_uri.rstrip("/"), changed_at), ensure_ascii=False, indent=1) + "\n").encode()


def as_held(read: Framework, held: Framework) -> Framework:
    """`read` from a package, beside `held`, which is known of it: `held` itself where the package is one that `write_case` wrote of
    it; else `read`, without the URIs that `write_case` made where `held` has none. So an export that comes back changes nothing."""
    if held.published is not None and read.published is not None and read.id == held.id:
        package = read_publication(text_of(read.published)).package
        for base in bases(package):
            if digest_of(_package(held, base, held.changed_at)) == read.published.digest:
                return held
    known = {one.id: one.uri for one in held.competencies}
    competencies = tuple(
        replace(one, uri="") if known.get(one.id) == "" and _is_made(one.uri, "CFItems", read.id, one.id) else one
        for one in read.competencies
    )
    made = not held.uri and _is_made(read.uri, "CFDocuments", read.id)
    return replace(read, uri="" if made else read.uri, competencies=competencies)


def _package(framework: Framework, base: str, changed_at: datetime) -> Json:
    if framework.published is None:
        return Making(framework, base, changed_at).package()
    return Merging(framework, read_publication(text_of(framework.published)), base, changed_at).package()


def _is_made(uri: str, of: str, *ids: str) -> bool:
    base, _, identifier = uri.rpartition(f"/{of}/")
    return bool(base) and identifier == str(uuid5(NAMESPACE_URL, "/".join((base, of, *ids))))
