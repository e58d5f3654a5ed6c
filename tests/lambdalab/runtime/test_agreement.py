"""The executors and the runtimes agree to the byte: ours in this process, ours in a child process, AWS's in one."""

from __future__ import annotations

import re
from typing import Any

import pytest

HANDLERS = {
    "exception without a message": "def lambda_handler(event, context):\n    raise ValueError\n",
    "exception with a message of several lines": "def lambda_handler(event, context):\n    raise ValueError('a\\nb')\n",
    "exception in a message beyond ASCII": "def lambda_handler(event, context):\n    raise ValueError('ü 🌍')\n",
    "exception with several arguments": "def lambda_handler(event, context):\n    raise ValueError(1, 'two')\n",
    "key error": "def lambda_handler(event, context):\n    return {}['missing']\n",
    "exception with a cause": (
        "def lambda_handler(event, context):\n"
        "    try:\n        {}['x']\n    except KeyError as error:\n        raise RuntimeError('outer') from error\n"
    ),
    "exception group": "def lambda_handler(event, context):\n    raise ExceptionGroup('many', [ValueError(1)])\n",
    "exception with notes": (
        "def lambda_handler(event, context):\n    error = ValueError('x')\n    error.add_note('n')\n    raise error\n"
    ),
    "exception that cannot be shown": (
        "class Bad(Exception):\n    def __str__(self):\n        raise TypeError('no')\n"
        "def lambda_handler(event, context):\n    raise Bad\n"
    ),
    "exception of a nested class": (
        "class Outer:\n    class Inner(Exception): pass\n"
        "def lambda_handler(event, context):\n    raise Outer.Inner('i')\n"
    ),
    "frames of functions, comprehensions and lambdas": (
        "def outer(x):\n    return [inner(y) for y in [x]]\ninner = lambda y: 1 // y\n"
        "def lambda_handler(event, context):\n    return (\n        outer(\n            0))\n"
    ),
    "generator that fails": (
        "def numbers():\n    yield 1\n    raise LookupError('end')\n"
        "def lambda_handler(event, context):\n    return list(numbers())\n"
    ),
    "code without source": "def lambda_handler(event, context):\n    exec('1 // 0')\n",
    "stop iteration": "def lambda_handler(event, context):\n    next(iter(()))\n",
    "handler with too few parameters": "def lambda_handler(event):\n    return 1\n",
    "handler that is an object": (
        "class Handler:\n    def __call__(self, event, context):\n        return 'called'\nlambda_handler = Handler()\n"
    ),
    "handler that is a class": (
        "class lambda_handler:\n    def __init__(self, event, context):\n        print('made')\n"
    ),
    "handler that is no function": "lambda_handler = 42\n",
    "handler that is a generator": "def lambda_handler(event, context):\n    yield 1\n",
    "bytes": "def lambda_handler(event, context):\n    return b'\\x00\\xff'\n",
    "bytearray": "def lambda_handler(event, context):\n    return bytearray(b'x')\n",
    "bytes that are no text, inside": "def lambda_handler(event, context):\n    return {'x': b'\\xff'}\n",
    "bytes as keys": "def lambda_handler(event, context):\n    return {b'k': 1}\n",
    "decimals": (
        "from decimal import Decimal\ndef lambda_handler(event, context):\n"
        "    return [Decimal('1.0'), Decimal('-0'), Decimal('1e400'), Decimal('sNaN'), Decimal('Infinity')]\n"
    ),
    "decimal as key": "import decimal\ndef lambda_handler(event, context):\n    return {decimal.Decimal(1): 1}\n",
    "subclasses of the basic types": (
        "class S(str): pass\nclass I(int):\n    def __repr__(self): return 'I'\nclass F(float): pass\n"
        "class L(list): pass\nclass D(dict): pass\n"
        "def lambda_handler(event, context):\n    return [S('s'), I(1), F(1.5), L([1]), D(a=1)]\n"
    ),
    "enumerations as keys": (
        "import enum\nclass N(enum.IntEnum):\n    ONE = 1\nclass S(str, enum.Enum):\n    A = 'a'\n"
        "def lambda_handler(event, context):\n    return {N.ONE: N.ONE, S.A: S.A}\n"
    ),
    "object with _asdict": (
        "class Row:\n    def _asdict(self):\n        return {'a': [Row2()]}\nclass Row2:\n    _asdict = 5\n"
        "def lambda_handler(event, context):\n    return Row()\n"
    ),
    "dataclass": (
        "import dataclasses\n@dataclasses.dataclass\nclass P:\n    x: int\n"
        "def lambda_handler(event, context):\n    return P(1)\n"
    ),
    "line separators and control characters": (
        "def lambda_handler(event, context):\n    return '\\u2028\\u2029\\x00\\x1f\\x7f\\\\\\\"/'\n"
    ),
    "huge integers": "def lambda_handler(event, context):\n    return [10**400, -1]\n",
    "floats": "def lambda_handler(event, context):\n    return [0.1, 1e22, 1e-7, -0.0, 5e-324, 1.0]\n",
    "object that remembers it is inside itself": (
        "def lambda_handler(event, context):\n    d = {}\n    d['d'] = d\n    return d\n"
    ),
    "same object twice": "def lambda_handler(event, context):\n    x = [1]\n    return [x, x]\n",
    "warning": (
        "import warnings\ndef lambda_handler(event, context):\n"
        "    warnings.warn('careful')\n    warnings.warn('old', DeprecationWarning)\n"
    ),
    "unraisable exception": (
        "class Odd:\n    def __del__(self):\n        raise ValueError('late')\n"
        "def lambda_handler(event, context):\n    Odd()\n"
    ),
    "exit with a message": "import sys\ndef lambda_handler(event, context):\n    sys.exit({'a': 1})\n",
    "exit with a large status": "import sys\ndef lambda_handler(event, context):\n    sys.exit(256 + 4)\n",
    "exit with a negative status": "import sys\ndef lambda_handler(event, context):\n    sys.exit(-1)\n",
    "exit by raising": "def lambda_handler(event, context):\n    raise SystemExit(9)\n",
    "logging through every door": (
        "import logging\n"
        "logging.basicConfig(level='DEBUG')\n"
        "def lambda_handler(event, context):\n"
        "    logging.info('root %s', 1)\n"
        "    log = logging.getLogger('a.b')\n"
        "    log.setLevel('INFO')\n"
        "    log.info('named', extra={'order': 1})\n"
        "    log.debug('not shown')\n"
        "    log.critical({'a': 1})\n"
        "    log.log(35, 'between')\n"
        "    context.log('plain ')\n"
        "    context.log({'a': 1})\n"
    ),
    "logging with a handler of its own": (
        "import logging, sys\n"
        "log = logging.getLogger('own')\n"
        "log.addHandler(logging.StreamHandler(sys.stdout))\n"
        "log.propagate = False\n"
        "def lambda_handler(event, context):\n    log.error('once')\n"
    ),
    "context": (
        "def lambda_handler(event, context):\n    print(context)\n"
        "    return [type(context).__name__, context.identity.cognito_identity_pool_id, repr(context.client_context)]\n"
    ),
    "environment variables": (
        "import os\ndef lambda_handler(event, context):\n"
        "    names = ('LAMBDA_TASK_ROOT', 'LAMBDA_RUNTIME_DIR', 'TMPDIR', 'AWS_REGION')\n"
        "    return {name: os.environ.get(name) for name in names}\n"
    ),
    "import error inside a function": "def lambda_handler(event, context):\n    import not_there\n",
    "file that is missing": "def lambda_handler(event, context):\n    open('/tmp/none')\n",
    "names of the module": "def lambda_handler(event, context):\n    return [__name__, __file__, __package__]\n",
    "standard input": "def lambda_handler(event, context):\n    return input('? ')\n",
}

