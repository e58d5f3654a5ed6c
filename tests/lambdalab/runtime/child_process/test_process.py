"""What a process of its own gives: real ends, real programs, nothing shared, nothing left."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path
from typing import Any

import pytest

from lambdalab.clock import Clock
from lambdalab.errors import EngineFault
from lambdalab.runtime.child_process import ChildProcessExecutor, measurement, process
from lambdalab.runtime.child_process.measurement import computed_ns, peak_memory_mb, resident_memory_mb
from lambdalab.runtime.child_process.process import has_descriptor_of_process
from tests.lambdalab.runtime.conftest import Environment


def handler(body: str, before: str = "") -> str:
    return f"{before}\ndef lambda_handler(event, context):\n{textwrap.indent(textwrap.dedent(body), '    ')}\n"


def pid_of(made: Any) -> int:
    process = made.sandbox._process
    assert process is not None
    return int(process.pid)


def exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def runs(pid: int) -> bool:
    """Whether a process is there and no zombie: not everywhere does somebody reap those without a parent."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return state != "" and not state.startswith("Z")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("ctypes.string_at(0)", "signal: segmentation fault"),
        ("os.abort()", "signal: aborted"),
        ("os.kill(os.getpid(), 9)", "signal: killed"),
        ("os._exit(5)", "exit status 5"),
        ("sys.exit(6)", "exit status 6"),
        ("sys.exit('no more')", "exit status 1"),
    ],
)
def test_ends_are_real(environment: Any, body: str, reason: str) -> None:
    # GIVEN a handler that ends its process
    made = environment(handler(body, "import ctypes, os, sys"))
    # WHEN it is invoked
    result = made.invoke()
    # THEN that is what came of it, and the process is gone
    assert (result.outcome, result.error_type) == ("exit", "Runtime.ExitError")
    assert result.error_message.endswith(f" Error: Runtime exited with error: {reason}")
    # AND the environment can be used again
    made.sandbox.reset()
    assert made.initialize().outcome == "success"


def test_a_process_killed_from_outside_while_frozen_is_noticed(environment: Any) -> None:
    # GIVEN an environment whose process is killed between two events
    made = environment(handler("return 1"))
    made.answer()
    os.kill(pid_of(made), signal.SIGKILL)
    # WHEN it is invoked THEN the end is told
    result = made.invoke()
    assert result.outcome == "exit"
    assert result.error_message.endswith("Runtime exited with error: signal: killed")


def test_a_program_around_that_waits_for_every_child_does_no_harm(clock: Clock, make_environment: Any) -> None:
    # GIVEN an environment whose process ends and is waited for by somebody else in this program
    made = make_environment(handler("return 1"))
    executor = ChildProcessExecutor(clock, zygote=False)
    try:
        sandbox = executor.create(made.sandbox._specification)
        sandbox.initialize(10**10)
        made.sandbox = sandbox
        os.kill(pid_of(made), signal.SIGKILL)
        os.waitpid(pid_of(made), 0)
        # WHEN it is invoked THEN it has ended
        assert made.invoke().outcome == "exit"
    finally:
        executor.close()


def test_programs_and_forks_work(environment: Any) -> None:
    # GIVEN a handler that starts a program, and forks
    made = environment(
        handler(
            """
            said = subprocess.run(["sh", "-c", "echo $0 $PWD", "hi"], capture_output=True, text=True).stdout
            reading, writing = os.pipe()
            pid = os.fork()
            if pid == 0:
                os.write(writing, b"child")
                os._exit(0)
            os.waitpid(pid, 0)
            return [said.split()[0], os.read(reading, 9).decode()]
            """,
            "import os, subprocess",
        )
    )
    # WHEN it is invoked THEN both are there
    assert made.answer() == ["hi", "child"]


def test_a_program_runs_in_the_folder_the_handler_is_in(environment: Any) -> None:
    # GIVEN a handler that goes to /tmp and starts a program there
    made = environment(
        handler(
            """
            os.chdir("/tmp")
            subprocess.run(["sh", "-c", "echo there > made-by-a-program"], check=True)
            return [os.getcwd(), open("/tmp/made-by-a-program").read()]
            """,
            "import os, subprocess",
        )
    )
    # WHEN it is invoked THEN both mean the same folder
    assert made.answer() == ["/tmp", "there\n"]


