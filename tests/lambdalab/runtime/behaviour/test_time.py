"""Virtual time inside a handler."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

Handler = Callable[..., str]


def test_time_sleep_spends_virtual_time_only(environment: Any, handler: Handler) -> None:
    # GIVEN a handler that sleeps ten minutes
    made = environment(handler("time.sleep(600)\nreturn 'slept'", "import time"), timeout=900)
    real = time.monotonic()
    # WHEN it is invoked THEN the clock has moved and nobody has waited
    assert made.spent_ms(lambda: made.answer()) == 600_001.8
    assert time.monotonic() - real < 60


def test_time_every_clock_agrees(environment: Any, handler: Handler) -> None:
    # GIVEN a handler that reads every clock around a sleep, imported in every way
    made = environment(
        handler(
            """
            def read():
                return [time.time(), now(), time.time_ns() / 1e9, time.monotonic(), time.perf_counter(),
                        time.monotonic_ns() / 1e9, datetime.datetime.now().timestamp(), stamp.utcnow().timestamp(),
                        datetime.datetime.now(datetime.timezone.utc).timestamp(), time.mktime(time.gmtime())]
            before = read()
            nap(5)
            return [round(b - a, 3) for a, b in zip(before, read())], round(before[0] - before[2], 3)
            """,
            "import datetime, time\nfrom datetime import datetime as stamp\nfrom time import sleep as nap, time as now",
        ),
        timeout=60,
    )
    # WHEN it is invoked THEN all have moved by five seconds
    differences, offset = made.answer()
    assert differences[:-1] == [5.0] * 9
    assert differences[-1] == pytest.approx(5, abs=1)
    assert offset == 0


def test_time_begins_with_the_virtual_epoch_in_utc(environment: Any, handler: Handler) -> None:
    # GIVEN a handler that shows the date in several ways
    made = environment(
        handler(
            """
            return [str(datetime.datetime.now())[:16], str(datetime.date.today()),
                    datetime.datetime.utcnow().isoformat()[:10],
                    time.strftime('%Y-%m-%d %H'), time.localtime().tm_year, time.ctime()[-4:],
                    datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=2))).hour,
                    str(datetime.datetime.fromtimestamp(0)), datetime.datetime.today().day]
            """,
            "import datetime, time",
        )
    )
    # WHEN it is invoked THEN it is the first hour of 2026, everywhere
    assert made.answer() == [
        "2026-01-01 00:00",
        "2026-01-01",
        "2026-01-01",
        "2026-01-01 00",
        2026,
        "2026",
        2,
        "1970-01-01 00:00:00",
        1,
    ]


def test_time_datetime_behaves_as_ever(environment: Any, handler: Handler) -> None:
    # GIVEN a handler that uses the classes for all they are worth
    made = environment(
        handler(
            """
            class Stamp(datetime):
                def label(self):
                    return 'S' + self.isoformat()

            moment = datetime(2026, 2, 3, 4, 5, 6)
            subclassed = Stamp(2026, 2, 3)
            return [
                repr(moment),
                isinstance(moment, datetime), isinstance(moment, date), issubclass(datetime, date),
                isinstance(datetime.now(), datetime), isinstance(date(2026, 1, 1), datetime),
                pickle.loads(pickle.dumps(moment)) == moment, copy.deepcopy([moment])[0] == moment,
                str(datetime.strptime('2026-01-02', '%Y-%m-%d')), datetime.fromisoformat('2026-01-02').day,
                subclassed.label(), isinstance(subclassed, Stamp), type(subclassed).__name__, isinstance(moment, Stamp),
                Stamp.now().label()[:5], isinstance(Stamp.now(), Stamp),
                str(moment - timedelta(days=1)), max(moment, datetime.min) == moment,
                {datetime: 1}[datetime], datetime.combine(date(2026, 1, 1), moment.time()).hour,
                date.today() == datetime.now().date(), date.fromisoformat('2026-05-06').month,
            ]
            """,
            "import copy, pickle\nfrom datetime import date, datetime, timedelta",
        )
    )
    # WHEN it is invoked THEN they do what Python's do
    assert made.answer() == [
        "datetime.datetime(2026, 2, 3, 4, 5, 6)",
        True,
        True,
        True,
        True,
        False,
        True,
        True,
        "2026-01-02 00:00:00",
        2,
        "S2026-02-03T00:00:00",
        True,
        "Stamp",
        False,
        "S2026",
        True,
        "2026-02-02 04:05:06",
        True,
        1,
        4,
        True,
        5,
    ]


def test_time_in_modules_the_package_brings(environment: Any, handler: Handler) -> None:
    # GIVEN a dependency that binds the functions when it is imported
    made = environment(
        {
            "lambda_function.py": handler("return vendored.nap()", "import vendored"),
            "vendored.py": "from time import monotonic, sleep\n\n"
            "def nap():\n    began = monotonic()\n    sleep(2)\n    return round(monotonic() - began, 6)\n",
        },
        timeout=10,
    )
    # WHEN it sleeps THEN that is virtual as well
    assert made.answer() == 2


@pytest.mark.parametrize(
    ("value", "error"), [("-1", "ValueError"), ("'1'", "TypeError"), ("float('nan')", "ValueError")]
)
def test_time_sleep_refuses_nonsense(environment: Any, value: str, error: str, handler: Handler) -> None:
    # GIVEN a handler that sleeps for no duration WHEN it is invoked THEN it is Python's error
    assert environment(handler(f"time.sleep({value})", "import time")).error()["errorType"] == error


def test_time_a_busy_wait_ends(environment: Any, handler: Handler) -> None:
    # GIVEN a handler that waits by looking at the clock
    made = environment(
        handler("end = time.time() + 0.5\nwhile time.time() < end:\n    pass\nreturn 'done'", "import time")
    )
    # WHEN it is invoked THEN its half second passes
    assert 500 <= made.spent_ms(lambda: made.answer()) < 520


def test_time_declared_work_depends_on_memory(environment: Any, handler: Handler) -> None:
    # GIVEN a handler that declares a tenth of a second of computing
    source = handler("lambdalab.work(0.1)", "import lambdalab")
    spent = []
    for memory in (128, 1769, 3008):
        made = environment(source, memory_mb=memory, timeout=10)
        # WHEN it runs with more memory
        spent.append(made.spent_ms(lambda made=made: made.answer()))
    # THEN it is faster, up to one vCPU
    assert spent[0] == pytest.approx(0.1 * 1769 / 128 * 1000 + 1.8, abs=0.01)
    assert spent[1] == pytest.approx(100 + 1.095, abs=0.01)
    assert spent[2] == pytest.approx(100 + 1.072, abs=0.01)


def test_time_asyncio_sleeps_in_virtual_time(environment: Any, handler: Handler) -> None:
    # GIVEN a handler that awaits sleeps, two at a time
    made = environment(
        handler(
            """
            async def main():
                await asyncio.gather(asyncio.sleep(2), asyncio.sleep(3))
                return 'awaited'
            return asyncio.run(main())
            """,
            "import asyncio",
        ),
        timeout=10,
    )
    # WHEN it is invoked THEN they overlap, and nobody has waited
    assert made.spent_ms(lambda: made.answer()) == pytest.approx(3_001.8, abs=5)


def test_time_threads_sleep_in_virtual_time(environment: Any, handler: Handler) -> None:
    # GIVEN a handler with threads that sleep at the same time
    made = environment(
        handler(
            """
            with ThreadPoolExecutor(4) as pool:
                return list(pool.map(lambda n: (time.sleep(n), n)[1], [1, 2, 3, 2]))
            """,
            "import time\nfrom concurrent.futures import ThreadPoolExecutor",
        ),
        timeout=30,
    )
    # WHEN it is invoked THEN it takes as long as the longest
    assert made.spent_ms(lambda: made.answer()) == pytest.approx(3_001.8, abs=5)
