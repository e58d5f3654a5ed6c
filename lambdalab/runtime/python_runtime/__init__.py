"""A Python runtime that answers like AWS's own, for every machine on which AWS's cannot be installed."""

from lambdalab.runtime.python_runtime.context import LambdaContext
from lambdalab.runtime.python_runtime.function_log import LogSink
from lambdalab.runtime.python_runtime.marshaller import Marshaller
from lambdalab.runtime.python_runtime.runtime import Failure, Frame, PythonRuntime

__all__ = ["Failure", "Frame", "LambdaContext", "LogSink", "Marshaller", "PythonRuntime"]
