"""`rekam up`, `rekam serve`."""

from __future__ import annotations

import os
import sys
import threading
import uuid

import click
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from rekam.administrator import administrator
from rekam.demonstration import show_demonstration
from rekam.metrics_folder import VARIABLE as METRICS_FOLDER
from rekam.metrics_folder import fresh_metrics_folder
from rekam.processes import SERVER_PID, SUPERVISOR_PID, end_with_supervisor, on_stop_signal
from rekam.readiness import INSTANCE, PortTaken, check_port, wait_until_ready
from rekam.settings import Settings
from rekam.supervisor import Program, Supervisor, worker_programs
from rekam.wiring import System
from telemetry import logs
from telemetry.clock import SystemClock


@click.command()
def up() -> None:
    """Run everything here: the API, recorders, profilers, keeper and notifier, embedded unless told otherwise. Ctrl-C ends it."""
    settings = Settings.read()
    logs.configure(settings.log_level)
    _check_port(settings)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    admin = administrator(settings)
    instance = uuid.uuid4().hex
    environment = {
        **os.environ,
        **admin.environment(),
        METRICS_FOLDER: str(fresh_metrics_folder(settings.data_dir)),
        INSTANCE: instance,
    }
    system = System.open(settings)
    try:
        system.prepare()
    finally:
        system.close()
    supervisor = Supervisor(
        [Program("api", ("serve",)), *worker_programs(settings.recorders, settings.profilers, 1, 1)], environment, SystemClock()
    )
    on_stop_signal(supervisor.request_stop)
    supervisor.start()

    def welcome() -> None:
        base = f"http://{settings.host}:{settings.port}"
        if not wait_until_ready(base, instance, lambda: supervisor.stopping):
            return
        click.echo(
            f"\nRekam is ready.\n  xAPI       {base}/xapi\n  HR API     {base}/api/v1/openapi.json\n  health     {base}/readyz\n"
            f"  key        {admin.key}\n  secret     {admin.secret}\n  log        {settings.event_log_url.split('?')[0]}\n"
            f"  store      {settings.store_url.split('@')[-1].split('?')[0]}\n"
        )
        if settings.demo:
            show_demonstration(settings, base, click.echo, lambda: supervisor.stopping)

    threading.Thread(target=welcome, name="welcome", daemon=True).start()
    supervisor.watch()


@click.command()
def serve() -> None:
    """Answer HTTP: xAPI, the HR API and operations."""
    end_with_supervisor()
    settings = Settings.read()
    if SUPERVISOR_PID not in os.environ:
        _check_port(settings)
    if METRICS_FOLDER not in os.environ:
        # The metrics library decides on import whether processes share their numbers.
        os.environ[METRICS_FOLDER] = str(fresh_metrics_folder(settings.data_dir))
        os.execv(sys.executable, [sys.executable, "-m", "rekam", "serve"])  # noqa: S606
    os.environ[SERVER_PID] = str(os.getpid())
    Granian(
        "rekam.wsgi:create",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.api_processes,
        blocking_threads=settings.api_threads,
        respawn_failed_workers=True,
        respawn_interval=0.2,
        workers_kill_timeout=3,
        log_level=LogLevels.error,
    ).serve()


def _check_port(settings: Settings) -> None:
    try:
        check_port(settings.host, settings.port)
    except PortTaken as error:
        raise click.ClickException(str(error)) from error
