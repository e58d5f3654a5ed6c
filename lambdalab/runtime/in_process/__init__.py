"""Execution environments inside this interpreter."""

from lambdalab.runtime.in_process.executor import InProcessExecutor
from lambdalab.runtime.in_process.presence import outside
from lambdalab.runtime.in_process.sandbox import InProcessSandbox

__all__ = ["InProcessExecutor", "InProcessSandbox", "outside"]
