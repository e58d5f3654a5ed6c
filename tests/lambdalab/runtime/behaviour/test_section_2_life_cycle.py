"""Behaviours §2: what lives how long in an execution environment, and what it shares with others."""

from __future__ import annotations

import json
import os
import sys
import textwrap
from typing import Any

import pytest

COUNTER = "count = 0\ndef lambda_handler(event, context):\n    global count\n    count += 1\n    return count\n"


def test_section_2_globals_survive_warm_invocations(environment: Any) -> None:
    # GIVEN a handler that counts WHEN it is invoked again THEN it counts on
    made = environment(COUNTER)
    assert [made.answer(), made.answer(), made.answer()] == [1, 2, 3]


def test_section_2_globals_are_lost_at_a_reset(environment: Any) -> None:
    # GIVEN a handler that has counted
    made = environment(COUNTER)
    made.answer()
    # WHEN its process is reset THEN it begins anew
    made.sandbox.reset()
    assert made.initialize().outcome == "success"
    assert made.answer() == 1


def test_section_2_environments_share_nothing(environment: Any) -> None:
    # GIVEN two environments of the same package, with a module and its submodules
    package = {
        "lambda_function.py": "from shop import stock\ndef lambda_handler(event, context):\n"
        "    stock.items.append(event)\n    return stock.items\n",
        "shop/__init__.py": "",
        "shop/stock.py": "items = []\n",
    }
    one, other = environment(package), environment(package)
    # WHEN both change a list of a module THEN each has its own
    assert one.answer("a") == ["a"]
    assert other.answer("b") == ["b"]
    assert one.answer("c") == ["a", "c"]


def test_section_2_functions_with_modules_of_the_same_name(environment: Any) -> None:
    # GIVEN two packages whose modules have the same names and different contents
    made = {
        name: environment(
            {
                "lambda_function.py": "import helper\ndef lambda_handler(event, context):\n    return helper.name()\n",
                "helper.py": f"def name():\n    return {name!r}\n",
            }
        )
        for name in ("one", "two")
    }
    # WHEN they run in turn THEN each uses its own
    assert [made[name].answer() for name in ("one", "two", "one")] == ["one", "two", "one"]


def test_section_2_a_late_import_is_the_functions_own(environment: Any) -> None:
    # GIVEN packages that import a module of the same name when invoked
    made = {
        name: environment(
            {
                "lambda_function.py": "def lambda_handler(event, context):\n    import late\n    return late.NAME\n",
                "late.py": f"NAME = {name!r}\n",
            }
        )
        for name in ("one", "two")
    }
    # WHEN they run in turn THEN each finds its own
    assert [made[name].answer() for name in ("one", "two", "one")] == ["one", "two", "one"]


def test_section_2_the_program_around_stays_as_it_was(executor: Any, environment: Any) -> None:
    # GIVEN a handler that turns everything inside out
    source = textwrap.dedent(
        """
        import builtins, datetime, json, logging, os, random, sys, time, warnings

        def lambda_handler(event, context):
            os.environ['SPILLED'] = 'yes'
            del os.environ['AWS_REGION']
            os.chdir('/tmp')
            sys.path.append('/tmp')
            logging.getLogger().setLevel('DEBUG')
            logging.getLogger('botocore').setLevel('DEBUG')
            warnings.simplefilter('error')
            random.seed(1)
            sys.stdout = None
            if event:
                raise SystemExit(1)
        """
    )
    before = _fingerprint()
    # WHEN it runs, fails and dies
    made = environment(source)
    made.invoke(False)
    made.invoke(True)
    # THEN nothing of it is seen outside
    assert _fingerprint() == before


def _fingerprint() -> dict[str, Any]:
    import builtins
    import copyreg
    import datetime
    import linecache
    import logging
    import random
    import signal
    import time
    import warnings

    return {
        "environ": dict(os.environ),
        "environ object": id(os.environ),
        "folder": os.getcwd(),
        "path": list(sys.path),
        "hooks": list(sys.path_hooks),
        "stdout": sys.stdout,
        "level": logging.getLogger().level,
        "botocore level": logging.getLogger("botocore").level,
        "handlers": list(logging.getLogger().handlers),
        "filters": list(warnings.filters),
        "random": random.getstate(),
        "time": [time.time, time.sleep, time.monotonic, datetime.datetime, datetime.date],
        "files": [builtins.open, os.stat, os.open, os.listdir, os._exit, os.urandom],
        "own modules": [name for name in sys.modules if name.startswith("lambda_function")],
        "sources": [name for name in linecache.cache if name.startswith("/var/task")],
        "importers": [name for name in sys.path_importer_cache if name.startswith(("/var/task", "/opt"))],
        "pickling": dict(copyreg.dispatch_table),
        "signals": [signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGALRM)],
    }


