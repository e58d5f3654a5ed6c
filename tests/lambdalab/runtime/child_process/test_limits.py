"""Limits that bite: memory, time, and the freeze between events."""

from __future__ import annotations

import textwrap
import threading
from typing import Any

import pytest

from lambdalab.clock import SECOND


def handler(body: str, before: str = "") -> str:
    return f"{before}\ndef lambda_handler(event, context):\n{textwrap.indent(textwrap.dedent(body), '    ')}\n"


@pytest.mark.parametrize(
    "body",
    [
        "kept = bytes(range(256)) * 4096 * event",  # at once
        "kept = []\nfor _ in range(event): kept.append(bytes(range(256)) * 4096)",  # little by little
        "bytes(range(256)) * 4096 * event",  # and given back at once
    ],
)
def test_memory_beyond_the_configured_size_kills_the_process(environment: Any, body: str) -> None:
    # GIVEN a function with 128 MB that fills as many MiB as it is told
    made = environment(handler(body), memory_mb=128)
    # WHEN it fills little
    result = made.invoke(8)
    assert result.outcome == "success"
    assert 0 < result.max_memory_mb <= 128
    # THEN that is fine, and too much ends it
    result = made.invoke(300)
    assert (result.outcome, result.error_type) == ("exit", "Runtime.ExitError")
    assert result.error_message.endswith(" Error: Runtime exited with error: signal: killed")
    assert result.max_memory_mb > 128


def test_memory_in_static_code_counts_too(make_environment: Any) -> None:
    # GIVEN static code that needs more than there is
    made = make_environment("kept = bytes(range(256)) * 4096 * 300\n" + handler("return 1"), memory_mb=128)
    # WHEN it is initialised THEN the process is killed
    result = made.initialize()
    assert (result.outcome, result.error_type) == ("exit", "Runtime.ExitError")
    assert b"signal: killed" in result.payload


def test_memory_that_is_reserved_but_not_used_is_free(environment: Any) -> None:
    # GIVEN a function that reserves far more than it touches
    made = environment(
        handler("kept = mmap.mmap(-1, 500 * 1024 * 1024, mmap.MAP_PRIVATE)\nreturn len(kept)", "import mmap")
    )
    # WHEN it is invoked THEN nothing happens to it
    assert made.answer() == 524288000


@pytest.mark.parametrize(
    "body",
    ["while True: pass", "threading.Lock().acquire() and lock.acquire()", "re.match(r'(a+)+$', 'a' * 40 + 'b')"],
)
def test_code_that_does_not_end_times_out(environment: Any, body: str) -> None:
    # GIVEN a handler that loops, waits for a lock nobody frees, or computes inside one call
    made = environment(handler(body, "import re, threading\nlock = threading.Lock()\nlock.acquire()"), timeout=7)
    began = made.clock.time_ns
    # WHEN it is invoked
    result = made.invoke()
    # THEN it times out at the configured timeout, and works again after a reset
    assert (result.outcome, made.clock.time_ns - began) == ("timeout", 7 * SECOND)
    made.sandbox.reset()
    assert made.initialize().outcome == "success"


def test_static_code_that_does_not_end_times_out(make_environment: Any) -> None:
    # GIVEN static code that loops
    made = make_environment("while True: pass\n")
    began = made.clock.time_ns
    # WHEN it is initialised THEN that ends at the limit of INIT
    assert made.initialize(limit=10).outcome == "timeout"
    assert made.clock.time_ns == began + 10 * SECOND


def test_threads_are_frozen_with_the_environment(environment: Any, tmp_path: Any) -> None:
    # GIVEN a handler that leaves a thread counting without a pause
    made = environment(
        handler(
            """
            if not started:
                started.append(threading.Thread(target=count, daemon=True))
                started[0].start()
            threading.Event().wait(0.05)
            return counter[0]
            """,
            "import threading\ncounter, started = [0], []\ndef count():\n    while True: counter[0] += 1\n",
        )
    )
    first = made.answer()
    assert first > 0
    # WHEN real time passes between two events
    threading.Event().wait(0.05)
    used = _computed(made)
    threading.Event().wait(0.2)
    # THEN the process has computed nothing meanwhile, and the thread goes on with the next event
    assert _computed(made) == used
    assert made.answer() > first


def _computed(made: Any) -> Any:
    from lambdalab.runtime.child_process.measurement import computed_ns

    return computed_ns(made.sandbox._process.pid)


