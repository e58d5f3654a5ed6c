"""A local AWS Lambda on moto that really runs the code, on a clock that can be wound forward.

>>> import boto3, lambdalab
>>> with lambdalab.start(seed=7) as cloud:
...     names = [f["FunctionName"] for f in boto3.client("lambda").list_functions()["Functions"]]
>>> names
[]

Everything AWS has an API for is done with boto3. For the rest, a cloud has

==============================  ====================================================================================
``advance(minutes=3)``          wind the clock forward; what is due meanwhile happens, in order
``run_until_idle()``            until queues, retries and deliveries are drained; print the answer for what remains
``at_once(call, call, …)``      begin several calls at one virtual instant, as so many callers would
``now``                         the virtual instant
``timeline``                    all that happened; prints and draws itself, has ``of(Type)``, ``where(name=value)``
                                and ``since(instant)``
``execution_role``              ARN of a role Lambda may assume
``set_account_concurrency(n)``  the account's concurrent executions
``stop()``                      the end; a cloud is a context manager, too
==============================  ====================================================================================

`deployment_package` makes a zip of files or of text; `work` lets a handler's computing take virtual time. What is not
emulated raises `lambdalab.errors.NotEmulatedError`; from boto3 it comes as a ``ClientError`` with the code
``NotEmulatedException``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

# At once, because the function shares its module's name: importing the module later would put the module in its place.
from lambdalab.deployment_package import deployment_package

if TYPE_CHECKING:
    from lambdalab.cloud import Cloud as Cloud
    from lambdalab.cloud import Remaining as Remaining
    from lambdalab.cloud import running as running
    from lambdalab.cloud import start as start
    from lambdalab.runtime.work import work as work

__all__ = ["Cloud", "Remaining", "__version__", "deployment_package", "running", "start", "work"]

__version__ = "0.1.0"

_HOMES = {
    "Cloud": "lambdalab.cloud",
    "Remaining": "lambdalab.cloud",
    "running": "lambdalab.cloud",
    "start": "lambdalab.cloud",
    "work": "lambdalab.runtime.work",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for, when it is asked for: `import lambdalab` costs next to nothing."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'lambdalab' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
