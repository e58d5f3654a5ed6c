"""The kernel's notebook semantics, in the very Python that the page runs."""

from __future__ import annotations

import pytest

from tests.live.running import Cell, Outcome, run_pages

FAILS_IN_FUNCTION = """def outer():
    return inner()

def inner():
    return {}["missing"]

outer()"""

PICTURE = """class Picture:
    def _repr_svg_(self): return "<svg/>"
    def _repr_html_(self): return "<b>hi</b>"

Picture()"""

CHAINED = """import json
try:
    json.loads("{")
except ValueError as error:
    raise RuntimeError("no config") from error"""

SCENARIOS = {
    "values": [
        Cell("1 + 1"),
        Cell("1 + 1;"),
        Cell("_ * 10"),
        Cell("None"),
        Cell("x = 5"),
        Cell("print('a'); print('b')\nx"),
        Cell("{'one': list(range(30)), 'two': list(range(30))}"),
    ],
    "rich": [
        Cell(PICTURE),
        Cell("display('shown', 2)\n'last'"),
        Cell("from IPython.display import HTML, clear_output\nprint('gone')\nclear_output()\nHTML('<i>x</i>')"),
        Cell("Picture"),
    ],
    "streams": [
        Cell("import sys\nprint('out')\nprint('err', file=sys.stderr)\nprint('out again')"),
        Cell("import logging\nlogging.basicConfig()\nlogging.warning('first')"),
        Cell("logging.warning('second')"),
        Cell("for number in range(300_000): print('a line of text')"),
        Cell("print('the next cell may print again')"),
    ],
    "await": [
        Cell("import asyncio\nasync def later():\n    await asyncio.sleep(0)\n    return 'awaited'"),
        Cell("await later()"),
        Cell("value = await later()\nprint(value)"),
    ],
    "function error": [Cell(FAILS_IN_FUNCTION)],
    "error in library": [
        Cell("import json\nvalue = 1\njson.loads('{')\nvalue = 2"),
    ],
    "error from another cell": [
        Cell("def divide(a, b):\n    return a / b"),
        Cell("\n\ndivide(1, 0)"),
    ],
    "chained error": [
        Cell(CHAINED),
    ],
    "syntax error": [Cell("x = 1\nif x\n    pass")],
    "exit": [Cell("import sys\nsys.exit(3)", may_fail=True), Cell("'still here'")],
    "input": [Cell("input('name? ')")],
    "recursion": [Cell("def f(): return f()\nf()", may_fail=True), Cell("'still here'")],
    "writefile": [
        Cell("%%writefile lambda_function.py\ndef lambda_handler(event, context):\n    return '100 %'\n"),
        Cell("import lambda_function\nlambda_function.lambda_handler(1, 2)"),
        Cell("%%writefile lambda_function.py\nVALUE = 2"),
        Cell("%%writefile -a lambda_function.py\nMORE = 3\n"),
        Cell("print(open('lambda_function.py').read(), end='')"),
        Cell("%%writefile", may_fail=True),
    ],
    "after a reset": [
        Cell("try:\n    x\nexcept NameError as error:\n    print(error)"),
        Cell("import os\nos.listdir()"),
        Cell("import importlib.util\nimportlib.util.find_spec('lambda_function') is None"),
    ],
    "other magics": [
        Cell("%%bash\nls", may_fail=True),
        Cell("%timeit 1 + 1", may_fail=True),
        Cell("!ls", may_fail=True),
        Cell("files = !ls", may_fail=True),
        Cell("'%s is not a magic' % 'this'"),
    ],
    "cloud": [
        Cell("import lambdalab\ncloud = lambdalab.start(seed=1)"),
    ],
    "another cloud": [
        Cell("import lambdalab\nlambdalab.start(seed=2)"),
    ],
}


@pytest.fixture(scope="module")
def outcomes() -> dict[str, list[Outcome]]:
    return run_pages(SCENARIOS)


def test_last_expression_is_shown_unless_a_semicolon_follows(outcomes: dict[str, list[Outcome]]) -> None:
    # GIVEN cells that end in an expression, in one with a semicolon, in None, in an assignment
    first, silent, underscore, none, assignment, printed, _ = outcomes["values"]
    # THEN only values are shown, and the last one is kept under the name of an underscore
    assert first.result == {"text/plain": "2"}
    assert silent.outputs == none.outputs == assignment.outputs == []
    assert underscore.result == {"text/plain": "20"}
    assert printed.printed == "a\nb\n"
    assert printed.result == {"text/plain": "5"}


def test_long_values_are_laid_out_as_a_notebook_does(outcomes: dict[str, list[Outcome]]) -> None:
    # GIVEN a dictionary longer than a line
    text = outcomes["values"][-1].result["text/plain"]
    # THEN it is broken as IPython breaks it
    assert text.startswith("{'one': [0,\n  1,\n  2,")


def test_rich_objects_show_every_representation(outcomes: dict[str, list[Outcome]]) -> None:
    picture, displayed, html, the_class = outcomes["rich"]
    assert picture.result["image/svg+xml"] == "<svg/>"
    assert picture.result["text/html"] == "<b>hi</b>"
    assert [output["output_type"] for output in displayed.outputs] == ["display_data", "display_data", "execute_result"]
    assert [output["output_type"] for output in html.outputs] == ["stream", "clear_output", "execute_result"]
    assert html.result["text/html"] == "<i>x</i>"
    # A class has the methods of its instances; it is shown as a class all the same.
    assert set(the_class.result) == {"text/plain"}


