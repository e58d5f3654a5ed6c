"""What in-process sandboxes do to the interpreter they share, and what they do not."""

from __future__ import annotations

import _thread
import asyncio
import signal
import sys
import threading
import time
from typing import Any

import pytest

from lambdalab.clock import Clock
from lambdalab.runtime.in_process import InProcessExecutor, outside

ECHO = "def lambda_handler(event, context):\n    return event\n"


def call_from_handler(environment: Any, name: str, call: Any, source: str) -> Any:
    """An environment whose handler calls back into the test, as an AWS call reaches the engine."""
    module = type(sys)(name)
    module.call = call  # type: ignore[attr-defined]
    sys.modules[name] = module
    try:
        return environment(f"import {name} as engine\n{source}")
    finally:
        del sys.modules[name]


def test_the_engine_steps_outside(environment: Any, capsys: pytest.CaptureFixture[str]) -> None:
    # GIVEN a handler that makes a call which the engine answers
    import datetime
    import os

    seen: dict[str, Any] = {}

    def engine() -> str:
        seen["inside"] = [os.getcwd(), time.time() < 1.8e9, "lambda_function" in sys.modules]
        with outside():
            print("the engine speaks")
            seen["outside"] = [
                os.getcwd() == here,
                time.time is real_time,
                "lambda_function" in sys.modules,
                datetime.datetime is real_datetime,
            ]
        return "answered"

    here, real_time, real_datetime = os.getcwd(), time.time, datetime.datetime
    made = call_from_handler(
        environment, "engine_one", engine, "def lambda_handler(event, context):\n    print(engine.call())\n"
    )
    # WHEN it is invoked
    result = made.invoke()
    # THEN the engine stood outside, and the handler has gone on inside
    assert seen == {"inside": ["/var/task", True, True], "outside": [True, True, False, True]}
    assert result.log == "answered\n"
    assert capsys.readouterr().out == "the engine speaks\n"


def test_a_handler_invokes_another_function(environment: Any, clock: Clock) -> None:
    # GIVEN a handler that invokes another one with modules of the same names
    inner = environment(
        {
            "lambda_function.py": "import helper, os, time\ndef lambda_handler(event, context):\n"
            "    time.sleep(1)\n    os.environ['LEFT'] = 'inner'\n    return [helper.NAME, event]\n",
            "helper.py": "NAME = 'inner'\n",
        }
    )
    outer = call_from_handler(
        environment,
        "engine_two",
        inner.answer,
        "import os, time\nNAME = 'outer'\ndef lambda_handler(event, context):\n    began = time.time()\n"
        "    answer = engine.call('from outer')\n"
        "    return [NAME, answer, os.environ.get('LEFT'), round(time.time() - began, 3), __name__]\n",
    )
    # WHEN it is invoked THEN each has its own world and both share the clock
    assert outer.answer() == ["outer", ["inner", "from outer"], None, 1.002, "lambda_function"]
    assert outer.answer()[1] == ["inner", "from outer"]


def test_a_handler_whose_call_outlasts_its_timeout_ends_there(environment: Any, clock: Clock) -> None:
    # GIVEN a handler that makes a call which takes longer than it has
    def engine() -> None:
        with outside():
            clock.spend(60_000_000_000)

    made = call_from_handler(
        environment,
        "engine_three",
        engine,
        "def lambda_handler(event, context):\n"
        "    try:\n        engine.call()\n    except BaseException:\n        pass\n"
        "    print('never reached')\n",
    )
    deadline = clock.time_ns + 3_000_000_000
    # WHEN it is invoked
    result = made.invoke()
    # THEN it ends at its deadline, after the call
    assert (result.outcome, result.log) == ("timeout", "")
    assert clock.time_ns == deadline


