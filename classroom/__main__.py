"""What an instructor does with the assignments.

``python -m classroom course FOLDER`` makes an nbgrader course of them;
``python -m classroom release`` makes the student editions in ``exercises/`` from the masters in ``solutions/``.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from classroom.course import make_course
from classroom.errors import ClassroomError
from classroom.master import masters
from classroom.release import student_edition

ROOT = Path(__file__).resolve().parent.parent


def release(names: list[str]) -> None:
    """Write ``exercises/<name>/<name>.ipynb`` for the named masters, or for all."""
    chosen = [master for master in masters(ROOT / "solutions") if not names or master.stem in names]
    unknown = set(names) - {master.stem for master in chosen}
    if unknown:
        raise ClassroomError(f"there is no solutions/{sorted(unknown)[0]}.md")
    for master in chosen:
        target = ROOT / "exercises" / master.stem / f"{master.stem}.ipynb"
        edition = student_edition(master)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(edition, encoding="utf-8")
        print(target.relative_to(ROOT))


def course(folder: Path) -> None:
    """Make a course and say what comes next."""
    names = make_course(ROOT / "solutions", folder)
    print(f"{folder}: {', '.join(names)}")
    print(f"Next: cd {folder}; nbgrader generate_assignment {names[0]} --create")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m classroom")
    commands = parser.add_subparsers(required=True)
    releasing = commands.add_parser("release", help="make the student editions in exercises/ from solutions/")
    releasing.add_argument("names", nargs="*", help="assignments; all when none is named")
    making = commands.add_parser("course", help="make an nbgrader course with all assignments")
    making.add_argument("folder", type=Path, help="where; made when missing")
    arguments = parser.parse_args()
    try:
        if "folder" in arguments:
            course(arguments.folder)
        else:
            release(arguments.names)
    except ClassroomError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
