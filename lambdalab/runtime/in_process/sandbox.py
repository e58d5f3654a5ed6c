"""The in-process sandbox: one execution environment's process and its ``/tmp``."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lambdalab.clock import Clock
from lambdalab.errors import EngineFault
from lambdalab.runtime.error_object import EXIT_ERROR, TIMED_OUT, error_object, exit_reason, timeout_reason
from lambdalab.runtime.executor import InitResult, InvokeRequest, InvokeResult, SandboxSpecification
from lambdalab.runtime.in_process.presence import outside, presence
from lambdalab.runtime.in_process.process import EmulatedProcess, Ended
from lambdalab.runtime.in_process.unpacked_archive import UnpackedArchive
from lambdalab.runtime.process_model import ProcessModel
from lambdalab.runtime.python_runtime import Failure, LogSink, PythonRuntime
from lambdalab.runtime.virtual_filesystem import TASK, TMP, VirtualFilesystem

__all__ = ["InProcessSandbox"]


class InProcessSandbox:
    """Runs a handler in this interpreter.

    Parameters
    ----------
    specification
        What the environment is made from.
    clock, modelled
        Virtual time, and how much of it things take.
    task, layers
        Archives below ``/var/task`` and ``/opt``.
    tmp
        Folder that stands for ``/tmp``; removed at `shutdown`.
    budget_seconds
        Real time that user code may compute per phase.
    on_shutdown
        Told at `shutdown`.
    """

    def __init__(
        self,
        specification: SandboxSpecification,
        clock: Clock,
        modelled: ProcessModel,
        task: UnpackedArchive,
        layers: UnpackedArchive | None,
        tmp: Path,
        budget_seconds: float,
        on_shutdown: Callable[[InProcessSandbox], None],
    ) -> None:
        self._specification = specification
        self._clock = clock
        self._modelled = modelled
        self._task = task
        self._layers = layers
        self._tmp = tmp
        self._budget_seconds = budget_seconds
        self._on_shutdown = on_shutdown
        self._process: EmulatedProcess | None = None
        self._runtime: PythonRuntime | None = None
        self._starts = 0
        self._unzipped = task.size + (layers.size if layers is not None else 0)
        self._imports_sdk = task.imports_sdk or (layers is not None and layers.imports_sdk)
        tmp.parent.mkdir(parents=True, exist_ok=True)

    def initialize(self, limit_ns: int) -> InitResult:
        """Start a process and import the handler."""
        with outside(), presence.turn:
            process, runtime = self._start_process()
            init_ns = self._modelled.init_ns(self._unzipped, self._imports_sdk)

            def start() -> Failure | None:
                process.spend(init_ns)
                return runtime.start(self._specification.handler)

            ended = process.run(start, self._clock.time_ns + limit_ns)
            log = process.output.take()
        if ended.how == "value" and ended.value is None:
            self._process, self._runtime = process, runtime
            return InitResult("success", log=log)
        if ended.value is not None:
            process.threads.end()
            return InitResult("error", ended.value.payload, ended.value.error_type, log)
        process.threads.end()
        payload, error_type, _ = self._death(ended, "")
        return InitResult("timeout" if ended.how == "timeout" else "exit", payload, error_type, log)

    def invoke(self, request: InvokeRequest) -> InvokeResult:
        """Hand one event to the handler."""
        process, runtime = self._process, self._runtime
        if process is None or runtime is None:
            raise EngineFault("invoke() without a successful initialize()")
        invoke_ns = self._modelled.invoke_ns(self._specification.memory_mb)

        def handle() -> bytes | Failure:
            process.spend(invoke_ns)
            return runtime.handle(request)

        with outside(), presence.turn:
            try:
                ended = process.run(handle, request.deadline_ns)
            except KeyboardInterrupt:
                self.reset()
                raise
            log = process.output.take()
        warnings = _left_running(process)
        memory = self._max_memory_mb(request, ended)
        if isinstance(ended.value, Failure):
            failure = ended.value
            return InvokeResult("error", failure.payload, memory, failure.error_type, failure.message, log, warnings)
        if ended.value is not None:
            return InvokeResult("success", ended.value, memory, log=log, warnings=warnings)
        self.reset()
        payload, error_type, message = self._death(ended, request.request_id)
        return InvokeResult("timeout" if ended.how == "timeout" else "exit", payload, memory, error_type, message, log)

    def reset(self) -> None:
        """Forget the process; keep ``/tmp``."""
        if self._process is not None:
            self._process.threads.end()
        self._process = self._runtime = None

    def shutdown(self) -> None:
        """Forget the process and remove ``/tmp``."""
        self.reset()
        self._on_shutdown(self)
        with outside():
            if self._tmp.exists():
                shutil.rmtree(self._tmp, ignore_errors=True)

    def _start_process(self) -> tuple[EmulatedProcess, PythonRuntime]:
        specification = self._specification
        self._starts += 1
        variables = {
            **specification.environment_variables,
            "LAMBDA_TASK_ROOT": TASK,
            "LAMBDA_RUNTIME_DIR": "/var/runtime",
            "TMPDIR": TMP,
        }
        process = EmulatedProcess(
            self._clock,
            variables,
            VirtualFilesystem(
                self._task.folder,
                self._layers.folder if self._layers is not None else None,
                self._tmp,
                specification.ephemeral_storage_mb,
            ),
            self._task,
            self._layers,
            self._budget_seconds,
            specification.runtime,
            f"{specification.environment_id}/{self._starts}",
        )
        runtime = PythonRuntime(
            specification.runtime,
            LogSink(process.output.stdout.write),
            process.frames,
            specification.log_format == "JSON",
            specification.application_log_level,
        )
        return process, runtime

    def _death(self, ended: Ended[Any], request_id: str) -> tuple[bytes, str, str]:
        if ended.how == "timeout":
            error_type, reason = TIMED_OUT, timeout_reason(self._specification.timeout_ns)
        else:
            error_type, reason = EXIT_ERROR, exit_reason(ended.status, ended.signal_words)
        payload, message = error_object(error_type, request_id, reason)
        return payload, error_type, message

    def _max_memory_mb(self, request: InvokeRequest, ended: Ended[bytes | Failure]) -> int:
        response = len(ended.value) if isinstance(ended.value, bytes) else 0
        return self._modelled.max_memory_mb(
            self._specification.memory_mb, self._unzipped, self._imports_sdk, len(request.payload) + response
        )


def _left_running(process: EmulatedProcess) -> tuple[str, ...]:
    names = process.threads.names()
    if not names:
        return ()
    warning = (
        f"the handler left {len(names)} thread(s) running ({', '.join(names)}); in process they stand still between two"
        ' lines of Python at the earliest – executor="child-process" freezes them at once, as AWS does'
    )
    return (warning,)
