"""Behaviours §1.1: error objects."""

from __future__ import annotations

import json
import textwrap
from typing import Any

import pytest

REQUEST = "11111111-2222-4333-8444-555555555555"


def test_section_1_1_exception_in_the_handler(environment: Any) -> None:
    # GIVEN a handler that raises
    made = environment("def lambda_handler(event, context):\n    raise ValueError('no ' + event['what'])\n")
    # WHEN it is invoked
    result = made.invoke({"what": "luck"}, request_id=REQUEST)
    # THEN the error object is AWS's, its members in AWS's order, without frames of the runtime
    frame = '  File "/var/task/lambda_function.py", line 2, in lambda_handler\n'
    assert result.outcome == "error"
    assert result.error_type == "ValueError"
    assert list(json.loads(result.payload).items()) == [
        ("errorMessage", "no luck"),
        ("errorType", "ValueError"),
        ("requestId", REQUEST),
        (
            "stackTrace",
            [f"{frame}    raise ValueError('no ' + event['what'])\n"],
        ),
    ]
    # AND the log tells, as one event
    assert result.log == (
        "[ERROR] ValueError: no luck\rTraceback (most recent call last):\r"
        '\u00a0\u00a0File "/var/task/lambda_function.py", line 2, in lambda_handler\r'
        "\u00a0\u00a0\u00a0\u00a0raise ValueError('no ' + event['what'])\n"
    )


def test_section_1_1_the_environment_survives_an_exception(environment: Any) -> None:
    # GIVEN a handler that raises on demand
    made = environment(
        "count = 0\n"
        "def lambda_handler(event, context):\n"
        "    global count\n"
        "    count += 1\n"
        "    return 1 // event['by'], count\n"
    )
    # WHEN an invocation fails
    assert made.error({"by": 0})["errorType"] == "ZeroDivisionError"
    # THEN the next one finds the same process
    assert made.answer({"by": 1}) == [1, 2]


def test_section_1_1_stack_trace_through_modules_and_the_standard_library(environment: Any) -> None:
    # GIVEN an error that comes up in the standard library
    made = environment(
        {
            "lambda_function.py": "from shop import prices\ndef lambda_handler(event, context):\n"
            "    return prices.read('{')\n",
            "shop/__init__.py": "",
            "shop/prices.py": "import json\n\ndef read(text):\n    return json.loads(text)\n",
        }
    )
    # WHEN it is invoked
    trace = made.error()["stackTrace"]
    # THEN all files have the paths they have on AWS
    assert trace[:2] == [
        "  File \"/var/task/lambda_function.py\", line 3, in lambda_handler\n    return prices.read('{')\n",
        '  File "/var/task/shop/prices.py", line 4, in read\n    return json.loads(text)\n',
    ]
    assert trace[2].startswith('  File "/var/lang/lib/python3.12/json/__init__.py", line ')
    assert all(line.startswith('  File "/var/') for line in trace)


def test_section_1_1_exception_during_import(make_environment: Any) -> None:
    # GIVEN a module that raises
    made = make_environment("raise RuntimeError('broken')\n")
    # WHEN it is initialised
    result = made.initialize()
    # THEN the error object has an empty request id
    error = json.loads(result.payload)
    assert (result.outcome, result.error_type) == ("error", "RuntimeError")
    assert list(error) == ["errorMessage", "errorType", "requestId", "stackTrace"]
    assert (error["errorMessage"], error["requestId"]) == ("broken", "")
    assert error["stackTrace"][-1] == (
        "  File \"/var/task/lambda_function.py\", line 1, in <module>\n    raise RuntimeError('broken')\n"
    )
    assert "[ERROR] RuntimeError: broken\rTraceback (most recent call last):\r" in result.log


@pytest.mark.parametrize(
    ("handler", "source", "error_type", "message"),
    [
        (
            "lambda_function.lambda_handler",
            "import not_there\n",
            "Runtime.ImportModuleError",
            "Unable to import module 'lambda_function': No module named 'not_there'",
        ),
        (
            "elsewhere.lambda_handler",
            "",
            "Runtime.ImportModuleError",
            "Unable to import module 'elsewhere': No module named 'elsewhere'",
        ),
        (
            "lambda_function.handel",
            "",
            "Runtime.HandlerNotFound",
            "Handler 'handel' missing on module 'lambda_function'",
        ),
        (
            "lambda_function",
            "",
            "Runtime.MalformedHandlerName",
            "Bad handler 'lambda_function': not enough values to unpack (expected 2, got 1)",
        ),
        (
            "sys.exit",
            "",
            "Runtime.BuiltInModuleConflict",
            "Cannot use built-in module sys as a handler module",
        ),
    ],
)
def test_section_1_1_handler_that_cannot_be_found(
    make_environment: Any, handler: str, source: str, error_type: str, message: str
) -> None:
    # GIVEN a handler that is not there
    made = make_environment(source, handler=handler)
    # WHEN the environment is initialised
    result = made.initialize()
    # THEN the runtime says what is missing
    assert result.outcome == "error"
    assert result.error_type == error_type
    assert json.loads(result.payload) == {
        "errorMessage": message,
        "errorType": error_type,
        "requestId": "",
        "stackTrace": [],
    }


