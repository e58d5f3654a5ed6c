"""Behaviours §1.2 and §1.3: what a function writes, and how it logs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

Handler = Callable[..., str]


REQUEST = "11111111-2222-4333-8444-555555555555"


def test_section_1_2_prints_come_in_order(environment: Any, handler: Handler) -> None:
    # GIVEN a handler that writes to both streams, by print and by write
    made = environment(
        handler(
            """
            print('one')
            print('two', file=sys.stderr)
            sys.stdout.write('three\\n')
            os.write(1, b'four\\n')
            context.log('five\\n')
            print('six', end='')
            """,
            "import os, sys",
        )
    )
    # WHEN it is invoked THEN the log has everything, in order
    assert made.invoke().log == "one\ntwo\nthree\nfour\nfive\nsix"


def test_section_1_2_the_kernel_sees_nothing(
    environment: Any, capfd: pytest.CaptureFixture[str], handler: Handler
) -> None:
    # GIVEN a handler that prints
    made = environment(handler("print('for the log')"))
    # WHEN it is invoked
    made.invoke()
    # THEN nothing reaches the streams of the program around it
    assert capfd.readouterr() == ("", "")


def test_section_1_2_logs_of_init_and_of_each_invocation_are_kept_apart(
    make_environment: Any, handler: Handler
) -> None:
    # GIVEN a module that prints when it is imported and when it is invoked
    made = make_environment(handler("print('invoke', event)", "print('import')"))
    # WHEN it runs THEN each phase has its own text
    assert made.initialize().log == "import\n"
    assert made.invoke(1).log == "invoke 1\n"
    assert made.invoke(2).log == "invoke 2\n"


def test_section_1_2_binary_output(environment: Any, handler: Handler) -> None:
    # GIVEN a handler that prints bytes that are no text
    made = environment(handler("sys.stdout.buffer.write(b'\\xff\\xfe\\x00 end\\n')", "import sys"))
    # WHEN it is invoked THEN the invocation succeeds, and what is no text is replaced
    result = made.invoke()
    assert result.outcome == "success"
    assert result.log == "\ufffd\ufffd\x00 end\n"


def test_section_1_2_unicode_output(environment: Any, handler: Handler) -> None:
    # GIVEN a handler that prints what is not ASCII WHEN it is invoked THEN the log has it
    assert environment(handler("print('grüße 世界 🌍')")).invoke().log == "grüße 世界 🌍\n"


def test_section_1_2_a_lone_surrogate_cannot_be_printed(environment: Any, handler: Handler) -> None:
    # GIVEN a handler that prints half a character WHEN it is invoked THEN it is its error
    assert environment(handler("print('\\ud800')")).error()["errorType"] == "UnicodeEncodeError"


def test_section_1_2_very_long_logs_are_cut_in_the_middle(environment: Any, handler: Handler) -> None:
    # GIVEN a handler that writes megabytes
    made = environment(handler("print('first')\nfor _ in range(3000):\n    print('x' * 1023)\nprint('last')"))
    # WHEN it is invoked THEN the first and the last lines are there, and a word about the rest
    log = made.invoke().log
    assert log.startswith("first\n")
    assert log.endswith("x\nlast\n")
    assert "bytes of log left out" in log
    assert len(log) < 1_100_000


def test_section_1_3_text_format(environment: Any, handler: Handler) -> None:
    # GIVEN a handler that logs at several levels, with Python's default level
    made = environment(
        handler(
            """
            logging.info('not shown')
            logging.warning('careful with %s', 'that')
            logging.getLogger('shop').error('gone')
            """,
            "import logging",
        )
    )
    # WHEN it is invoked
    lines = made.invoke(request_id=REQUEST).log.splitlines()
    # THEN the root logger's handler writes level, time, request id and message
    assert [line.split("\t") for line in lines] == [
        ["[WARNING]", lines[0].split("\t")[1], REQUEST, "careful with that"],
        ["[ERROR]", lines[1].split("\t")[1], REQUEST, "gone"],
    ]
    # AND the time is virtual
    assert lines[0].split("\t")[1].startswith("2026-01-01T00:00:00.")
    assert lines[0].split("\t")[1].endswith("Z")


def test_section_1_3_a_level_set_in_code_holds(environment: Any, handler: Handler) -> None:
    # GIVEN the usual preamble of a Lambda function
    made = environment(
        handler("logger.info('shown')", "import logging\nlogger = logging.getLogger()\nlogger.setLevel('INFO')")
    )
    # WHEN it is invoked, twice THEN it holds for every invocation
    assert made.invoke().log.endswith("\tshown\n")
    assert made.invoke().log.endswith("\tshown\n")


def test_section_1_3_an_exception_that_is_logged(environment: Any, handler: Handler) -> None:
    # GIVEN a handler that logs an exception with its traceback
    made = environment(
        handler(
            """
            try:
                1 / 0
            except ZeroDivisionError:
                logging.exception('oh')
            """,
            "import logging",
        )
    )
    # WHEN it is invoked
    log = made.invoke().log
    # THEN the traceback shows the source line under the path it has on AWS
    assert "\toh\nTraceback (most recent call last):\n" in log
    assert '  File "/var/task/lambda_function.py", line 5, in lambda_handler\n    1 / 0\n' in log
    assert log.endswith("ZeroDivisionError: division by zero")


def test_section_1_3_json_format(environment: Any, handler: Handler) -> None:
    # GIVEN a function with JSON logging
    made = environment(
        handler(
            """
            logging.debug('below the level')
            logging.info('hello %s', 'you', extra={'order': 7})
            logging.getLogger('shop').warning({'as': 'given'})
            print('plain text stays plain')
            """,
            "import logging",
        ),
        log_format="JSON",
    )
    # WHEN it is invoked
    lines = made.invoke(request_id=REQUEST).log.splitlines()
    # THEN records are objects of the runtime's shape
    first, second = json.loads(lines[0]), json.loads(lines[1])
    assert first["timestamp"].startswith("2026-01-01T00:00:0")
    first.pop("taskName", None), second.pop("taskName", None)
    assert list(first) == ["timestamp", "level", "message", "logger", "requestId", "order"]
    assert {key: first[key] for key in list(first)[1:]} == {
        "level": "INFO",
        "message": "hello you",
        "logger": "root",
        "requestId": REQUEST,
        "order": 7,
    }
    assert (second["level"], second["logger"], second["message"]) == ("WARNING", "shop", {"as": "given"})
    # AND what was printed is not touched
    assert lines[2:] == ["plain text stays plain"]


def test_section_1_3_json_format_of_an_exception(environment: Any, handler: Handler) -> None:
    # GIVEN a function with JSON logging that raises
    made = environment(handler("raise KeyError('missing')"), log_format="JSON")
    # WHEN it is invoked
    logged = json.loads(made.invoke(request_id=REQUEST).log)
    # THEN the error object is logged with time and level
    assert list(logged) == ["timestamp", "level", "errorMessage", "errorType", "requestId", "stackTrace"]
    assert (logged["level"], logged["errorType"], logged["requestId"]) == ("ERROR", "KeyError", REQUEST)


@pytest.mark.parametrize(("level", "shown"), [("TRACE", 3), ("DEBUG", 3), ("INFO", 2), ("ERROR", 1), ("FATAL", 0)])
def test_section_1_3_application_log_level(environment: Any, level: str, shown: int, handler: Handler) -> None:
    # GIVEN an application log level
    made = environment(
        handler("logging.debug('d')\nlogging.info('i')\nlogging.error('e')", "import logging"),
        log_format="JSON",
        application_log_level=level,
    )
    # WHEN it logs at three levels THEN those below are left out
    assert len(made.invoke().log.splitlines()) == shown


def test_section_1_3_loggers_belong_to_the_function(environment: Any, handler: Handler) -> None:
    # GIVEN two functions whose loggers share a name
    source = handler(
        "logging.getLogger('shared').info('here')\nreturn logging.getLogger('shared').level",
        "import logging\nif {loud}:\n    logging.getLogger('shared').setLevel('INFO')",
    )
    loud = environment(source.replace("{loud}", "True"))
    quiet = environment(source.replace("{loud}", "False"))
    # WHEN both run THEN neither's setting reaches the other
    assert loud.invoke().payload == b"20"
    assert quiet.invoke().payload == b"0"
    assert (loud.invoke().log != "", quiet.invoke().log) == (True, "")


def test_section_1_2_printed_tracebacks_have_the_paths_of_aws(environment: Any, handler: Handler) -> None:
    # GIVEN a handler that prints and logs tracebacks through the standard library, and of a file that is not there
    made = environment(
        handler(
            """
            for action in (lambda: json.loads("{"), lambda: open("/tmp/missing"), lambda: time.sleep(-1)):
                try:
                    action()
                except Exception:
                    traceback.print_exc()
                    logging.exception("logged")
                    print(traceback.format_exc())
            """,
            "import json, logging, time, traceback",
        )
    )
    # WHEN it is invoked
    log = made.invoke().log
    # THEN every frame is of the function or of the standard library, where that lies on AWS
    files = re.findall(r'File "(.*?)", line', log)
    assert set(files) == {
        "/var/task/lambda_function.py",
        "/var/lang/lib/python3.12/json/__init__.py",
        "/var/lang/lib/python3.12/json/decoder.py",
    }
    assert log.count("FileNotFoundError: [Errno 2] No such file or directory: '/tmp/missing'") == 3
    assert log.count("obj, end = self.raw_decode(") == 3