def test_section_2_a_module_of_the_program_around_is_not_importable(
    make_environment: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a module beside the notebook, imported there
    (tmp_path / "beside_the_notebook.py").write_text("x = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    __import__("beside_the_notebook")
    # WHEN a function imports it without bringing it
    made = make_environment("import beside_the_notebook\n")
    # THEN it is missing, as it would be on AWS
    error = json.loads(made.initialize().payload)
    assert error["errorMessage"] == ("Unable to import module 'lambda_function': No module named 'beside_the_notebook'")
    sys.modules.pop("beside_the_notebook", None)


def test_section_2_environment_variables(environment: Any) -> None:
    # GIVEN a function with a variable, invoked in two environments
    source = textwrap.dedent(
        """
        import os
        AT_IMPORT = os.environ['STAGE']

        def lambda_handler(event, context):
            seen = os.environ.get('MARK')
            os.environ['MARK'] = event
            outside = 'HOME_OF_THE_KERNEL' in os.environ
            return [AT_IMPORT, os.getenv('STAGE'), seen, os.environ['LAMBDA_TASK_ROOT'], outside]
        """
    )
    os.environ["HOME_OF_THE_KERNEL"] = "1"
    try:
        one = environment(source, environment_variables={"STAGE": "prod"})
        other = environment(source, environment_variables={"STAGE": "test"})
        # WHEN they set variables THEN those stay inside, warm invocations see them
        assert one.answer("x") == ["prod", "prod", None, "/var/task", False]
        assert other.answer("y") == ["test", "test", None, "/var/task", False]
        assert one.answer("z") == ["prod", "prod", "x", "/var/task", False]
    finally:
        del os.environ["HOME_OF_THE_KERNEL"]


def test_section_2_environment_variables_are_strings(environment: Any) -> None:
    # GIVEN a handler that sets a number WHEN it is invoked THEN Python refuses it as always
    made = environment("import os\ndef lambda_handler(event, context):\n    os.environ['N'] = 1\n")
    assert made.error()["errorMessage"] == "str expected, not int"


def test_section_2_trace_header(environment: Any) -> None:
    # GIVEN a handler that looks at its trace header WHEN it is invoked THEN it is the request's
    made = environment("import os\ndef lambda_handler(event, context):\n    return os.environ['_X_AMZN_TRACE_ID']\n")
    assert made.answer(trace_id="Root=1-2-3") == "Root=1-2-3"
    assert made.answer(trace_id="Root=4-5-6") == "Root=4-5-6"


def test_section_2_tmp_survives_a_reset(environment: Any) -> None:
    # GIVEN a handler that leaves a file and dies
    made = environment(
        "import os, sys\n"
        "def lambda_handler(event, context):\n"
        "    if event == 'die':\n"
        "        with open('/tmp/note', 'w') as file:\n"
        "            file.write('left behind')\n"
        "        sys.exit(1)\n"
        "    return open('/tmp/note').read()\n"
    )
    made.error("die")
    # WHEN its process begins anew
    made.sandbox.reset()
    made.initialize()
    # THEN the file is still there
    assert made.answer("read") == "left behind"


def test_section_2_tmp_belongs_to_the_environment(environment: Any) -> None:
    # GIVEN two environments of one function
    source = (
        "import os\ndef lambda_handler(event, context):\n"
        "    open('/tmp/' + event, 'w').close()\n    return sorted(os.listdir('/tmp'))\n"
    )
    one, other = environment(source), environment(source)
    # WHEN both write THEN each sees its own files
    assert one.answer("a") == ["a"]
    assert other.answer("b") == ["b"]
    assert one.answer("c") == ["a", "c"]


def test_section_2_shutdown_may_be_repeated(environment: Any) -> None:
    # GIVEN an environment that was shut down WHEN it is shut down again THEN nothing happens
    made = environment(COUNTER)
    made.sandbox.shutdown()
    made.sandbox.shutdown()


def test_section_2_init_takes_modelled_time(make_environment: Any) -> None:
    # GIVEN a small package
    made = make_environment(COUNTER)
    # WHEN it is initialised and invoked THEN both take the time modelled for them, the same in every run
    assert made.spent_ms(made.initialize) == 84.0
    assert made.spent_ms(made.answer) == 1.8
    assert made.spent_ms(made.answer) == 1.8


def test_section_2_init_time_includes_sleeps(make_environment: Any) -> None:
    # GIVEN a module that sleeps when it is imported
    made = make_environment("import time\ntime.sleep(2)\n" + COUNTER)
    # WHEN it is initialised THEN that comes on top
    assert made.spent_ms(made.initialize) == 2084.0


def test_section_2_init_is_limited(make_environment: Any) -> None:
    # GIVEN a module that sleeps longer than INIT may take
    made = make_environment("import time\nprint('begun')\ntime.sleep(30)\n")
    began = made.clock.time_ns
    # WHEN it is initialised
    result = made.initialize(limit=10)
    # THEN it ends at the limit
    assert (result.outcome, result.error_type, result.log) == ("timeout", "Sandbox.Timedout", "begun\n")
    assert made.clock.time_ns == began + 10_000_000_000


def test_section_2_init_that_computes_for_ever(make_environment: Any) -> None:
    # GIVEN a module that never comes to its end WHEN it is initialised THEN it ends at the limit
    made = make_environment("while True:\n    pass\n")
    assert made.initialize(limit=10).outcome == "timeout"


def test_section_2_max_memory_is_reported(environment: Any) -> None:
    # GIVEN a function with 128 MB WHEN it is invoked THEN some of them were used
    result = environment(COUNTER, memory_mb=128).invoke()
    assert 20 <= result.max_memory_mb <= 128


def test_section_2_layers(environment: Any) -> None:
    # GIVEN two layers, and a package that brings one of the modules itself
    made = environment(
        {
            "lambda_function.py": "import first, second, both\ndef lambda_handler(event, context):\n"
            "    return [first.NAME, second.NAME, both.NAME, first.__file__, open('/opt/data.txt').read()]\n",
            "both.py": "NAME = 'package'\n",
        },
        layers=(
            {"python/first.py": "NAME = 'layer 1'\n", "python/both.py": "NAME = 'layer 1'\n", "data.txt": "old"},
            {"python/second.py": "NAME = 'layer 2'\n", "python/both.py": "NAME = 'layer 2'\n", "data.txt": "new"},
        ),
    )
    # WHEN it is invoked THEN the package comes before the layers, and a later layer before an earlier one
    assert made.answer() == ["layer 1", "layer 2", "package", "/opt/python/first.py", "new"]


def test_section_2_layers_for_one_version_of_python(environment: Any) -> None:
    # GIVEN a layer laid out for the interpreter's version
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    made = environment(
        "import packaged_dependency\ndef lambda_handler(event, context):\n    return packaged_dependency.NAME\n",
        layers=({f"python/lib/{version}/site-packages/packaged_dependency.py": "NAME = 'found'\n"},),
    )
    # WHEN it is invoked THEN its modules are found
    assert made.answer() == "found"


def test_section_2_standard_modules_cannot_be_replaced_once_the_runtime_has_them(environment: Any) -> None:
    # GIVEN a package with a json.py and a calendar.py of its own
    made = environment(
        {
            "lambda_function.py": "import json, calendar\ndef lambda_handler(event, context):\n"
            "    return [hasattr(json, 'dumps'), calendar.OWN]\n",
            "json.py": "OWN = True\n",
            "calendar.py": "OWN = True\n",
        }
    )
    # WHEN it is invoked THEN the runtime's json stays, and calendar is the package's
    assert made.answer() == [True, True]


def test_section_2_namespace_packages_and_relative_imports(environment: Any) -> None:
    # GIVEN folders without __init__.py, and relative imports
    made = environment(
        {
            "lambda_function.py": "from app.core.logic import answer\ndef lambda_handler(event, context):\n"
            "    return answer()\n",
            "app/core/logic.py": "from . import numbers_\nfrom ..shared import base\n"
            "def answer():\n    return numbers_.SIX * base.SEVEN\n",
            "app/core/numbers_.py": "SIX = 6\n",
            "app/shared/base.py": "SEVEN = 7\n",
        }
    )
    # WHEN it is invoked THEN they are found
    assert made.answer() == 42


def test_section_2_modules_unpacked_into_tmp(environment: Any) -> None:
    # GIVEN a handler that writes a module into /tmp and imports it from there
    made = environment(
        textwrap.dedent(
            """
            import sys

            def lambda_handler(event, context):
                with open('/tmp/fresh.py', 'w') as file:
                    file.write('NAME = "fresh"')
                sys.path.insert(0, '/tmp')
                import fresh
                return [fresh.NAME, fresh.__file__]
            """
        )
    )
    # WHEN it is invoked THEN it works
    assert made.answer() == ["fresh", "/tmp/fresh.py"]


def test_section_2_random_numbers_repeat_from_run_to_run(executor: Any, make_environment: Any) -> None:
    # GIVEN two environments of different identity, the second twice
    source = (
        "import os, random, uuid\n"
        "def lambda_handler(event, context):\n"
        "    return [random.random(), str(uuid.uuid4()), random.randint(1, 10**9)]\n"
    )
    answers = []
    for identity in ("a" * 32, "b" * 32, "b" * 32):
        made = make_environment(source, environment_id=identity)
        made.initialize()
        answers.append(made.answer())
    # WHEN they draw THEN the same environment draws the same, another one something else
    assert answers[1] == answers[2]
    assert answers[0] != answers[1]
