"""A process of `workforce serve` that ends when the service ends, however that ended.

    python -m flows.service.child DESCRIPTOR MODULE [ARGUMENT …]

runs MODULE as `python -m MODULE ARGUMENT …` does. DESCRIPTOR is the reading end of a pipe whose writing end only the
service has: where the service is gone, even by SIGKILL, the operating system closes it. A thread that reads the pipe
then kills this process and the processes below it, such as the run of a worker, which is in a session of its own.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
from contextlib import suppress

import psutil


def main(descriptor: str, module: str, *arguments: str) -> None:
    """Run the module until it ends or the pipe closes."""
    threading.Thread(target=_end_with_the_service, args=(int(descriptor),), name="service", daemon=True).start()
    if (module, *arguments[:2]) == ("prefect", "server", "start"):
        from prefect.settings import get_current_settings

        from flows.service.prefect_database import let_writes_wait, prepare_database

        settings = get_current_settings()
        address = settings.server.database.connection_url
        prepare_database(settings.home, address.get_secret_value() if address else "")
        let_writes_wait()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _end_with_the_service(descriptor: int) -> None:
    with suppress(OSError):
        os.read(descriptor, 1)
    kill_tree(os.getpid())


def kill_tree(pid: int) -> None:
    """Kill the processes below a process, then the process itself."""
    with suppress(psutil.NoSuchProcess):
        top = psutil.Process(pid)
        for each in top.children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                each.kill()
        top.send_signal(signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