def test_calls_do_not_count_against_the_budget(environment: Any) -> None:
    # GIVEN a handler whose calls need more real time than it may compute
    def engine() -> None:
        with outside():
            ends = time.perf_counter() + 0.5
            while time.perf_counter() < ends:
                pass

    made = call_from_handler(
        environment, "engine_four", engine, "def lambda_handler(event, context):\n    engine.call()\n    return 1\n"
    )
    # WHEN it is invoked THEN it is not taken for an endless loop
    assert made.answer() == 1


def test_the_users_interrupt_reaches_the_user(environment: Any) -> None:
    # GIVEN a handler that swallows everything, and a user who interrupts it
    made = environment(
        "def lambda_handler(event, context):\n"
        "    while True:\n        try:\n            while True: pass\n        except BaseException:\n            pass\n"
    )
    timer = threading.Timer(0.1, _thread.interrupt_main)
    timer.start()
    # WHEN it is invoked THEN the interrupt comes through
    with pytest.raises(KeyboardInterrupt):
        made.invoke()
    timer.join()
    # AND the sandbox can be started again, with the handlers of signals as before
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert made.initialize().outcome == "success"


def test_an_interrupt_that_the_handler_raises_itself_is_its_end(environment: Any) -> None:
    # GIVEN a handler that raises KeyboardInterrupt WHEN it is invoked THEN that is its own business
    made = environment("def lambda_handler(event, context):\n    raise KeyboardInterrupt\n")
    assert made.error()["errorMessage"].endswith("exit status 1")


def test_an_interrupt_during_a_call_reaches_the_user(environment: Any) -> None:
    # GIVEN a handler inside a call when the user interrupts
    def engine() -> None:
        with outside():
            raise KeyboardInterrupt

    made = call_from_handler(
        environment,
        "engine_five",
        engine,
        "def lambda_handler(event, context):\n"
        "    try:\n        engine.call()\n    except BaseException:\n        pass\n",
    )
    # WHEN it is invoked THEN the interrupt comes through
    with pytest.raises(KeyboardInterrupt):
        made.invoke()


def test_alarms_of_the_program_around_stay_set(environment: Any) -> None:
    # GIVEN a program that has an alarm of its own
    fired: list[int] = []
    previous = signal.signal(signal.SIGALRM, lambda number, frame: fired.append(number))
    signal.setitimer(signal.ITIMER_REAL, 30)
    try:
        # WHEN a function is invoked
        environment(ECHO).answer()
        # THEN the alarm is still set
        assert 1 < signal.getitimer(signal.ITIMER_REAL)[0] <= 30
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


@pytest.mark.parametrize(
    "body",
    [
        "while True:\n        pass",
        "while True: pass",
        "[x for x in iter(int, 1)]",
        "while True:\n        try:\n            while True: pass\n        except BaseException:\n            pass",
        "while True:\n        f()",
    ],
)
def test_a_loop_ends_in_another_thread_too(environment: Any, body: str) -> None:
    # GIVEN a handler that never ends, invoked from a thread, where no signal arrives
    made = environment(f"def f():\n    pass\ndef lambda_handler(event, context):\n    {body}\n")
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(made.invoke()))
    # WHEN it is invoked
    thread.start()
    thread.join(60)
    # THEN it times out all the same
    assert results[0].outcome == "timeout"
    assert sys.gettrace() is None or "coverage" in sys.modules


def test_other_threads_see_the_real_world_meanwhile(environment: Any, capsys: pytest.CaptureFixture[str]) -> None:
    # GIVEN a thread of the program, which looks at the clock and prints while a handler runs
    import datetime
    import os

    seen: list[Any] = []

    def look() -> None:
        seen.append([time.time() > 0, datetime.datetime.now().timestamp(), os.getcwd(), os.path.exists("/var/task")])
        print("from outside")

    def engine() -> None:
        _thread.start_new_thread(lambda: (look(), done.release()), ())
        done.acquire()

    done = threading.Lock()
    done.acquire()
    before = datetime.datetime.now().timestamp()
    here = os.getcwd()
    made = call_from_handler(
        environment,
        "engine_six",
        engine,
        "def lambda_handler(event, context):\n    engine.call()\n    print('inside')\n",
    )
    # WHEN the handler runs
    result = made.invoke()
    # THEN the thread saw the real clock and files, and its words went where they belong
    assert abs(seen[0][1] - before) < 600
    assert seen[0][2:] == [here, False]
    assert result.log == "inside\n"
    assert capsys.readouterr().out == "from outside\n"


