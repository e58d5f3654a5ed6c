"""Threads a handler starts, and those it leaves behind."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

Handler = Callable[..., str]


def test_threads_see_the_environment(environment: Any, handler: Handler) -> None:
    # GIVEN a handler whose thread prints, reads a variable and writes to /tmp
    made = environment(
        handler(
            """
            def go():
                print('from the thread', os.environ['AWS_REGION'])
                open('/tmp/from-thread', 'w').write(time.strftime('%Y'))
            thread = threading.Thread(target=go)
            thread.start()
            thread.join()
            return open('/tmp/from-thread').read()
            """,
            "import os, threading, time",
        )
    )
    # WHEN it is invoked
    result = made.invoke()
    # THEN the thread is in the environment as the handler is
    assert result.payload == b'"2026"'
    assert result.log == "from the thread us-east-1\n"


def test_threads_left_running_do_no_harm(environment: Any, handler: Handler) -> None:
    # GIVEN a handler that leaves threads behind: one that computes, one that sleeps, one that waits
    source = handler(
        """
        global ticks
        if event == 'start':
            threading.Thread(target=compute, daemon=True).start()
            threading.Thread(target=sleeper, daemon=True).start()
            threading.Thread(target=gate.wait, daemon=True).start()
        return 'answered'
        """,
        """
        import threading, time
        ticks = 0
        gate = threading.Event()
        def compute():
            global ticks
            while True:
                ticks += 1
        def sleeper():
            while True:
                time.sleep(1)
        """,
    )
    made, other = environment(source), environment("import os\ndef lambda_handler(event, context):\n    return 1\n")
    # WHEN it is invoked THEN it answers, so does the next invocation, and so do other functions
    assert made.answer("start") == "answered"
    assert other.answer() == 1
    assert made.answer("again") == "answered"
    # AND after the end of the environment nothing of it is left running
    made.sandbox.shutdown()
    assert other.answer() == 1
    for thread in threading.enumerate():
        assert not getattr(thread, "inside_handler", False) or _ends(thread), thread


def _ends(thread: threading.Thread) -> bool:
    thread.join(5)
    return not thread.is_alive() or thread.name.startswith("lambdalab waiting")


def test_threads_continue_when_the_environment_is_used_again(environment: Any, handler: Handler) -> None:
    # GIVEN a handler whose thread counts, frozen when the handler has returned
    made = environment(
        handler(
            """
            if event == 'start':
                threading.Thread(target=count, daemon=True).start()
                return None
            seen = ticks
            while ticks == seen:
                pass
            return ticks > seen
            """,
            """
            import threading
            ticks = 0
            def count():
                global ticks
                while True:
                    ticks += 1
            """,
        )
    )
    made.answer("start")
    # WHEN it is invoked again THEN the thread goes on
    assert made.answer("look") is True
