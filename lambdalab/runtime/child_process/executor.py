"""The executor that gives each execution environment a process of its own."""

from __future__ import annotations

import atexit
import contextlib
import importlib.util
import json
import os
import shutil
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any, Literal

from lambdalab.clock import SECOND, Clock
from lambdalab.errors import EngineFault, NotEmulatedError
from lambdalab.runtime.child_process.aws_response import AnswerAwsCall
from lambdalab.runtime.child_process.package_directory import PackageDirectory, UnpackedPackage
from lambdalab.runtime.child_process.process import ChildProcess, StartedProcess
from lambdalab.runtime.child_process.sandbox import ChildProcessSandbox, InvalidEntrypoint
from lambdalab.runtime.child_process.zygote import Zygote, ZygoteUnavailable, python_command
from lambdalab.runtime.executor import SandboxSpecification
from lambdalab.runtime.process_model import ProcessModel
from lambdalab.runtime.virtual_filesystem import LAYERS, TASK, TMP

__all__ = ["ChildProcessExecutor", "RuntimeClient"]

RuntimeClient = Literal["awslambdaric", "own"]
_MEBIBYTE = 1_048_576
_DATA_SLACK_MB = 1_024


class ChildProcessExecutor:
    """Makes sandboxes that are processes.

    Parameters
    ----------
    clock
        Virtual time.
    answer_aws_call
        Answers what a handler asks of AWS. None: such calls get status 501.
    budget_seconds
        Real time that one phase may take; then it counts as timed out. Virtual time does not pass by computing.
    runtime_client
        ``"awslambdaric"``, AWS's own runtime, or ``"own"``. Default: AWS's where it is installed.
    zygote
        Fork Python environments from a process that has boto3 imported already: True to start one, where the system
        allows it; False for none; or one that several executors share, which whoever made it closes.
    modelled
        How long things take that are not measured.

    Attributes
    ----------
    start_method
        ``"zygote"`` or ``"new process"``: how Python environments begin.

    Notes
    -----
    ``python3.*`` runs on this machine's Python, whatever the version asked for. Its time is virtual, and it sees
    ``/tmp``, ``/var/task`` and ``/opt`` where they are on AWS; so do the paths of programs it starts and of SQLite
    databases, but not what such programs, or libraries in C, open by themselves.

    ``provided.*`` runs the ``bootstrap`` of the package or a layer. It sees this machine's files and real time: its
    package is where ``LAMBDA_TASK_ROOT`` says, its own folder for temporary files where ``TMPDIR`` says. Virtual
    time passes by its AWS calls and by what it declares with ``POST
    http://$AWS_LAMBDA_RUNTIME_API/.lambdalab/sleep`` and a body such as ``{"seconds": 0.25}``.

    Between two events every process is stopped, with all its threads. A process that has at any moment used more
    resident memory than the function is configured with is killed; of a bootstrap, the memory of the programs it
    starts does not count. ``/tmp`` is limited in size for Python functions. All this keeps honest code in its
    bounds. It is no protection from hostile code, which runs as the user who runs the engine.
    """

    name = "child-process"

    def __init__(
        self,
        clock: Clock,
        answer_aws_call: AnswerAwsCall | None = None,
        *,
        budget_seconds: float = 5.0,
        runtime_client: RuntimeClient | None = None,
        zygote: Zygote | bool = True,
        modelled: ProcessModel | None = None,
    ) -> None:
        if os.name != "posix":
            raise NotEmulatedError('the child-process executor needs Linux or macOS; use executor="in-process"')
        self._clock = clock
        self._answer_aws_call = answer_aws_call
        self._budget_ns = round(budget_seconds * SECOND)
        self._runtime_client = runtime_client or _installed_runtime_client()
        self._modelled = modelled or ProcessModel()
        self._folder = Path(tempfile.mkdtemp(prefix="lambdalab-"))
        self._packages = PackageDirectory(self._folder / "packages")
        self._sandboxes: list[ChildProcessSandbox] = []
        self._made = 0
        self._lock = threading.Lock()
        self._owner = os.getpid()
        self._closed = False
        self._owns_zygote = zygote is True
        self._zygote = zygote if isinstance(zygote, Zygote) else _zygote_if_possible() if zygote else None
        atexit.register(self.close)

    @property
    def start_method(self) -> Literal["zygote", "new process"]:
        """How Python environments begin."""
        return "new process" if self._zygote is None else "zygote"

    def create(self, specification: SandboxSpecification) -> ChildProcessSandbox:
        """A sandbox for a new execution environment.

        Raises
        ------
        NotEmulatedError
            The runtime is neither Python nor an OS-only one.
        """
        if not specification.runtime.startswith(("python3.", "provided")):
            raise NotEmulatedError(
                f"runtime {specification.runtime}: child processes run python3.* and provided.* (with a bootstrap)"
            )
        with self._lock:
            if self._closed:
                raise EngineFault("a sandbox was asked of an executor that is closed")
            package = self._packages.unpacked((specification.code,))
            layers = self._packages.unpacked(specification.layers) if specification.layers else None
            self._made += 1
            folder = self._folder / f"environment-{self._made}"
            program = _Program(self, specification, package, layers)
            size = package.size + (layers.size if layers else 0)
            imports_sdk = package.imports_sdk or bool(layers and layers.imports_sdk)
            sandbox = ChildProcessSandbox(
                specification,
                self._clock,
                program.start,
                self._answer_aws_call,
                folder,
                self._modelled.init_ns(size, imports_sdk),
                self._modelled.invoke_ns(specification.memory_mb),
                self._budget_ns,
            )
            self._sandboxes = [*(known for known in self._sandboxes if not known.is_shut_down), sandbox]
            return sandbox

    def outside(self) -> contextlib.AbstractContextManager[None]:
        """Handlers run elsewhere: there is nothing to leave."""
        return contextlib.nullcontext()

    def close(self) -> None:
        """End every process and remove every file. Safe to call twice."""
        if self._closed or os.getpid() != self._owner:  # a fork of this process owns nothing of this
            return
        self._closed = True
        atexit.unregister(self.close)
        for sandbox in self._sandboxes:
            sandbox.shutdown()
        if self._zygote is not None and self._owns_zygote:
            self._zygote.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start_python(self, settings: dict[str, Any], output: int) -> ChildProcess:
        """A Python process, forked from the zygote while there is one."""
        if self._zygote is not None:
            try:
                return self._zygote.fork(settings, output)
            except ZygoteUnavailable:
                if self._owns_zygote:
                    self._zygote.close()
                self._zygote = None
        return StartedProcess(
            python_command("start"),
            Path(settings["task"]),
            {"PATH": os.defpath, "PYTHONHASHSEED": "0", "LANG": "C.UTF-8"},
            output,
            json.dumps(settings).encode(),
        )

    @property
    def runtime_client(self) -> RuntimeClient:
        """The runtime client of Python environments."""
        return self._runtime_client


