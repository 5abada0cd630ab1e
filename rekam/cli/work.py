"""`rekam work`."""

from __future__ import annotations

import os

import click

from rekam.cli.installation import opened_as_it_is
from rekam.memory import give_back_large_blocks, look_less_often
from rekam.metrics_folder import VARIABLE as METRICS_FOLDER
from rekam.metrics_folder import fresh_metrics_folder
from rekam.notifying import notifier_loop
from rekam.processes import end_with_supervisor, on_stop_signal, yield_to_callers
from rekam.settings import Settings
from rekam.supervisor import Supervisor, worker_programs
from telemetry import logs
from telemetry.clock import SystemClock
from workers import loop
from workers.keeper import PAUSE_S
from workers.profiler import PACE_S as PROFILERS_PACE_S


@click.group()
def work() -> None:
    """Run workers: what is accepted is recorded, what is recorded becomes profiles."""


@work.command()
def recorder() -> None:
    """Record what was accepted."""
    _work("recorder")


@work.command()
def profiler() -> None:
    """Keep profiles up to date."""
    _work("profiler")


@work.command()
def keeper() -> None:
    """Let profiles follow changes of the directory, the catalogue and the rules, and the calendar; keep the rollups of units."""
    _work("keeper")


@work.command()
def notifier() -> None:
    """Tell webhooks what happens to profiles."""
    _work("notifier")


@work.command("all")
@click.option("--recorders", default=1, show_default=True, type=click.IntRange(0, 64))
@click.option("--profilers", default=1, show_default=True, type=click.IntRange(0, 64))
@click.option("--keepers", default=1, show_default=True, type=click.IntRange(0, 64))
@click.option("--notifiers", default=1, show_default=True, type=click.IntRange(0, 64))
def all_(recorders: int, profilers: int, keepers: int, notifiers: int) -> None:
    """Run any number of each as processes, restarting what dies."""
    settings = Settings.read()
    logs.configure(settings.log_level)
    folder = os.environ.get(METRICS_FOLDER) or str(fresh_metrics_folder(settings.data_dir))
    environment = {**os.environ, METRICS_FOLDER: folder}
    supervisor = Supervisor(worker_programs(recorders, profilers, keepers, notifiers), environment, SystemClock())
    on_stop_signal(supervisor.request_stop)
    supervisor.start()
    supervisor.watch()


def _work(kind: str) -> None:
    end_with_supervisor()
    yield_to_callers(kind)
    give_back_large_blocks()
    stop = loop.Stop()
    on_stop_signal(stop.request)
    with opened_as_it_is() as system:
        ready = loop.patiently(system.ready_to_work, kind, stop)
        if not ready:
            return
        look_less_often()
        if kind == "recorder":
            recorder = system.recorder()
            loop.run(
                recorder,
                lambda: system.recorder_reader(recorder),
                stop,
                system.clock,
                before_poll=recorder.look_at_the_log,
            )
        elif kind == "profiler":
            loop.run(system.profiler(stop), system.profiler_reader, stop, system.clock, pace_s=PROFILERS_PACE_S)
        elif kind == "notifier":
            notifier_loop(system, stop)
        else:
            loop.tend(system.keeper(stop).tick, kind, stop, PAUSE_S)
