"""The demonstration of `make run`: an invented ministry is imported, partners send about it over HTTP, one profile is shown."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from access.credentials import PARTNER_ROLES, Credential, hash_secret, new_key, new_secret
from competency.words import in_words
from rekam.client import ClientError, XapiClient
from rekam.settings import Settings
from rekam.wiring import System
from samples.demo import SEED, demo_batches, showcase, write_files
from schemas.imports.package import read_package
from store.port import Unavailable

MARK = "demonstration.json"
SETTLE_S = 60.0
Say = Callable[[str], None]


def show_demonstration(settings: Settings, base_url: str, say: Say, give_up: Callable[[], bool]) -> None:
    """Load it unless this data directory has had it, then print one employee's profile in words. Never ends the process."""
    system = System.open(settings)
    try:
        mark = settings.data_dir / MARK
        if not mark.exists():
            say("Loading the demonstration: a ministry of about 200 employees, and what four partners report about them …")
            _import(system)
            sent = _send(system, base_url, give_up)
            if give_up():
                return
            mark.write_text(f'{{"statements": {sent}}}')
            say(f"{sent} statements were sent over HTTP.\n")
        if _settled(system, give_up):
            _show(system, say, base_url)
    except (ClientError, Unavailable) as error:
        say(f"The demonstration could not be loaded: {error}. It will be tried again at the next start.")
    finally:
        system.close()


def _import(system: System) -> None:
    importer = system.importer()
    with tempfile.TemporaryDirectory() as folder:
        importer.apply(
            *(read_package(path, nip_home_page=system.settings.nip_home_page) for path in write_files(Path(folder), SEED))
        )


def _send(system: System, base_url: str, give_up: Callable[[], bool]) -> int:
    """Send as each partner would, with a credential of its own; ids are fixed, so what an interrupted run sent is not doubled."""
    clients: dict[str, XapiClient] = {}
    sent = 0
    for batch in demo_batches(SEED, system.settings.nip_home_page):
        if give_up():
            return sent
        if batch.partner not in clients:
            clients[batch.partner] = XapiClient(f"{base_url}/xapi", *_credential(system, batch.partner), connections=1)
        clients[batch.partner].send([msgspec.json.encode(statement) for statement in batch.statements])
        sent += len(batch.statements)
    return sent


def _credential(system: System, partner: str) -> tuple[str, str]:
    key, secret = new_key(partner), new_secret()
    system.store.credentials.put(
        Credential(key, hash_secret(secret), partner, PARTNER_ROLES, system.clock.now_ms(), label="demonstration")
    )
    return key, secret


def _settled(system: System, give_up: Callable[[], bool]) -> bool:
    """Whether recorder and profiler have nothing left to do."""
    deadline = time.monotonic() + SETTLE_S
    while time.monotonic() < deadline and not give_up():
        if sum(system.behind().values()) == 0:
            return True
        time.sleep(0.1)
    return False


def _show(system: System, say: Say, base_url: str) -> None:
    employee = system.store.directory.by_nip(showcase(SEED).nip)
    profile = None if employee is None else system.store.profiles.get(employee.id)
    if employee is None or profile is None:
        return
    say("One employee's profile, in words:\n")
    say(in_words(profile.text, employee))
    say(f"The same as JSON: {base_url}/api/v1/employees/{employee.id}/profile\nCtrl-C ends Rekam.\n")
