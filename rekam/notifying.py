"""The notifier's parts, side by side in one process."""

from __future__ import annotations

import threading
from collections.abc import Callable

from rekam.wiring import System
from workers import loop
from workers.notifier import PACE_S


def notifier_loop(system: System, stop: loop.Stop) -> None:
    """Note who is to be told, look at certificates once a day, and send, until `stop`. May share a process with others.

    What ends one part ends all: `stop` is requested and the error raised.
    """
    errors: list[BaseException] = []
    notifier, certificates, deliverer = system.notifier(), system.certificate_pass(), system.deliverer()

    def guarded(run: Callable[[], None]) -> None:
        try:
            run()
        except BaseException as error:  # handed on below
            errors.append(error)
            stop.request()

    threads = [
        threading.Thread(target=guarded, args=(lambda: certificates.run(stop),), name=certificates.name),
        threading.Thread(target=guarded, args=(lambda: deliverer.run(stop),), name=deliverer.name),
    ]
    for thread in threads:
        thread.start()
    guarded(lambda: loop.run(notifier, system.notifier_reader, stop, system.clock, pace_s=PACE_S))
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
