"""The executor that runs handlers in this interpreter."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path

from lambdalab.clock import Clock
from lambdalab.runtime.executor import Connections, SandboxSpecification
from lambdalab.runtime.in_process import threads
from lambdalab.runtime.in_process.connections import HandlerConnections
from lambdalab.runtime.in_process.presence import outside
from lambdalab.runtime.in_process.sandbox import InProcessSandbox
from lambdalab.runtime.in_process.unpacked_archive import ArchiveStore
from lambdalab.runtime.process_model import ProcessModel

__all__ = ["InProcessExecutor"]


class InProcessExecutor:
    """Makes in-process sandboxes. Works wherever Python does, the browser included.

    Parameters
    ----------
    clock
        Virtual time.
    modelled
        How long things take; default `ProcessModel()`.
    budget_seconds
        Real processor time a handler, or its static code, may compute before it counts as an endless loop and
        times out; 5 by default. Importing an SDK and making its clients takes a second or two on a slow machine.

    connections
        Where connections of handlers lead that are no AWS calls; default: to the machine's own network.

    Notes
    -----
    Not contained, and better run with the child-process executor: crashes of native code, real memory limits, computing
    inside one call into native code, ``os.fork`` and ``os.exec*`` (refused), programs started with ``subprocess``
    and libraries in C that open files by themselves (both see the machine's own ``/tmp``).
    """

    name = "in-process"

    def __init__(
        self,
        clock: Clock,
        modelled: ProcessModel | None = None,
        budget_seconds: float = 5.0,
        connections: Connections | None = None,
    ) -> None:
        self._clock = clock
        self._modelled = modelled or ProcessModel()
        self._budget_seconds = budget_seconds
        self._connections = None if connections is None else HandlerConnections(connections)
        self._folder: Path | None = None
        self._archives: ArchiveStore | None = None
        self._created = 0
        self._sandboxes: set[InProcessSandbox] = set()

    def create(self, specification: SandboxSpecification) -> InProcessSandbox:
        """A sandbox for a new execution environment."""
        with outside():
            if self._folder is None or self._archives is None:
                self._folder = Path(tempfile.mkdtemp(prefix="lambdalab-")).resolve()
                self._archives = ArchiveStore(self._folder / "archives")
                threads.install()
                if self._connections is not None:
                    self._connections.install()
            self._created += 1
            sandbox = InProcessSandbox(
                specification,
                self._clock,
                self._modelled,
                self._archives.unpack((specification.code,)),
                self._archives.unpack(specification.layers) if specification.layers else None,
                self._folder / "tmp" / str(self._created),
                self._budget_seconds,
                self._sandboxes.discard,
            )
            self._sandboxes.add(sandbox)
            return sandbox

    def outside(self) -> AbstractContextManager[None]:
        """Leave the handler that runs, to answer an AWS call it made."""
        return outside()

    def close(self) -> None:
        """End every process and remove every file."""
        if self._folder is not None:
            with outside():
                for sandbox in list(self._sandboxes):
                    sandbox.shutdown()
                shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = self._archives = None
            threads.uninstall()
            if self._connections is not None:
                self._connections.uninstall()
