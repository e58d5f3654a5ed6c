"""OS-only runtimes: any executable called ``bootstrap``, here bash and curl."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from lambdalab.clock import SECOND
from lambdalab.errors import NotEmulatedError

LOOP = """\
#!/bin/bash
api="http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime"
next() {
  event=$(curl -sS -D "$TMPDIR/headers" "$api/invocation/next")
  id=$(grep -i ^lambda-runtime-aws-request-id "$TMPDIR/headers" | tr -d '\\r' | cut -d' ' -f2)
}
post() { curl -sS -w '%{http_code}\\n' "$api/$1" -d "$2"; }
virtual() { curl -sS -o "$TMPDIR/answer" -w '%{http_code}' "http://${AWS_LAMBDA_RUNTIME_API}/.lambdalab/$1" -d "$2"; }
"""


def package(files: dict[str, str], mode: int = 0o755) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        for name, content in files.items():
            member = zipfile.ZipInfo(name)
            member.external_attr = mode << 16
            opened.writestr(member, content)
    return archive.getvalue()


@pytest.fixture
def bash(make_environment: Any) -> Any:
    """Make environments from what follows the functions in `LOOP`."""

    def make(script: str, **specification: Any) -> Any:
        return make_environment(
            {}, code=package({"bootstrap": LOOP + script}), runtime="provided.al2023", **specification
        )

    return make


def test_bash_and_curl_serve_events(bash: Any) -> None:
    # GIVEN a bootstrap in bash that keeps a count
    made = bash(
        'echo "up as $_HANDLER"\n'
        "while next; do\n"
        '  count=$((count + 1)); echo "number $count" >&2\n'
        '  post "invocation/$id/response" "{\\"got\\": $event, \\"count\\": $count}" > /dev/null\n'
        "done\n",
        handler="shop.order",
        environment_variables={"_HANDLER": "shop.order"},
    )
    # WHEN it is initialised and gets two events
    assert made.initialize().log == "up as shop.order\n"
    answers = [made.invoke({"n": 1}), made.invoke({"n": 2})]
    # THEN one process answers both, and its log is told with each
    assert [json.loads(answer.payload) for answer in answers] == [
        {"got": {"n": 1}, "count": 1},
        {"got": {"n": 2}, "count": 2},
    ]
    assert [answer.log for answer in answers] == ["number 1\n", "number 2\n"]
    assert all(answer.max_memory_mb > 0 for answer in answers)


def test_real_time_takes_no_virtual_time_and_declared_time_does(bash: Any) -> None:
    # GIVEN a bootstrap that sleeps in real time, and asks for virtual time
    made = bash(
        "while next; do sleep 0.05\n"
        '  virtual sleep \'{"seconds": 0.25}\'; virtual sleep \'{"seconds": "x"}\'; virtual nap \'{"seconds": 1}\'\n'
        '  post "invocation/$id/response" null > /dev/null\n'
        "done\n",
    )
    made.initialize()
    # WHEN it gets events
    made.answer()
    # THEN each takes what is declared, on top of what a handler that does nothing takes; nonsense is refused
    assert made.spent_ms(made.answer) == pytest.approx(250 + 1.8)
    assert made.invoke().log == "200400400"


def test_a_runtime_may_post_errors_and_anything_for_a_response(bash: Any) -> None:
    # GIVEN a bootstrap that answers with text that is no JSON, then with an error
    made = bash(
        'next; post "invocation/$id/response" "plain text" >&2\n'
        'next; curl -sS -o /dev/null -H "Lambda-Runtime-Function-Error-Type: Shop.Closed" "$api/invocation/$id/error" '
        '-d \'{"errorMessage": "come back later"}\'\n'
        'next; post "invocation/$id/error" "[1]" > /dev/null\n'
        "next\n",
    )
    made.initialize()
    # WHEN it is invoked THEN both come through
    assert made.invoke().payload == b"plain text"
    error = made.invoke()
    assert (error.outcome, error.error_type, error.error_message) == ("error", "Shop.Closed", "come back later")
    odd = made.invoke()
    assert (odd.outcome, odd.payload, odd.error_message) == ("error", b"[1]", "")


def test_a_runtime_reports_that_its_initialisation_failed(bash: Any) -> None:
    # GIVEN a bootstrap that gives up
    made = bash(
        "echo trying\ncurl -sS -o /dev/null -H 'Lambda-Runtime-Function-Error-Type: Shop.NoStock' \"$api/init/error\" "
        '-d \'{"errorMessage": "empty", "errorType": "NoStock"}\'\nexit 1\n'
    )
    # WHEN it is initialised
    result = made.initialize()
    # THEN its error is the result
    assert (result.outcome, result.error_type, result.log) == ("error", "Shop.NoStock", "trying\n")
    assert json.loads(result.payload) == {"errorMessage": "empty", "errorType": "NoStock"}


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        ("exit 0", "Runtime exited without providing a reason"),
        ("exit 7", "Runtime exited with error: exit status 7"),
        ("kill -KILL $$", "Runtime exited with error: signal: killed"),
        ("kill -TERM $$", "Runtime exited with error: signal: terminated"),
        ("kill -SEGV $$", "Runtime exited with error: signal: segmentation fault"),
    ],
)
def test_the_ends_of_a_process(bash: Any, end: str, reason: str) -> None:
    # GIVEN a bootstrap that ends when it gets an event
    made = bash(f"next; echo bye; {end}\n")
    made.initialize()
    # WHEN it is invoked
    result = made.invoke(request_id="8c6ca1f0-0000-4000-8000-000000000000")
    # THEN AWS's words say how
    assert json.loads(result.payload) == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: 8c6ca1f0-0000-4000-8000-000000000000 Error: {reason}",
    }
    assert (result.outcome, result.error_type, result.log) == ("exit", "Runtime.ExitError", "bye\n")


@pytest.mark.parametrize(
    ("files", "mode", "message"),
    [
        ({"other": ""}, 0o755, "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"),
        ({"bootstrap": "neither a program nor a script"}, 0o755, "fork/exec /var/task/bootstrap: exec format error"),
        (
            {"bootstrap": "#!/no/such/interpreter\n"},
            0o755,
            "fork/exec /var/task/bootstrap: no such file or directory",
        ),
        ({"bootstrap": "#!/bin/bash\n"}, 0o644, "fork/exec /var/task/bootstrap: permission denied"),
    ],
)
def test_a_bootstrap_that_cannot_be_started(make_environment: Any, files: Any, mode: int, message: str) -> None:
    # GIVEN a package without a usable bootstrap WHEN it is initialised THEN AWS's words say why
    result = make_environment({}, code=package(files, mode), runtime="provided.al2023").initialize()
    assert (result.outcome, result.error_type) == ("exit", "Runtime.InvalidEntrypoint")
    assert json.loads(result.payload)["errorMessage"] == f"RequestId:  Error: {message}"


def test_a_bootstrap_in_a_layer(executor: Any, make_environment: Any) -> None:
    # GIVEN a package without a bootstrap, and a layer with one
    script = LOOP + 'while next; do post "invocation/$id/response" "$(cat "$LAMBDA_TASK_ROOT/data.json")"; done\n'
    made = make_environment({"data.json": "[1, 2]"}, runtime="provided.al2023")
    specification = made.sandbox._specification
    sandbox = executor.create(
        type(specification)(**{**vars(specification), "layers": (package({"bootstrap": script}),)})
    )
    made.sandbox = sandbox
    # WHEN it is invoked THEN the layer's runs, in the package's folder
    assert made.initialize().outcome == "success"
    assert made.answer() == [1, 2]


def test_tmp_is_the_environments_own_and_outlives_the_process(bash: Any) -> None:
    # GIVEN a bootstrap that notes each event in TMPDIR and dies at the second
    script = (
        'while next; do echo x >> "$TMPDIR/notes"; n=$(wc -l < "$TMPDIR/notes"); [ "$n" = 2 ] && exit 1\n'
        'post "invocation/$id/response" "$n"; done\n'
    )
    made, other = bash(script), bash(script)
    made.initialize()
    other.initialize()
    assert made.answer() == 1
    # WHEN it is started again after its death
    assert made.invoke().outcome == "exit"
    made.sandbox.reset()
    made.initialize()
    # THEN the notes are still there, and no other environment sees them
    assert made.answer() == 3
    assert other.answer() == 1


def test_a_bootstrap_that_hangs_times_out(bash: Any) -> None:
    # GIVEN a bootstrap that waits for something that does not come
    made = bash("next; echo waiting; sleep 1000\n", timeout=5)
    made.initialize()
    began = made.clock.time_ns
    # WHEN it is invoked
    result = made.invoke()
    # THEN it times out at its configured timeout
    assert (result.outcome, result.error_type, result.log) == ("timeout", "Sandbox.Timedout", "waiting\n")
    assert result.error_message.endswith("Task timed out after 5.00 seconds")
    assert made.clock.time_ns == began + 5 * SECOND


def test_programs_left_behind_are_ended(bash: Any, tmp_path: Any) -> None:
    # GIVEN a bootstrap with a program in the background that would write later
    made = bash(
        f'while next; do (while true; do echo x >> "{tmp_path}/alive"; sleep 0.01; done) &\n'
        'post "invocation/$id/response" null; done\n'
    )
    made.initialize()
    made.answer()
    # WHEN the environment is shut down
    made.sandbox.shutdown()
    size = (tmp_path / "alive").stat().st_size
    # THEN the program is gone, too: nothing of its process group is left to ask
    again = bash('next; sleep 0.2; post "invocation/$id/response" null; next\n')
    again.initialize()
    again.answer()
    assert (tmp_path / "alive").stat().st_size == size


def test_the_variables_are_those_given(bash: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a variable in the engine's own process
    monkeypatch.setenv("OUR_SECRET", "x")
    made = bash(
        "names() { env | cut -d= -f1 | sed 's/.*/\"&\"/' | paste -sd, -; }\n"
        'while next; do post "invocation/$id/response" "[$(names)]"; done\n'
    )
    made.initialize()
    # WHEN the function lists its variables
    names = set(made.answer())
    # THEN there are its own and the runtime's, and not that one
    assert names == set(made.sandbox._specification.environment_variables) | {
        "AWS_ENDPOINT_URL", "AWS_LAMBDA_RUNTIME_API", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT", "LANG", "PATH",
        "TMPDIR", "TZ", "_HANDLER", "PWD", "SHLVL", "_",
    }  # fmt: skip


@pytest.mark.parametrize("runtime", ["nodejs22.x", "java21", "dotnet8", "ruby3.3", "python2.7"])
def test_other_runtimes_are_refused(make_environment: Any, runtime: str) -> None:
    # GIVEN a runtime that is not here WHEN a sandbox is made THEN the refusal names it
    with pytest.raises(NotEmulatedError, match=runtime):
        make_environment("", runtime=runtime)
