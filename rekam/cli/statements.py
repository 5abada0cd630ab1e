"""`rekam statements`: loading files into a server and exporting from it, over HTTP like everyone else."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import click

from rekam.administrator import administrator
from rekam.client import ClientError, XapiClient
from rekam.loading import Load
from rekam.settings import Settings


def _server(command: Any) -> Any:
    """The options that say which server and as whom."""
    for option in (
        click.option("--secret", envvar="REKAM_BOOTSTRAP_SECRET", help="secret of the credential"),
        click.option(
            "--key", envvar="REKAM_BOOTSTRAP_KEY", help="key of the credential; default: the administrator of the data directory"
        ),
        click.option("--url", help="xAPI endpoint; default: this installation's, http://HOST:PORT/xapi"),
    ):
        command = option(command)
    return command


@click.group()
def statements() -> None:
    """xAPI statements in files."""


@statements.command()
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_server
@click.option("--batch", default=100, show_default=True, type=click.IntRange(1, 1000), help="statements a request")
@click.option("--connections", default=4, show_default=True, type=click.IntRange(1, 64), help="requests at once")
@click.option("--refused", type=click.Path(dir_okay=False, path_type=Path), help="write refused lines here, with the reason")
def load(
    path: Path, url: str | None, key: str | None, secret: str | None, batch: int, connections: int, refused: Path | None
) -> None:
    """Send PATH (one statement a line, .ndjson or .ndjson.gz). Interrupted, it goes on where it was when run again."""
    settings = Settings.read()
    endpoint, client = _client(settings, url, key, secret, connections)
    work = Load(path, client, endpoint, settings.data_dir, batch_size=batch, connections=connections)
    started = time.monotonic()
    try:
        with click.progressbar(length=work.size_bytes, label=path.name, file=sys.stderr) as bar:
            progress = work.run(lambda position: bar.update(position - bar.pos))
    except ClientError as error:
        raise click.ClickException(
            f"{error}\n{work.progress.acknowledged} acknowledged; run the same command again to go on"
        ) from error
    seconds = time.monotonic() - started
    rate = progress.acknowledged / seconds if seconds else 0.0
    click.echo(
        f"{progress.acknowledged} acknowledged, {len(progress.refused)} refused, {progress.skipped} skipped (acknowledged before); "
        f"{seconds:.1f} s, {rate:.0f} statements/s"
    )
    for line in progress.refused[:20]:
        click.echo(f"line {line.line}: {line.message}", err=True)
    if refused is not None:
        with refused.open("w") as file:
            for line in progress.refused:
                record = {"line": line.line, "message": line.message, "text": line.text.decode(errors="replace")}
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
    sys.exit(1 if progress.refused else 0)


@statements.command()
@_server
@click.option("--since", help="only those stored after this time (ISO 8601)")
@click.option("--until", help="only those stored until this time")
@click.option("--agent", help="only those of this actor (an Agent as JSON)")
@click.option("--activity", help="only those about this activity (an IRI)")
def export(
    url: str | None,
    key: str | None,
    secret: str | None,
    since: str | None,
    until: str | None,
    agent: str | None,
    activity: str | None,
) -> None:
    """Print statements, oldest first, one a line."""
    settings = Settings.read()
    _, client = _client(settings, url, key, secret, 1)
    wanted = {"since": since, "until": until, "agent": agent, "activity": activity}
    try:
        for page in client.pages(ascending="true", limit="500", **{name: value for name, value in wanted.items() if value}):
            for statement in page:
                # A line break in JSON stands only between tokens.
                click.echo(statement.replace(b"\r", b" ").replace(b"\n", b" "))
    except ClientError as error:
        raise click.ClickException(str(error)) from error


def _client(settings: Settings, url: str | None, key: str | None, secret: str | None, connections: int) -> tuple[str, XapiClient]:
    endpoint = url or f"http://{settings.host}:{settings.port}/xapi"
    if not key or not secret:
        admin = administrator(settings)
        key, secret = admin.key, admin.secret
    return endpoint, XapiClient(endpoint, key, secret, connections=connections)