def test_section_1_1_syntax_error(make_environment: Any) -> None:
    # GIVEN a module that is not Python
    made = make_environment("x = 1\ndef lambda_handler(event, context)\n    pass\n")
    # WHEN the environment is initialised
    error = json.loads(made.initialize().payload)
    # THEN the runtime names the place
    assert error["errorType"] == "Runtime.UserCodeSyntaxError"
    assert error["errorMessage"] == (
        "Syntax error in module 'lambda_function': expected ':' (lambda_function.py, line 2)"
    )
    assert error["stackTrace"] == [
        '  File "/var/task/lambda_function.py" Line 2\n    def lambda_handler(event, context)\n'
    ]


def test_section_1_1_handler_in_a_package_folder(environment: Any) -> None:
    # GIVEN a handler below a folder, written with a slash
    made = environment({"app/main.py": "def go(event, context):\n    return __name__\n"}, handler="app/main.go")
    # WHEN it is invoked THEN it is found
    assert made.answer() == "app.main"


@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        ("sys.exit()", "Runtime exited without providing a reason"),
        ("sys.exit(0)", "Runtime exited without providing a reason"),
        ("sys.exit(3)", "Runtime exited with error: exit status 3"),
        ("sys.exit('bad news')", "Runtime exited with error: exit status 1"),
        ("os._exit(0)", "Runtime exited without providing a reason"),
        ("os._exit(7)", "Runtime exited with error: exit status 7"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "Runtime exited with error: signal: killed"),
        ("raise_something_else()", "Runtime exited with error: exit status 1"),
    ],
)
@pytest.mark.parametrize("where", ["handler", "import"])
def test_section_1_1_exit(make_environment: Any, ending: str, reason: str, where: str) -> None:
    # GIVEN code that ends the process in the handler or while it is imported
    source = textwrap.dedent(
        f"""
        import os, signal, sys

        class Something(BaseException):
            pass

        def raise_something_else():
            raise Something("else")

        def lambda_handler(event, context):
            {ending}
        """
    )
    made = make_environment(source + (f"{ending}\n" if where == "import" else ""))
    result = made.initialize()
    # WHEN it runs
    if where == "handler":
        assert result.outcome == "success"
        result = made.invoke(request_id=REQUEST)
    # THEN the service reports the exit, in two members
    assert (result.outcome, result.error_type) == ("exit", "Runtime.ExitError")
    error = json.loads(result.payload)
    assert list(error) == ["errorType", "errorMessage"]
    assert error["errorType"] == "Runtime.ExitError"
    request_id = REQUEST if where == "handler" else ""
    assert error["errorMessage"] == f"RequestId: {request_id} Error: {reason}"


def test_section_1_1_exit_cannot_be_caught_when_it_is_the_system_call(environment: Any) -> None:
    # GIVEN a handler that catches everything around os._exit
    made = environment(
        "import os\n"
        "def lambda_handler(event, context):\n"
        "    try:\n"
        "        os._exit(5)\n"
        "    except BaseException:\n"
        "        return 'still here'\n"
    )
    # WHEN it is invoked THEN the process is gone
    assert made.error()["errorMessage"].endswith("exit status 5")


def test_section_1_1_exit_may_be_caught_when_it_is_an_exception(environment: Any) -> None:
    # GIVEN a handler that catches SystemExit
    made = environment(
        "import sys\n"
        "def lambda_handler(event, context):\n"
        "    try:\n"
        "        sys.exit(5)\n"
        "    except SystemExit as error:\n"
        "        return error.code\n"
    )
    # WHEN it is invoked THEN it is an ordinary exception
    assert made.answer() == 5


def test_section_1_1_an_exception_that_is_no_exception_leaves_its_traceback_in_the_log(environment: Any) -> None:
    # GIVEN a handler that raises something AWS's runtime does not catch
    made = environment("class Odd(BaseException): pass\ndef lambda_handler(event, context):\n    raise Odd('very')\n")
    # WHEN it is invoked
    result = made.invoke()
    # THEN the process ends as Python does: with a traceback on standard error
    assert result.outcome == "exit"
    assert "Traceback (most recent call last):\n" in result.log
    assert '  File "/var/task/lambda_function.py", line 3, in lambda_handler\n' in result.log
    assert result.log.endswith("lambda_function.Odd: very\n")


def test_section_1_1_timeout_while_sleeping(environment: Any) -> None:
    # GIVEN a handler that sleeps past its timeout
    made = environment(
        "import time\n"
        "def lambda_handler(event, context):\n    print('before')\n    time.sleep(60)\n    print('after')\n",
        timeout=1,
    )
    deadline = made.clock.time_ns + 1_000_000_000
    # WHEN it is invoked
    result = made.invoke(request_id=REQUEST)
    # THEN it ends at its deadline
    assert (result.outcome, result.error_type, result.log) == ("timeout", "Sandbox.Timedout", "before\n")
    assert list(json.loads(result.payload).items()) == [
        ("errorType", "Sandbox.Timedout"),
        ("errorMessage", f"RequestId: {REQUEST} Error: Task timed out after 1.00 seconds"),
    ]
    assert made.clock.time_ns == deadline