def test_threads_sleep_side_by_side(environment: Any) -> None:
    # GIVEN a handler whose threads sleep one, two and three seconds
    made = environment(
        handler(
            """
            with concurrent.futures.ThreadPoolExecutor(3) as pool:
                return list(pool.map(sleep, [3, 1, 2]))
            """,
            "import concurrent.futures, time\n"
            "def sleep(seconds):\n    time.sleep(seconds)\n    return round(time.monotonic() - began)\n"
            "began = time.monotonic()\n",
        ),
        timeout=30,
    )
    # WHEN it is invoked THEN that takes three seconds, not six, and each wakes in its turn
    assert made.spent_ms(lambda: answers.append(made.answer())) == pytest.approx(3000, abs=50)
    assert answers == [[3, 1, 2]]


answers: list[Any] = []


def test_a_thread_that_sleeps_does_not_hold_up_the_handler(environment: Any) -> None:
    # GIVEN a handler that leaves a thread asleep for a minute
    made = environment(
        handler(
            """
            if event:
                threading.Thread(target=later, daemon=True).start()
            else:
                woken.wait(0.5)
            return woken.is_set()
            """,
            "import threading, time\nwoken = threading.Event()\ndef later():\n    time.sleep(60)\n    woken.set()\n",
        )
    )
    # WHEN it is invoked THEN it answers at once
    assert made.spent_ms(lambda: made.answer(True)) < 10
    # AND the thread wakes when the environment is used after that minute, not before
    assert made.answer(False) is False
    made.clock.spend(60 * SECOND)
    assert made.answer(False) is True


def test_waits_with_a_timeout_take_virtual_time(environment: Any) -> None:
    # GIVEN a handler that waits for things that do not come, and for one that does
    made = environment(
        handler(
            """
            began = time.monotonic()
            try:
                queue.Queue().get(timeout=1)
            except queue.Empty:
                seen = [round(time.monotonic() - began, 2)]
            event = threading.Event()
            thread = threading.Thread(target=lambda: (time.sleep(2), event.set(), time.sleep(5)), daemon=True)
            thread.start()
            seen += [event.wait(0.5), event.wait(10), round(time.monotonic() - began, 2)]
            condition = threading.Condition()
            with condition:
                seen += [condition.wait_for(lambda: False, 0.25), condition.wait(0)]
            thread.join(1)
            seen += [thread.is_alive(), round(time.monotonic() - began, 2)]
            thread.join(20)
            seen += [thread.is_alive(), round(time.monotonic() - began, 2)]
            with concurrent.futures.ThreadPoolExecutor() as pool:
                seen.append(pool.submit(pow, 2, 10).result(timeout=60))
            seen.append(threading.Semaphore(0).acquire(timeout=2))
            return [*seen, round(time.monotonic() - began, 2)]
            """,
            "import concurrent.futures, queue, threading, time",
        ),
        timeout=60,
    )
    # WHEN it is invoked THEN the first kind takes its timeout, and the second no longer than it takes to come
    assert made.answer() == [1.0, False, True, 3.0, False, False, True, 4.25, False, 8.0, 1024, False, 10.0]


def test_asyncio_in_virtual_time(environment: Any) -> None:
    # GIVEN coroutines that sleep, a timeout, and one that waits for a thread
    made = environment(
        handler(
            """
            async def main():
                loop = asyncio.get_running_loop()
                await asyncio.gather(asyncio.sleep(1), asyncio.sleep(2))
                try:
                    await asyncio.wait_for(asyncio.Event().wait(), 3)
                except TimeoutError:
                    pass
                worked = await asyncio.wait_for(loop.run_in_executor(None, sum, range(200_000)), 60)
                slept = await asyncio.wait_for(loop.run_in_executor(None, time.sleep, 4), 60)
                return [worked, round(loop.time() - began, 2)]
            began = time.monotonic()
            return asyncio.run(main())
            """,
            "import asyncio, time",
        ),
        timeout=60,
    )
    # WHEN it is invoked THEN 2 + 3 + 4 seconds pass
    assert made.answer() == [19999900000, pytest.approx(9, abs=0.05)]


def test_the_deadline_strikes_in_a_sleep_of_any_thread(environment: Any) -> None:
    # GIVEN a handler that waits for threads which sleep beyond the timeout
    made = environment(
        handler(
            "with concurrent.futures.ThreadPoolExecutor() as pool:\n    list(pool.map(time.sleep, [1, 10]))",
            "import concurrent.futures, time",
        ),
        timeout=5,
    )
    began = made.clock.time_ns
    # WHEN it is invoked THEN it times out
    assert made.invoke().outcome == "timeout"
    assert made.clock.time_ns == began + 5 * SECOND


def test_output_of_any_amount_is_taken(environment: Any) -> None:
    # GIVEN a handler that writes tens of megabytes while it runs, some of it no UTF-8
    made = environment(
        handler("for _ in range(400): os.write(1, b'\\xff' * 100_000)\nos.write(2, b'the end')", "import os")
    )
    # WHEN it is invoked THEN the log is bounded and ends with its end
    log = made.invoke().log
    assert log.endswith("the end")
    assert len(log) < 1_100_000