BROKEN_MODULES = {
    "import error": "import not_there\n",
    "import error with a name": "from json import not_there\n",
    "import error raised": "raise ImportError('own words')\n",
    "module that fails": "def f():\n    return 1 // 0\nf()\n",
    "syntax error": "def (\n",
    "indentation error": "if True:\nx = 1\n",
    "null byte": "x = '\0'\n",
    "no handler": "x = 1\n",
    "exit": "import sys\nsys.exit(3)\n",
    "interrupt": "raise KeyboardInterrupt\n",
}


def comparable(outcome: str, log: str) -> str:
    """A log without what differs by nature: addresses, and the frames around the user's in the traceback of a death."""
    log = re.sub(r"0x[0-9a-f]+", "0x…", log)
    return log.rstrip("\n").rpartition("\n")[2] if outcome == "exit" else log


@pytest.mark.parametrize("log_format", ["Text", "JSON"])
@pytest.mark.parametrize("name", HANDLERS)
def test_executors_agree_on_invocations(every_executor: dict[str, Any], name: str, log_format: str) -> None:
    # GIVEN the same handler on every executor
    results = {}
    for executor, make in every_executor.items():
        made = make(HANDLERS[name], log_format=log_format)
        assert made.initialize().outcome == "success"
        # WHEN it is invoked
        result = made.invoke({"a": 1})
        log = comparable(result.outcome, result.log)
        results[executor] = (result.outcome, result.error_type, result.error_message, result.payload, log)
    # THEN the results and the logs are the same
    assert results == dict.fromkeys(results, results["in-process"])


@pytest.mark.parametrize("name", BROKEN_MODULES)
def test_executors_agree_on_failures_of_init(every_executor: dict[str, Any], name: str) -> None:
    # GIVEN the same broken module on every executor
    results = {}
    for executor, make in every_executor.items():
        made = make({"lambda_function.py": BROKEN_MODULES[name]})
        # WHEN it is initialised
        result = made.initialize()
        log = comparable(result.outcome, result.log)
        results[executor] = (result.outcome, result.error_type, result.payload, log)
    # THEN the error objects and the logs are the same
    assert results == dict.fromkeys(results, results["in-process"])
