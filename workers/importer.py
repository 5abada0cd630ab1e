"""Bringing directory, catalogue and frameworks up to date from files, and every profile that this touches."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.imports.package import Package
from store.port import CatalogueStore, DirectoryStore
from telemetry.logs import logger
from workers.rebuild import Rebuild
from workers.refresh import Refresh
from workers.writing import Taken, Writing, chunks


@dataclass(slots=True)
class Imported:
    """What an import did."""

    packages: list[Taken]
    """In the order of the packages."""
    announced: int = 0
    """Statements whose evidence is derived again."""
    mended: int | None = None
    """How many employees were derived anew from all their statements because an earlier import was interrupted; None: none was."""


class Importer:
    """Applies packages. Idempotent: what is known already changes nothing. Nothing is ever deleted."""

    def __init__(
        self, directory: DirectoryStore, catalogue: CatalogueStore, refresh: Refresh, rebuild: Rebuild, nip_home_page: str
    ) -> None:
        self._directory = directory
        self._catalogue = catalogue
        self._refresh = refresh
        self._rebuild = rebuild
        self._nip_home_page = nip_home_page

    def apply(self, *packages: Package) -> Imported:
        """Write the good rows of all packages, table by table, and refresh what they touch; durable when it returns.

        If it is interrupted anywhere, the next import, of whatever it be, derives every profile again.
        """
        writing = Writing(self._directory, self._catalogue, self._nip_home_page, packages)
        if writing.interrupted:
            logger("importer").warning("an earlier import was interrupted; every profile will be derived again")
        writing.frameworks()
        writing.units()
        writing.posts()
        writing.entries()
        writing.people()
        writing.close()
        done = Imported(writing.taken)
        if writing.interrupted:
            done.mended = self._mend()
        else:
            done.announced = self._refresh.activities(writing.activities) + self._refresh.identifiers(writing.identifiers)
            if writing.everyone:
                self._refresh.everyone()
            else:
                self._refresh.employees(sorted(writing.employees))
        writing.settle()
        return done

    def _mend(self) -> int:
        mended = 0
        for some in chunks(self._rebuild.run()):
            # The profiles are as they should be now; whoever follows `profiles.updated` may not have been told of it.
            self._refresh.employees(some)
            mended += len(some)
        return mended
