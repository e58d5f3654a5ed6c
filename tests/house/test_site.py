"""Building the site: outputs come from the cache, a warning fails every build, an unfinished one is made anew."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.small_book import small_book
from workshop.failures import SiteFailure
from workshop.labs import execute_labs
from workshop.site import build_site
from workshop.verification import verify


def test_the_pages_show_the_outputs_of_the_cache(tmp_path: Path) -> None:
    # GIVEN a book whose notebook can run only once
    once = "import os\nassert not os.path.exists({0!r})\nopen({0!r}, 'w').close()\nprint('ran ' + 'once')"
    root = small_book(tmp_path / "my Käse lab", {"page": once.format(str(tmp_path / "mark"))})
    execute_labs(root)
    # WHEN the site is built
    site = build_site(root)
    # THEN the page shows what that run printed, and the builder did not run it again
    assert "ran once" in (site / "book" / "page.html").read_text(encoding="utf-8")


def test_a_warning_fails_the_build_each_time(tmp_path: Path) -> None:
    # GIVEN a page that refers to a page that does not exist
    root = small_book(tmp_path, {}, text="[nowhere](missing.md)")
    # WHEN it is built twice, THEN it fails twice, and says why
    for _ in range(2):
        with pytest.raises(SiteFailure, match=r"missing\.md"):
            build_site(root)


def test_what_an_extension_refuses_is_said_without_the_way_that_led_there(tmp_path: Path) -> None:
    # GIVEN a book with an extension that refuses a page
    root = small_book(tmp_path, {})
    extension = "from sphinx.errors import ExtensionError\n\ndef refuse(*_):\n"
    extension += "    raise ExtensionError('page index: quiz item 7 has no right option')\n\n"
    extension += "def setup(app):\n    app.connect('source-read', refuse)\n    return {'parallel_read_safe': True}\n"
    (root / "book" / "_ext").mkdir(exist_ok=True)
    (root / "book" / "_ext" / "refusing.py").write_text(extension)
    configuration = root / "_config.yml"
    configuration.write_text(
        configuration.read_text() + "\nsphinx: {local_extensions: {refusing: book/_ext/}}\n", encoding="utf-8"
    )
    # WHEN it is built
    with pytest.raises(SiteFailure) as failure:
        build_site(root)
    # THEN the refusal is said, and no line of a traceback
    assert "quiz item 7 has no right option" in str(failure.value)
    assert 'File "' not in str(failure.value)


def test_an_unfinished_build_is_made_anew(tmp_path: Path) -> None:
    # GIVEN a built book, one of whose pages an interrupted build has left half written
    root = small_book(tmp_path, {})
    site = build_site(root)
    (site / "book" / "index.html").write_text("<html>half")
    (root / "_build" / "book-made-from").unlink()
    # WHEN it is built again
    build_site(root)
    # THEN the page is whole
    assert (site / "book" / "index.html").read_text(encoding="utf-8").rstrip().endswith("</html>")


def test_verification_reads_a_real_page(tmp_path: Path) -> None:
    # GIVEN a built book
    root = small_book(tmp_path, {}, text="[elsewhere](https://example.org/) is a link, not an asset.")
    site = build_site(root)
    # WHEN a page of the table of contents vanishes
    (site / "book" / "index.html").unlink()
    # THEN verification names it
    assert any("book/index.html was not built" in fault for fault in verify(root, site))


def test_two_builds_of_one_tree_take_turns(tmp_path: Path) -> None:
    # GIVEN a tree whose lock another process holds
    holder = "import sys; from pathlib import Path; from workshop.exclusive import exclusive\n"
    holder += "with exclusive(Path(sys.argv[1]), 'x'): print('held', flush=True); sys.stdin.read()"
    waiter = "import sys; from pathlib import Path; from workshop.exclusive import exclusive\n"
    waiter += "with exclusive(Path(sys.argv[1]), 'making the book'): print('my turn')"
    lock = str(tmp_path / "my Käse lock")
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", holder, lock], stdin=pipe, stdout=pipe, text=True) as first:
        assert first.stdin is not None
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        # WHEN a second one wants it
        with subprocess.Popen([sys.executable, "-c", waiter, lock], stdout=pipe, text=True) as second:
            assert second.stdout is not None
            said = second.stdout.readline()
            # THEN it says that it waits, and goes on when the first has ended
            first.stdin.close()
            assert said == "Another make is making the book: waiting for it.\n"
            assert second.stdout.read() == "my turn\n"
