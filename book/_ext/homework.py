"""``{homework} name``: the tasks of an assignment, answered and checked in the page.

The page shows prompts and starting texts. The tests travel compressed in a file of their own that the first Check
fetches: out of sight, not out of reach – a determined reader of a self-paced course may read them. Classes are graded
by nbgrader.
"""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import json
import re
from pathlib import Path
from typing import Any

from assignment import Assignment, AssignmentFault, Task, headings, read_master
from docutils import nodes
from docutils.statemachine import StringList
from elements import HtmlElement
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

_RULE = (
    "Answers stay in this browser. The worked solution of a task opens when all its tests pass, "
    "or after two different answers of your own were checked."
)
ROOT = Path(__file__).resolve().parents[2]


def packed_tests(assignment: Assignment) -> bytes:
    """What the page needs to check answers: cells and worked solutions, compressed, the same bytes every time."""
    content = {
        "cells": [dataclasses.asdict(cell) for cell in assignment.cells],
        "solutions": {task.id: task.solution for task in assignment.tasks},
    }
    return gzip.compress(json.dumps(content, sort_keys=True).encode(), mtime=0)


class Homework(SphinxDirective):
    """The directive. Its argument names a master in ``solutions/``."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        path = Path(self.config.homework_masters) / f"{self.arguments[0]}.md"
        if not path.is_file():
            raise self.error(f"there is no master {path.name} in {path.parent.name}/")
        self.env.note_dependency(str(path))
        try:
            assignment = read_master(path)
        except AssignmentFault as fault:
            raise self.error(str(fault)) from fault
        packed = packed_tests(assignment)
        file = f"homework/{assignment.name}-{hashlib.sha256(packed).hexdigest()[:12]}.packed"
        box = HtmlElement.of("div", class_="homework", data_homework=assignment.name, data_tests_file=file)
        box["homework_file"], box["homework_content"] = file, packed
        self._markdown(assignment.introduction, box)
        standing = HtmlElement.of("p", f"{_number(sum(task.points for task in assignment.tasks))} points")
        standing["html"]["class"] = "homework-standing"
        box.append(standing)
        box.append(HtmlElement.of("p", _RULE, class_="homework-rule"))
        box.append(self._given(assignment))
        for task in assignment.tasks:
            box.append(self._task(task))
        without = "Answering in the page needs JavaScript. The same tasks are in the notebook of the assignment."
        box.append(nodes.raw("", f"<noscript><p>{without}</p></noscript>", format="html"))
        return [box]

    def _markdown(self, text: str, parent: nodes.Element) -> None:
        # Headings cannot live inside a directive; in a prompt they are no more than bold lines.
        lines = text.splitlines()
        for number, heading in headings(text):
            lines[number] = f"**{heading}**"
        content = nodes.Element()
        self.state.nested_parse(StringList(lines, self.arguments[0]), self.content_offset, content)
        parent.extend(content.children)

    def _code(self, source: str, classes: list[str]) -> nodes.container:
        block = nodes.literal_block(source, source, language="ipython3")
        return nodes.container("", block, classes=classes)

    def _given(self, assignment: Assignment) -> HtmlElement:
        sources = [cell.source for cell in assignment.cells if cell.kind == "given"]
        details = HtmlElement.of("details", HtmlElement.of("summary", "What runs before your answers"))
        details["html"]["class"] = "homework-given"
        details.append(self._code("\n\n".join(sources), []))
        return details

    def _task(self, task: Task) -> HtmlElement:
        section = HtmlElement.of(
            "section",
            HtmlElement.of("h2", task.title, id=f"task-{nodes.make_id(task.id)}"),
            class_="homework-task",
            data_task=task.id,
            data_title=task.title,
            data_tests=json.dumps({test.id: test.points for test in task.tests}),
            aria_labelledby=f"task-{nodes.make_id(task.id)}",
        )
        self._markdown(task.prompt, section)
        worth = f"{_counted(task.points, 'point')}, {_counted(len(task.tests), 'test')}"
        section.append(HtmlElement.of("p", worth, class_="homework-worth"))
        section.append(self._code(task.starter, ["cell_input"]))
        return section


def _number(value: float) -> str:
    return f"{value:g}"


def _counted(value: float, noun: str) -> str:
    return f"{_number(value)} {noun if value == 1 else noun + 's'}"


def _write_tests(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Lay the tests of each homework on the page beside the runner."""
    if doctree is None or app.builder.format != "html":
        return
    for node in doctree.findall(HtmlElement):
        if "homework_file" in node:
            file = Path(app.outdir) / "_live" / node["homework_file"]
            file.parent.mkdir(parents=True, exist_ok=True)
            for old in file.parent.glob(f"{node['html']['data-homework']}-*.packed"):
                if re.fullmatch(r"[0-9a-f]{12}", old.stem.rpartition("-")[2]) and old != file:
                    old.unlink()
            file.write_bytes(node["homework_content"])


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to Sphinx. ``furniture`` has registered the elements."""
    app.add_config_value("homework_masters", str(ROOT / "solutions"), "env", str)
    app.add_directive("homework", Homework)
    app.connect("html-page-context", _write_tests)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