def test_streams_keep_their_order_and_outlive_a_cell(outcomes: dict[str, list[Outcome]]) -> None:
    mixed, first, second, *_ = outcomes["streams"]
    assert [(output["name"], output["text"]) for output in mixed.outputs] == [
        ("stdout", "out\n"),
        ("stderr", "err\n"),
        ("stdout", "out again\n"),
    ]
    # A logging handler made in one cell holds the stream; it must write into the next cell's output.
    assert "first" in first.outputs[0]["text"]
    assert "second" in second.outputs[0]["text"]


def test_a_cell_that_prints_without_end_is_cut_and_the_next_is_not(outcomes: dict[str, list[Outcome]]) -> None:
    *_, flood, after = outcomes["streams"]
    assert 1_000_000 < len(flood.printed) < 1_000_100
    assert flood.printed.endswith("… cut: this cell has printed 1,000,000 characters.\n")
    assert len(flood.outputs) < 1_000
    assert after.printed == "the next cell may print again\n"


def test_await_works_at_the_top_level(outcomes: dict[str, list[Outcome]]) -> None:
    _, expression, statement = outcomes["await"]
    assert expression.result == {"text/plain": "'awaited'"}
    assert statement.printed == "awaited\n"


def test_error_names_the_line_of_the_cell_and_every_frame_of_the_learner(outcomes: dict[str, list[Outcome]]) -> None:
    error = outcomes["function error"][0].error
    assert (error["ename"], error["evalue"], error["line"]) == ("KeyError", "'missing'", 5)
    text = "\n".join(error["traceback"])
    assert "in outer" in text
    assert "in inner" in text
    assert 'return {}["missing"]' in text


def test_frames_of_libraries_are_left_out(outcomes: dict[str, list[Outcome]]) -> None:
    error = outcomes["error in library"][0].error
    assert error["line"] == 3
    text = "\n".join(error["traceback"])
    assert "json/decoder" not in text
    assert "live_kernel" not in text
    assert text.count("File ") == 1
    assert error["traceback"][-1].startswith("json.decoder.JSONDecodeError: Expecting property name")


def test_an_error_in_a_function_of_another_cell_marks_the_call(outcomes: dict[str, list[Outcome]]) -> None:
    error = outcomes["error from another cell"][1].error
    assert error["line"] == 3
    assert [line.strip() for line in error["traceback"] if "File" in line] == [
        'File "<cell 2>", line 3, in <module>',
        'File "<cell 1>", line 2, in divide',
    ]


def test_the_cause_of_an_error_is_trimmed_too(outcomes: dict[str, list[Outcome]]) -> None:
    text = "\n".join(outcomes["chained error"][0].error["traceback"])
    assert "The above exception was the direct cause" in text
    assert "json/decoder" not in text


def test_syntax_error_names_its_line(outcomes: dict[str, list[Outcome]]) -> None:
    error = outcomes["syntax error"][0].error
    assert (error["ename"], error["line"]) == ("SyntaxError", 2)


@pytest.mark.parametrize("scenario", ["exit", "recursion"])
def test_the_kernel_outlives_what_a_cell_does_to_it(scenario: str, outcomes: dict[str, list[Outcome]]) -> None:
    failed, after = outcomes[scenario]
    assert not failed.succeeded
    assert after.result == {"text/plain": "'still here'"}


def test_input_says_that_a_page_cannot_wait(outcomes: dict[str, list[Outcome]]) -> None:
    error = outcomes["input"][0].error
    assert error["evalue"] == "A page cannot wait for input(). Assign the value in the cell instead."


def test_writefile_writes_overwrites_and_appends(outcomes: dict[str, list[Outcome]]) -> None:
    written, imported, overwritten, appended, read, nameless = outcomes["writefile"]
    assert written.printed == "Writing lambda_function.py\n"
    assert imported.result == {"text/plain": "'100 %'"}
    assert overwritten.printed == "Overwriting lambda_function.py\n"
    assert appended.printed == "Appending to lambda_function.py\n"
    assert read.printed == "VALUE = 2\nMORE = 3\n"
    assert nameless.error["evalue"] == "usage: %%writefile [-a] filename"


def test_a_reset_forgets_names_files_and_modules(outcomes: dict[str, list[Outcome]]) -> None:
    # GIVEN pages before that assigned x and wrote and imported lambda_function.py
    name, files, module = outcomes["after a reset"]
    # THEN nothing of it is left
    assert name.printed == "name 'x' is not defined\n"
    assert files.result == {"text/plain": "[]"}
    assert module.result == {"text/plain": "True"}


def test_other_notebook_syntax_is_refused_by_name(outcomes: dict[str, list[Outcome]]) -> None:
    *refused, string = outcomes["other magics"]
    assert [outcome.error["evalue"].partition(" does not run in the page")[0] for outcome in refused] == [
        "%%bash",
        "%timeit",
        "!ls",
        "!ls",
    ]
    assert string.result == {"text/plain": "'this is not a magic'"}


def test_a_reset_stops_the_cloud(outcomes: dict[str, list[Outcome]]) -> None:
    # GIVEN a page that started a cloud and did not stop it
    assert outcomes["cloud"][0].succeeded
    # THEN the next page can start another
    assert outcomes["another cloud"][0].succeeded
