"""`rekam credentials`: who may call, and what they may do."""

from __future__ import annotations

from dataclasses import replace

import click

from access.credentials import PARTNER_ROLES, Credential, Role, hash_secret, new_key, new_secret
from rekam.cli.session import opened


@click.group()
def credentials() -> None:
    """Keys and secrets of partners and HR."""


@credentials.command()
@click.argument("partner")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice([role.value for role in Role]),
    help="repeatable; default: send and read own",
)
@click.option("--label", default="", help="a note for people")
def add(partner: str, roles: tuple[str, ...], label: str) -> None:
    """Make a credential for PARTNER. The secret is shown once and kept only as a hash."""
    secret = new_secret()
    with opened() as system:
        system.store.prepare()
        credential = Credential(
            key=new_key(partner),
            secret_sha256=hash_secret(secret),
            partner=partner,
            roles=frozenset(Role(role) for role in roles) or PARTNER_ROLES,
            created_at_ms=system.clock.now_ms(),
            label=label,
        )
        system.store.credentials.put(credential)
    click.echo(f"key     {credential.key}\nsecret  {secret}\nroles   {', '.join(sorted(credential.roles))}")


@credentials.command("list")
def list_() -> None:
    """Every credential, without secrets."""
    with opened() as system:
        for held in system.store.credentials.all():
            state = "revoked" if held.revoked_at_ms is not None else "active"
            click.echo("\t".join((held.key, held.partner, state, ",".join(sorted(held.roles)), held.label)))


@credentials.command()
@click.argument("key")
def revoke(key: str) -> None:
    """Refuse KEY from now on (API processes notice within 10 seconds)."""
    with opened() as system:
        held = system.store.credentials.get(key)
        if held is None:
            raise click.ClickException(f"there is no credential {key}; `rekam credentials list` shows those there are")
        system.store.credentials.put(replace(held, revoked_at_ms=system.clock.now_ms()))
    click.echo(f"{key} is revoked")
