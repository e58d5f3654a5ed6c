"""`{predict}`: a question before the run. `{observe}`: what happened, beside what the reader had guessed."""

from __future__ import annotations

from typing import Any, ClassVar

import elements
from docutils import nodes
from docutils.parsers.rst import directives
from elements import HtmlElement
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class Predict(SphinxDirective):
    """Question, list of options, and what to show once the reader has chosen.

    The reader's choice is kept by the browser under the page's name and the directive's argument.
    """

    required_arguments = 1
    has_content = True
    option_spec: ClassVar = {"answer": directives.positive_int}

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        names = self.env.temp_data.setdefault("predictions", {})
        if name in names:
            raise elements.failure(self, f"{name}: the name is used twice on this page")
        content = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, content)
        position = next((i for i, child in enumerate(content) if isinstance(child, nodes.bullet_list)), None)
        if position is None:
            raise elements.failure(self, f"{name}: the body needs a list of options")
        options = [item.children for item in content[position].children]
        answer = self.options.get("answer")
        if answer is None or answer > len(options):
            raise elements.failure(self, f"{name}: :answer: is the number of the right option, 1 to {len(options)}")
        names[name] = (answer, [content[position].children[i].astext() for i in range(len(options))])

        field = f"predict-{nodes.make_id(name)}"
        fieldset = HtmlElement.of("fieldset")
        legend = HtmlElement.of("legend", HtmlElement.of("span", "Predict", class_="predict-tag"), " ")
        question = content.children[:position]
        # The question's first paragraph names the group of options; what follows it stands below.
        if question and isinstance(question[0], nodes.paragraph):
            legend.extend(question.pop(0).children)
        fieldset.append(legend)
        fieldset.extend(question)
        choices = HtmlElement.of("ul", class_="choices")
        for number, option in enumerate(options, 1):
            text = HtmlElement.of("span", *elements.unwrapped(option), class_="choice-text")
            radio = HtmlElement.of("input", type="radio", name=field, value=number)
            choices.append(HtmlElement.of("li", HtmlElement.of("label", radio, text)))
        fieldset.append(choices)
        box = HtmlElement.of("form", fieldset, class_="predict", data_name=name, data_answer=answer)
        box["html"]["id"] = field
        reveal = content.children[position + 1 :]
        if reveal:
            summary = HtmlElement.of("summary", "What happens")
            box.append(HtmlElement.of("details", summary, *reveal, class_="predict-reveal"))
        box.append(HtmlElement.of("p", class_="predict-status", role="status"))
        return [box]


class Observe(SphinxDirective):
    """What happened. Shows the reader's prediction above its text."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        predictions = self.env.temp_data.get("predictions", {})
        if name not in predictions:
            raise elements.failure(self, f"{name}: no {{predict}} {name} stands above it")
        answer, options = predictions[name]
        box = HtmlElement.of("div", class_="observe", data_name=name, data_answer=answer)
        box.append(HtmlElement.of("p", HtmlElement.of("span", "Observe", class_="observe-tag"), class_="observe-head"))
        box.append(HtmlElement.of("p", class_="observe-compare", data_right=options[answer - 1], hidden=True))
        self.state.nested_parse(self.content, self.content_offset, box)
        return [box]


def setup(app: Sphinx) -> dict[str, Any]:
    elements.register(app)
    app.add_directive("predict", Predict)
    app.add_directive("observe", Observe)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
