"""`{quiz}`: questions with native form controls, answers in the page, feedback for every wrong choice.

Without JavaScript a question is followed by its answer in a ``<details>``. `book/_assets/quiz.js` turns that
text into feedback; it holds no answers of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import elements
import experiments
import quiz_items
from docutils import nodes
from docutils.parsers.rst import directives
from elements import HtmlElement
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

FOLDER = Path("book") / "_quiz"
_HINTS = {
    "single": "Choose one.",
    "code": "Choose one.",
    "multiple": "Choose all that are right.",
    "numeric": "Give a number.",
    "order": "Put the steps in order.",
    "parsons": "Put the lines in order and indent them.",
}


class Quiz(SphinxDirective):
    """The items of one file, all or those named by ``:items:``."""

    required_arguments = 1
    option_spec: ClassVar = {"items": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0].removesuffix(".yml")
        path = Path(self.env.srcdir) / FOLDER / f"{name}.yml"
        if not path.exists():
            raise elements.failure(self, f"there is no {path}")
        self.env.note_dependency(str(path))
        data = quiz_items.load(path)
        quiz_items.check_against_engine(path, data)
        if any("answer_from" in item for item in data["items"]):
            experiments.note_use(self.env)
        items = self._chosen(data["items"])
        box = HtmlElement.of("div", class_="quiz", data_quiz=name)
        for number, item in enumerate(items, 1):
            box.append(self._item(name, item, number, len(items)))
        return [box]

    def _chosen(self, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if "items" not in self.options:
            return items
        by_id = {item["id"]: item for item in items}
        wanted = [word.strip() for word in self.options["items"].split(",")]
        unknown = [word for word in wanted if word not in by_id]
        if unknown:
            raise elements.failure(self, f":items: {', '.join(unknown)} not found; there are {', '.join(by_id)}")
        return [by_id[word] for word in wanted]

    def _item(self, quiz: str, item: dict[str, Any], number: int, count: int) -> nodes.Node:
        key = f"quiz-{quiz}-{item['id']}"
        kind = item["kind"]
        counter = f"Question {number} of {count}" if count > 1 else "Question"
        legend = HtmlElement.of("legend", HtmlElement.of("span", counter, class_="quiz-number"), " ")
        legend.append(HtmlElement.of("span", *elements.inline(self, item["question"]), class_="quiz-question"))
        fieldset = HtmlElement.of("fieldset", legend)
        if kind == "code":
            source = item["code"].rstrip("\n")
            code = nodes.literal_block(source, source, language="python")
            fieldset["html"]["aria-describedby"] = f"{key}-code"
            fieldset.append(HtmlElement.of("div", code, id=f"{key}-code", class_="quiz-code"))
        fieldset.append(HtmlElement.of("p", _HINTS[kind], class_="quiz-hint"))
        fieldset.extend(getattr(self, f"_{'single' if kind == 'code' else kind}")(key, item))
        answer = HtmlElement.of(
            "details", HtmlElement.of("summary", "Answer"), self._answers(item), class_="quiz-answer"
        )
        return HtmlElement.of("form", fieldset, answer, class_="quiz-item", id=key, data_kind=kind)

    # Controls, one method a kind.

    def _choices(self, key: str, item: dict[str, Any], control: str) -> list[nodes.Node]:
        rows = []
        for position in range(len(item["options"])):
            option = item["options"][position]
            text = HtmlElement.of("span", *elements.inline(self, str(option["text"])), class_="choice-text")
            box = HtmlElement.of("input", type=control, name=key, value=position)
            rows.append(HtmlElement.of("li", HtmlElement.of("label", box, text)))
        return [HtmlElement.of("ul", *rows, class_="choices")]

    def _single(self, key: str, item: dict[str, Any]) -> list[nodes.Node]:
        return self._choices(key, item, "radio")

    def _multiple(self, key: str, item: dict[str, Any]) -> list[nodes.Node]:
        return self._choices(key, item, "checkbox")

    def _numeric(self, key: str, item: dict[str, Any]) -> list[nodes.Node]:
        field = HtmlElement.of(
            "input", type="text", inputmode="decimal", autocomplete="off", name=key, id=f"{key}-field"
        )
        unit = f" ({item['unit']})" if "unit" in item else ""
        label = HtmlElement.of("label", f"Your answer{unit}", for_=f"{key}-field")
        return [HtmlElement.of("p", label, " ", field, class_="quiz-number-field")]

    def _order(self, key: str, item: dict[str, Any]) -> list[nodes.Node]:
        texts = [step["text"] for step in item["steps"]]
        rows = []
        for position in quiz_items.shuffled(texts, key):
            text = HtmlElement.of("span", *elements.inline(self, texts[position]), class_="step-text")
            rows.append(HtmlElement.of("li", text, data_step=position))
        return [HtmlElement.of("ol", *rows, class_="quiz-steps")]

    def _parsons(self, key: str, item: dict[str, Any]) -> list[nodes.Node]:
        lines = [*item["lines"], *item.get("distractors", ())]
        rows = []
        for position in quiz_items.shuffled([line["text"] for line in lines], key):
            text = lines[position]["text"].strip()
            code = nodes.literal("", text, classes=["step-text"])
            rows.append(HtmlElement.of("li", code, data_step=position))
        spare = bool(item.get("distractors"))
        return [HtmlElement.of("ol", *rows, class_="quiz-steps quiz-lines", data_spare=spare)]

    # Answers and feedback, as a list the script reads.

    def _answers(self, item: dict[str, Any]) -> nodes.Node:
        if item["kind"] == "numeric":
            return self._numeric_answers(item)
        if item["kind"] in ("order", "parsons"):
            return self._ordered_answers(item)
        rows = []
        for position, option in enumerate(item["options"]):
            right = option.get("right", False)
            verdict = HtmlElement.of("strong", "Right" if right else "Wrong")
            text = HtmlElement.of("span", *elements.inline(self, str(option["text"])), class_="answer-text")
            feedback = HtmlElement.of("span", *elements.inline(self, option["feedback"]), class_="answer-feedback")
            rows.append(
                HtmlElement.of(
                    "li", verdict, ": ", text, " \N{EN DASH} ", feedback, data_option=position, data_right=right
                )
            )
        return HtmlElement.of("ul", *rows)

    def _numeric_answers(self, item: dict[str, Any]) -> nodes.Node:
        unit = f" {item['unit']}" if "unit" in item else ""
        known = [(item["answer"], item["feedback"], True)]
        known += [(wrong["value"], wrong["feedback"], False) for wrong in item.get("wrong", ())]
        rows = []
        for value, text, right in known:
            verdict = HtmlElement.of("strong", "Right" if right else "Wrong")
            feedback = HtmlElement.of("span", *elements.inline(self, text), class_="answer-feedback")
            row = HtmlElement.of("li", verdict, f": {value:g}{unit}. ", feedback, data_value=value, data_right=right)
            rows.append(row)
        feedback = HtmlElement.of("span", *elements.inline(self, item["otherwise"]), class_="answer-feedback")
        rows.append(HtmlElement.of("li", "Anything else: ", feedback, data_otherwise=True))
        return HtmlElement.of("ul", *rows, data_tolerance=item.get("tolerance", 0))

    def _ordered_answers(self, item: dict[str, Any]) -> nodes.Node:
        steps = item["steps"] if item["kind"] == "order" else item["lines"]
        rows = []
        for position, step in enumerate(steps):
            feedback = HtmlElement.of("span", *elements.inline(self, step["feedback"]), class_="answer-feedback")
            rows.append(HtmlElement.of("li", self._step(item, step), " \N{EN DASH} ", feedback, data_step=position,
                                       data_indent=quiz_items.indentation(step["text"])))  # fmt: skip
        listed: nodes.Node = HtmlElement.of("ol", *rows)
        spare = item.get("distractors", ())
        if not spare:
            return listed
        extra = []
        for position, step in enumerate(spare, len(steps)):
            feedback = HtmlElement.of("span", *elements.inline(self, step["feedback"]), class_="answer-feedback")
            extra.append(
                HtmlElement.of(
                    "li", self._step(item, step), " \N{EN DASH} ", feedback, data_step=position, data_spare=True
                )
            )
        lead = HtmlElement.of("p", "Lines that do not belong:")
        return HtmlElement.of("div", listed, lead, HtmlElement.of("ul", *extra))

    def _step(self, item: dict[str, Any], step: dict[str, Any]) -> nodes.Node:
        if item["kind"] == "parsons":
            text = step["text"].replace(" " * 4, "\N{NO-BREAK SPACE}" * 4)
            return nodes.literal("", text, classes=["answer-text"])
        return HtmlElement.of("span", *elements.inline(self, step["text"]), class_="answer-text")


def setup(app: Sphinx) -> dict[str, Any]:
    elements.register(app)
    app.add_directive("quiz", Quiz)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
