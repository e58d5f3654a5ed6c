"""Execution environments that are processes: the real Runtime API, limits that bite, any language."""

from lambdalab.runtime.child_process.executor import ChildProcessExecutor

__all__ = ["ChildProcessExecutor"]
