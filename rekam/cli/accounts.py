"""`rekam credentials`: who may call, and what they may do."""

from __future__ import annotations

from dataclasses import replace

import click

from access.credentials import PARTNER_ROLES, Credential, Role, check_partner, hash_secret, new_key, new_secret
from rekam.cli.installation import opened
from schemas.tolerances.catalogue import TOLERANCES
from store.port import Store


class ToleranceName(click.ParamType[str]):
    """The name of a tolerance; another one is refused with the list of those there are."""

    name = "tolerance"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value not in TOLERANCES:
            self.fail(f"there is no tolerance {value}; there are {', '.join(TOLERANCES)}", param, ctx)
        return value


class PartnerName(click.ParamType[str]):
    """A name that may stand in logs."""

    name = "partner"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            check_partner(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        return value


@click.group()
def credentials() -> None:
    """Keys and secrets of partners and HR."""


@credentials.command()
@click.argument("partner", type=PartnerName())
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice([role.value for role in Role]),
    help="repeatable; default: send and read own",
)
@click.option("--label", default="", help="a note for people")
@click.option(
    "--tolerate",
    "tolerances",
    multiple=True,
    type=ToleranceName(),
    help="repeatable; a way in which its statements may break the rules; default: none, strict",
)
def add(partner: str, roles: tuple[str, ...], label: str, tolerances: tuple[str, ...]) -> None:
    """Make a credential for PARTNER. The secret is shown once and kept only as a hash."""
    secret = new_secret()
    with opened(new=True) as system:
        system.store.prepare()
        credential = Credential(
            key=new_key(partner),
            secret_sha256=hash_secret(secret),
            partner=partner,
            roles=frozenset(Role(role) for role in roles) or PARTNER_ROLES,
            created_at_ms=system.clock.now_ms(),
            label=label,
            tolerances=frozenset(tolerances),
        )
        system.store.credentials.put(credential)
    click.echo(f"key     {credential.key}\nsecret  {secret}\nroles   {', '.join(sorted(credential.roles))}")
    if credential.tolerances:
        click.echo(f"tolerated  {', '.join(sorted(credential.tolerances))}")


@credentials.command("list")
def list_() -> None:
    """Every credential, without secrets."""
    with opened() as system:
        for held in system.store.credentials.all():
            state = "revoked" if held.revoked_at_ms is not None else "active"
            tolerated = ",".join(sorted(held.tolerances)) or "strict"
            click.echo("\t".join((held.key, held.partner, state, ",".join(sorted(held.roles)), tolerated, held.label)))


@credentials.command()
@click.argument("key")
def revoke(key: str) -> None:
    """Refuse KEY from now on (API processes notice within 10 seconds)."""
    with opened() as system:
        system.store.credentials.put(replace(_held(system.store, key), revoked_at_ms=system.clock.now_ms()))
    click.echo(f"{key} is revoked")


@credentials.command()
@click.argument("key")
@click.argument("names", metavar="[NAME]...", nargs=-1, type=ToleranceName())
@click.option("--none", "strict", is_flag=True, help="tolerate nothing any more")
def tolerate(key: str, names: tuple[str, ...], strict: bool) -> None:
    """Tolerate in statements of KEY what NAME... says, in place of what was tolerated before (API processes notice within 10
    seconds). docs/tolerances.md says what each accepts and what it makes of it."""
    if bool(names) == strict:
        raise click.UsageError(f"name tolerances, or give --none; there are {', '.join(TOLERANCES)}")
    with opened() as system:
        system.store.credentials.put(replace(_held(system.store, key), tolerances=frozenset(names)))
    click.echo(f"{key}: {', '.join(sorted(names)) or 'strict'}")


def _held(store: Store, key: str) -> Credential:
    held = store.credentials.get(key)
    if held is None:
        raise click.ClickException(f"there is no credential {key}; `rekam credentials list` shows those there are")
    return held