def test_programs_in_the_package_and_databases_in_tmp_are_found(make_environment: Any) -> None:
    # GIVEN a program in a layer's bin, and a handler that runs it in /tmp and keeps a database there
    made = make_environment(
        handler(
            """
            said = [
                subprocess.run(command, cwd="/tmp", capture_output=True, text=True, check=True).stdout
                for command in (["/opt/bin/hello"], ["hello"], ["/bin/sh", "-c", "echo sh"])
            ]
            pid = os.fork()
            if pid == 0:
                os.execv("/opt/bin/hello", ["hello"])
            os.waitpid(pid, 0)
            with sqlite3.connect("/tmp/orders.db") as database:
                database.execute("create table orders (id)")
            memory = sqlite3.connect(":memory:").execute("select 1").fetchone()
            return [said, memory, os.listdir("/tmp")]
            """,
            "import os, sqlite3, subprocess",
        ),
        layers=[{"bin/hello": "#!/bin/sh\necho hello from $(basename $PWD)\n"}],
    )
    for program in made.sandbox._folder.parent.glob("packages/*/bin/hello"):
        program.chmod(0o555)
    made.initialize()
    # WHEN it is invoked
    result = made.invoke()
    # THEN all are found where they are on AWS, and nothing is written elsewhere
    assert result.outcome == "success", result.payload
    assert json.loads(result.payload) == [["hello from tmp\n"] * 2 + ["sh\n"], [1], ["orders.db"]]
    assert result.log == "hello from task\n" or result.log.startswith("hello from ")


def test_a_client_context_that_is_none_is_told_by_the_runtime(environment: Any) -> None:
    # GIVEN a handler, and a client context that is no JSON, of several lines
    made = environment(handler("return context.client_context.custom"))
    # WHEN it is invoked with it THEN the runtime says what is wrong; JSON with any character comes through
    assert made.error(client_context="{not\r\njson")["errorType"] == "Runtime.LambdaContextUnmarshalError"
    assert made.answer(client_context='{"custom": {"name":\n"Zoë"}}') == {"name": "Zoë"}