def test_calls_from_threads_take_turns(environment: Any) -> None:
    # GIVEN two environments
    made = [environment(ECHO) for _ in range(2)]
    answers: list[Any] = []
    # WHEN two threads invoke them again and again
    threads = [
        threading.Thread(target=lambda one=one: answers.extend(one.answer(i) for i in range(50))) for one in made
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    # THEN every invocation has its answer
    assert sorted(answers) == sorted([*range(50), *range(50)])


def test_a_handler_may_run_an_event_loop_inside_a_running_one(environment: Any) -> None:
    # GIVEN a handler that runs an event loop, as in a notebook whose cells run inside one
    made = environment(
        "import asyncio\n"
        "async def main():\n    await asyncio.sleep(0.5)\n    return 'awaited'\n"
        "def lambda_handler(event, context):\n    return asyncio.run(main())\n"
    )

    async def cell() -> Any:
        task = asyncio.current_task()
        answer = made.answer()
        assert asyncio.current_task() is task
        await asyncio.sleep(0)
        return answer

    # WHEN a cell invokes it THEN neither loop disturbs the other
    assert asyncio.run(cell()) == "awaited"


def test_what_cannot_be_contained_is_refused(environment: Any) -> None:
    # GIVEN handlers that would replace or copy this process
    for call in ("os.fork()", "os.execv('/bin/true', ['true'])", "signal.alarm(1)"):
        made = environment(f"import os, signal\ndef lambda_handler(event, context):\n    {call}\n")
        # WHEN they are invoked THEN the error names the executor that can
        error = made.error()
        assert error["errorType"] == "NotEmulatedError"
        assert 'executor="child-process"' in error["errorMessage"]


def test_threads_left_running_are_told_of(environment: Any) -> None:
    # GIVEN a handler that leaves a thread
    made = environment(
        "import threading, time\n"
        "def wait():\n    time.sleep(900)\n"
        "def lambda_handler(event, context):\n"
        "    threading.Thread(target=wait, name='watcher').start()\n"
    )
    # WHEN it is invoked
    warnings = made.invoke().warnings
    # THEN the result says so, and what does better
    assert len(warnings) == 1
    assert "watcher" in warnings[0]
    assert 'executor="child-process"' in warnings[0]


def test_signal_handlers_of_a_function_stay_with_it(environment: Any) -> None:
    # GIVEN a handler that installs one and sends itself the signal
    made = environment(
        "import os, signal\ncaught = []\n"
        "signal.signal(signal.SIGTERM, lambda number, frame: caught.append(number))\n"
        "def lambda_handler(event, context):\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    return [len(caught), callable(signal.getsignal(signal.SIGTERM))]\n"
    )
    before = signal.getsignal(signal.SIGTERM)
    # WHEN it is invoked THEN it is called, and the program around knows nothing of it
    assert made.answer() == [1, True]
    assert signal.getsignal(signal.SIGTERM) is before


def test_every_file_is_gone_after_close(clock: Clock, make_environment: Any, executor: InProcessExecutor) -> None:
    # GIVEN an executor with an environment that has written
    made = make_environment("def lambda_handler(event, context):\n    open('/tmp/x', 'w').write('x')\n")
    made.initialize()
    made.answer()
    folder = executor._folder
    assert folder is not None
    assert list(folder.rglob("x"))
    # WHEN it is closed THEN nothing is left, and closing again does nothing
    executor.close()
    assert not folder.exists()
    executor.close()