class _Program:
    """What runs in one environment, and how it is started."""

    def __init__(
        self,
        executor: ChildProcessExecutor,
        specification: SandboxSpecification,
        package: UnpackedPackage,
        layers: UnpackedPackage | None,
    ) -> None:
        self._executor = executor
        self._specification = specification
        self._package = package
        self._layers = layers
        self._starts = 0

    def start(self, address: str, clock: Path, tmp: Path, output: int) -> ChildProcess:
        """Start it."""
        self._starts += 1
        variables = self._variables(address)
        if self._specification.runtime.startswith("provided"):
            return self._start_bootstrap(variables, tmp, output)
        specification = self._specification
        variables |= {"LAMBDA_TASK_ROOT": TASK, "LAMBDA_RUNTIME_DIR": "/var/runtime", "TMPDIR": TMP}
        modules = self._package.modules | (self._layers.modules if self._layers else frozenset())
        settings: dict[str, Any] = {
            "package_modules": sorted(modules),
            "variables": variables,
            "handler": specification.handler,
            "runtime": specification.runtime,
            "runtime_client": self._executor.runtime_client,
            "task": str(self._package.folder),
            "layers": str(self._layers.folder) if self._layers else None,
            "tmp": str(tmp),
            "clock": str(clock),
            "ephemeral_storage_mb": specification.ephemeral_storage_mb,
            "data_limit_bytes": self._data_limit(),
            "seed": f"{specification.environment_id}/{self._starts}",
        }
        return self._executor.start_python(settings, output)

    def _start_bootstrap(self, variables: dict[str, str], tmp: Path, output: int) -> ChildProcess:
        shown, path = self._bootstrap()
        task = str(self._package.folder)
        variables |= {"LAMBDA_TASK_ROOT": task, "LAMBDA_RUNTIME_DIR": "/var/runtime", "TMPDIR": str(tmp)}
        try:
            started = StartedProcess([str(path)], self._package.folder, variables, output)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise InvalidEntrypoint(f"fork/exec {shown}: {reason}") from error
        size = self._data_limit()
        if size is not None:
            import resource  # not on Windows, where this module can be imported

            with contextlib.suppress(ProcessLookupError):  # it has ended already
                resource.prlimit(started.pid, resource.RLIMIT_DATA, (size, size))
                resource.prlimit(started.pid, resource.RLIMIT_CORE, (0, 0))
        return started

    def _bootstrap(self) -> tuple[str, Path]:
        """The program of an OS-only runtime: its path as on AWS, and here."""
        for mount, package in ((TASK, self._package), (LAYERS, self._layers)):
            if package is not None and (package.folder / "bootstrap").is_file():
                return f"{mount}/bootstrap", package.folder / "bootstrap"
        raise InvalidEntrypoint("Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]")

    def _variables(self, address: str) -> dict[str, str]:
        """All of the process's environment variables; nothing comes from this process's."""
        folders = [str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin"]
        if self._layers is not None:
            folders.append(str(self._layers.folder / "bin"))
        defaults = {
            "PATH": os.pathsep.join(folders),
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "_HANDLER": self._specification.handler,
            "AWS_ENDPOINT_URL": f"http://{address}",
        }
        return {**defaults, **self._specification.environment_variables, "AWS_LAMBDA_RUNTIME_API": address}

    def _data_limit(self) -> int | None:
        """Bytes the process may reserve. A wide margin: memory is to run out by what is used."""
        if sys.platform != "linux":
            return None
        return (self._specification.memory_mb + _DATA_SLACK_MB) * _MEBIBYTE


def _installed_runtime_client() -> RuntimeClient:
    return "awslambdaric" if importlib.util.find_spec("awslambdaric") else "own"


def _zygote_if_possible() -> Zygote | None:
    try:
        return Zygote()
    except ZygoteUnavailable:
        return None