def test_no_variable_of_ours_is_seen(make_environment: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a variable in the engine's own process
    monkeypatch.setenv("OUR_SECRET", "x")
    made = make_environment(
        handler(
            "return [sorted(os.environ), subprocess.run(['env'], capture_output=True, text=True).stdout]",
            "import os, subprocess",
        ),
        environment_variables={"TABLE": "t"},
    )
    made.initialize()
    # WHEN the function and a program it starts look THEN neither finds it
    names, told = made.answer()
    assert "OUR_SECRET" not in told
    assert set(names) == set(made.sandbox._specification.environment_variables) | {
        "AWS_ENDPOINT_URL", "AWS_LAMBDA_RUNTIME_API", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT", "LANG", "PATH",
        "TMPDIR", "TZ", "_HANDLER", "_X_AMZN_TRACE_ID",
    }  # fmt: skip


def test_no_descriptor_of_ours_is_open(environment: Any, tmp_path: Path) -> None:
    # GIVEN a file that is open here, and another environment
    with (tmp_path / "secret").open("w"):
        environment(handler("return 1"))
        made = environment(
            handler(
                """
                found = []
                for name in os.listdir("/proc/self/fd"):
                    try:
                        found.append(os.readlink(f"/proc/self/fd/{name}"))
                    except FileNotFoundError:
                        continue
                return found
                """,
                "import os",
            )
        )
        # WHEN the function looks at its open files
        found = made.answer()
    # THEN there are its streams, its connection and its clock
    assert not [name for name in found if "secret" in name]
    assert (
        len([name for name in found if name.startswith("socket:")]) <= 3
    )  # curl, in AWS's client, has a pair of its own
    assert len([name for name in found if name.startswith("pipe:")]) == 2


def test_environments_share_nothing(environment: Any) -> None:
    # GIVEN two environments of one function
    source = handler("os.environ['X'] = '1'; open('/tmp/x', 'w').close(); return sorted(seen.append(1) or seen)")
    source = "import os\nseen = []\n" + source
    first, second = (
        environment(source),
        environment(handler("return ['X' in os.environ, os.listdir('/tmp')]", "import os")),
    )
    # WHEN one leaves traces THEN the other sees none
    assert first.answer() == [1]
    assert first.answer() == [1, 1]
    assert second.answer() == [False, []]


def test_the_engine_is_not_in_the_process(environment: Any) -> None:
    # GIVEN a handler that looks at what is loaded
    made = environment(
        handler(
            "lambdalab.work(0)\nreturn sorted(n for n in sys.modules if n.startswith(('moto', 'lambdalab')))",
            "import sys\nimport lambdalab",
        )
    )
    # WHEN it is invoked THEN moto and the engine are not among it, and what handlers are offered is
    loaded = made.answer()
    assert {"lambdalab", "lambdalab.runtime.work"} <= set(loaded)
    assert not {name for name in loaded if name.startswith(("moto", "lambdalab.cloud", "lambdalab.moto_seams"))}


def test_closing_leaves_nothing(clock: Clock, make_environment: Any) -> None:
    # GIVEN an executor with a zygote of its own, an environment in use and one that is idle
    executor = ChildProcessExecutor(clock)
    made = make_environment(handler("return os.getpid()", "import os"))
    specification = made.sandbox._specification
    sandboxes = [executor.create(specification) for _ in range(3)]
    for sandbox in sandboxes[:2]:
        assert sandbox.initialize(10**10).outcome == "success"
    pids = [sandbox._process.pid for sandbox in sandboxes[:2] if sandbox._process]
    folder = executor._folder
    if executor._zygote is not None:
        pids.append(executor._zygote._popen.pid)
    assert all(exists(pid) for pid in pids)
    # WHEN it is closed, twice
    executor.close()
    executor.close()
    # THEN no process and no file is left
    assert not any(exists(pid) for pid in pids)
    assert not folder.exists()


def test_an_interpreter_that_ends_takes_everything_with_it(root: Path, tmp_path: Path) -> None:
    # GIVEN a program that starts environments and ends without closing anything
    program = textwrap.dedent(
        """
        import dataclasses, os, signal, sys
        from lambdalab.clock import Clock
        from lambdalab.deployment_package import deployment_package
        from lambdalab.runtime.child_process import ChildProcessExecutor
        from lambdalab.runtime.executor import SandboxSpecification
        executor = ChildProcessExecutor(Clock())
        values = {field.name: "x" for field in dataclasses.fields(SandboxSpecification)}
        values |= {"handler": "f.handler", "runtime": "python3.12", "environment_variables": {}, "layers": (),
                   "code": deployment_package({"f.py": "def handler(event, context): pass"}), "memory_mb": 128,
                   "timeout_ns": 10**9, "ephemeral_storage_mb": 512}
        sandbox = executor.create(SandboxSpecification(**values))
        assert sandbox.initialize(10**10).outcome == "success"
        print(sandbox._process.pid, executor._zygote._popen.pid if executor._zygote else sandbox._process.pid)
        print(executor._folder, flush=True)
        if sys.argv[1] == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    for how in ("by itself", "killed"):
        # WHEN it ends by itself, or is killed
        ended = subprocess.run(
            [sys.executable, "-c", program, how], cwd=root, capture_output=True, text=True, check=False
        )
        assert ended.stdout, ended.stderr
        pids, folder = ended.stdout.splitlines()
        # THEN its processes end, too: the zygote at the closed connection, the others at its hand
        for pid in map(int, pids.split()):
            for _ in range(1_000):
                if not runs(pid):
                    break
                threading.Event().wait(0.01)
            assert not runs(pid)
        assert ended.returncode == (0 if how == "by itself" else -signal.SIGKILL), ended.stderr
        assert how == "killed" or not Path(folder).exists()
        shutil.rmtree(folder, ignore_errors=True)


def test_a_closed_executor_makes_nothing(clock: Clock, make_environment: Any) -> None:
    # GIVEN an executor that is closed WHEN a sandbox is asked of it THEN it refuses
    executor = ChildProcessExecutor(clock, zygote=False)
    executor.close()
    with pytest.raises(EngineFault, match="closed"):
        executor.create(make_environment("").sandbox._specification)


def test_a_fork_of_this_program_ends_nothing(environment: Any, executor: ChildProcessExecutor) -> None:
    # GIVEN an environment
    made = environment(handler("return 1"))
    # WHEN a fork of this process closes the executor, as its end would
    pid = os.fork()
    if pid == 0:
        executor.close()
        os._exit(0)
    os.waitpid(pid, 0)
    # THEN it still works here
    assert made.answer() == 1


def test_both_ways_to_start_give_the_same(clock: Clock, make_environment: Any) -> None:
    # GIVEN a handler that shows what it sees, with a module of its own that has a standard name
    source = handler(
        """
        open("/tmp/x", "w").write("y")
        print("é", file=sys.stderr)
        return [
            random.random(), str(uuid.uuid4()), list({"a", "b", "c"}), time.time(), os.getcwd(), sys.argv,
            os.listdir("/tmp"), __file__, sys.stdin.read(), sys.stdout.encoding, os.getpgid(0) == os.getpid(),
            [path for path in sys.path if path.startswith(("/var/", "/opt/python"))], calendar.OWN,
        ]
        """,
        "import calendar, os, random, sys, time, uuid",
    )
    made = make_environment({"lambda_function.py": source, "calendar.py": "OWN = 1"})
    began = clock.time_ns
    results = []
    # WHEN it runs forked from a zygote, and started afresh
    for zygote in (True, False):
        clock.time_ns = began
        executor = ChildProcessExecutor(clock, zygote=zygote)
        try:
            sandbox = executor.create(made.sandbox._specification)
            assert sandbox.initialize(10**10).outcome == "success"
            results.append(Environment(sandbox, clock, 3 * 10**9).invoke())
        finally:
            executor.close()
    # THEN it sees the same
    forked, fresh = results
    assert (forked.payload, forked.log) == (fresh.payload, fresh.log)
    assert fresh.log == "é\n"
    packages = f"/opt/python/lib/python3.{sys.version_info.minor}/site-packages"
    assert json.loads(fresh.payload)[4:] == [
        *("/var/task", ["bootstrap", "lambda_function.lambda_handler"], ["x"], "/var/task/lambda_function.py"),
        *("", "utf-8", True, ["/var/task", packages, "/opt/python"], 1),
    ]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_without_its_zygote_an_executor_starts_processes_afresh(
    clock: Clock, make_environment: Any, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    # GIVEN an executor with an environment, whose zygote, if this system can have one, then dies or stops
    monkeypatch.setattr("lambdalab.runtime.child_process.zygote._ANSWER_SECONDS", 0.5)
    made = make_environment(handler("return 1"))
    executor = ChildProcessExecutor(clock)
    try:
        assert (executor.start_method == "zygote") == has_descriptor_of_process()
        first = executor.create(made.sandbox._specification)
        assert first.initialize(10**10).outcome == "success"
        if executor._zygote is not None:
            executor._zygote._popen.send_signal(number)
        # WHEN others are made, the first of them from what was forked in advance
        # THEN they work all the same, and the executor says how
        for _ in range(2):
            made.sandbox = executor.create(made.sandbox._specification)
            assert made.initialize().outcome == "success"
            assert made.answer() == 1
        assert executor.start_method == "new process"
        # AND the first can be ended
        first.shutdown()
    finally:
        executor.close()


def test_an_engine_error_in_an_aws_call_comes_out_and_ends_the_process(clock: Clock, make_environment: Any) -> None:
    # GIVEN an AWS that breaks
    def broken(*_: object) -> Any:
        raise RuntimeError("the engine has a defect")

    made = make_environment(
        handler("urllib.request.urlopen(os.environ['AWS_ENDPOINT_URL'] + '/x')", "import os, urllib.request")
    )
    executor = ChildProcessExecutor(clock, broken, zygote=False)
    try:
        sandbox = executor.create(made.sandbox._specification)
        made.sandbox = sandbox
        made.initialize()
        # WHEN a handler calls it THEN the caller hears of it, and the process is gone
        with pytest.raises(RuntimeError, match="the engine has a defect"):
            made.invoke()
        assert sandbox._process is None
    finally:
        executor.close()


def test_a_system_that_tells_less_about_processes(
    clock: Clock, make_environment: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a system as macOS is: no descriptors of processes, no /proc, no processor clock of others
    made = make_environment(
        handler(
            """
            if event == "leave": os._exit(3)
            if event == "loop":
                while True: pass
            with concurrent.futures.ThreadPoolExecutor() as pool:
                list(pool.map(time.sleep, [1, 2]))
            return round(time.monotonic() - began)
            """,
            "import concurrent.futures, os, time\nbegan = time.monotonic()",
        ),
        timeout=5,
    )
    monkeypatch.setattr(process, "has_descriptor_of_process", lambda: False)
    monkeypatch.setattr(measurement, "_LINUX", False)
    monkeypatch.delattr(os, "waitid")
    executor = ChildProcessExecutor(clock, zygote=False, budget_seconds=3)
    try:
        made.sandbox = executor.create(made.sandbox._specification)
        # WHEN it is used THEN all is as elsewhere
        assert made.initialize().outcome == "success"
        result = made.invoke()
        assert (result.payload, result.max_memory_mb > 5) == (b"2", True)
        assert made.invoke("leave").error_message.endswith("exit status 3")
        made.sandbox.reset()
        made.initialize()
        assert made.invoke("loop").outcome == "timeout"
    finally:
        executor.close()


def test_memory_and_computing_are_measured() -> None:
    # GIVEN this process WHEN it is measured THEN the figures make sense, and a process that is gone has none
    assert peak_memory_mb(os.getpid()) >= resident_memory_mb(os.getpid()) - 1 > 10
    computed = computed_ns(os.getpid())
    assert computed is None or computed > 0
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    pid = int(gone.stdout)
    assert (peak_memory_mb(pid), resident_memory_mb(pid), computed_ns(pid)) == (0, 0, None)