def test_section_1_1_timeout_of_a_loop_that_computes(environment: Any) -> None:
    # GIVEN a handler that never ends
    made = environment("def lambda_handler(event, context):\n    while True:\n        pass\n")
    deadline = made.clock.time_ns + 3_000_000_000
    # WHEN it is invoked THEN it times out as on AWS
    assert made.error()["errorMessage"].endswith("Task timed out after 3.00 seconds")
    assert made.clock.time_ns == deadline


@pytest.mark.parametrize(
    "body",
    [
        "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass",
        "while True:\n    try:\n        time.sleep(1)\n    except:\n        pass",
        "while True:\n    try:\n        time.sleep(1)\n    except (ValueError, BaseException) as e:\n        print(e)",
        "while True:\n    with contextlib.suppress(BaseException):\n        time.sleep(1)",
        "while True:\n    try:\n        time.sleep(1)\n    finally:\n        continue",
        "while True:\n    try:\n        while True: pass\n    finally:\n        continue",
        "while True:\n    try:\n        time.sleep(1)\n    except* BaseException:\n        pass",
        "try:\n    time.sleep(60)\nexcept BaseException:\n    pass\nreturn 'got away'",
        "with contextlib.suppress(BaseException):\n    time.sleep(60)\nreturn 'got away'",
    ],
)
@pytest.mark.filterwarnings("ignore::SyntaxWarning")  # newer Pythons dislike leaving a finally block by continue
def test_section_1_1_timeout_of_a_handler_that_swallows_everything(environment: Any, body: str) -> None:
    # GIVEN a handler that swallows every exception
    source = "import contextlib, time\ndef lambda_handler(event, context):\n" + textwrap.indent(body, "    ")
    made = environment(source)
    # WHEN it is invoked THEN it times out all the same
    assert made.error()["errorType"] == "Sandbox.Timedout"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("{1, 2}", "Object of type set is not JSON serializable"),
        ("object()", "Object of type object is not JSON serializable"),
        ("datetime.date(2026, 1, 1)", "Object of type date is not JSON serializable"),
        ("{(1, 2): 3}", "keys must be str, int, float, bool or None, not tuple"),
        ("circle()", "Circular reference detected"),
    ],
)
def test_section_1_1_result_that_json_cannot_hold(environment: Any, value: str, message: str) -> None:
    # GIVEN a handler that returns what JSON cannot hold
    made = environment(
        "import datetime\n"
        "def circle():\n    items = []\n    items.append(items)\n    return items\n"
        f"def lambda_handler(event, context):\n    return {value}\n"
    )
    # WHEN it is invoked
    error = made.error(request_id=REQUEST)
    # THEN the runtime says so, without a stack trace
    assert error == {
        "errorMessage": f"Unable to marshal response: {message}",
        "errorType": "Runtime.MarshalError",
        "requestId": REQUEST,
        "stackTrace": [],
    }


def test_section_1_1_event_that_is_not_json(environment: Any) -> None:
    # GIVEN a payload that the front door should not have let in
    made = environment("def lambda_handler(event, context):\n    return event\n")
    # WHEN it arrives THEN the runtime refuses it, and goes on
    error = made.error(payload=b"{not json}")
    assert error["errorType"] == "Runtime.UnmarshalError"
    assert error["errorMessage"].startswith("Unable to unmarshal input: Expecting property name")
    assert made.answer({"fine": True}) == {"fine": True}


def test_section_1_1_large_results_are_left_to_the_service(environment: Any) -> None:
    # GIVEN a handler that returns 7 MB
    made = environment("def lambda_handler(event, context):\n    return 'x' * 7_000_000\n")
    # WHEN it is invoked
    result = made.invoke()
    # THEN the sandbox hands all of it up: the environment above refuses it
    assert (result.outcome, len(result.payload)) == ("success", 7_000_002)


def test_section_1_1_every_death_leaves_a_sandbox_that_starts_again(environment: Any) -> None:
    # GIVEN a handler that can die in many ways
    made = environment(
        "import os, sys, time\n"
        "def lambda_handler(event, context):\n"
        "    {'exit': lambda: sys.exit(1), '_exit': lambda: os._exit(1), 'sleep': lambda: time.sleep(60),\n"
        "     'live': lambda: None}[event]()\n"
        "    return 'alive'\n"
    )
    for death in ("exit", "_exit", "sleep"):
        # WHEN it dies
        assert made.invoke(death).outcome in ("exit", "timeout")
        made.sandbox.reset()
        # THEN it can be initialised again
        assert made.initialize().outcome == "success"
        assert made.answer("live") == "alive"
