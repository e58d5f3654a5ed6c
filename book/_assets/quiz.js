// {quiz}: checks a question against the answer that stands below it and says why a choice is wrong.

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** A copy of the feedback that belongs to an answer's row. */
function feedback(row) {
  const text = row?.querySelector(".answer-feedback");
  return text ? [...text.childNodes].map((node) => node.cloneNode(true)) : [];
}

const said = (text) => make("strong", { textContent: text });

/** Choices: one or several. */
function choices(form, rows) {
  const inputs = [...form.querySelectorAll(".choices input")];
  const row = (input) => rows.find((one) => one.dataset.option === input.value);
  return {
    clear: () => inputs.forEach((input) => { input.closest("li").className = ""; }),
    check() {
      const chosen = inputs.filter((input) => input.checked);
      if (!chosen.length) return { empty: "Choose an answer first." };
      const missing = inputs.filter((input) => !input.checked && "right" in row(input).dataset).length;
      const wrong = chosen.filter((input) => !("right" in row(input).dataset));
      const several = inputs[0].type === "checkbox";
      chosen.forEach((input) => { input.closest("li").className = wrong.includes(input) ? "is-wrong" : "is-right"; });
      const lines = chosen.map((input) => {
        const name = input.parentElement.querySelector(".choice-text").textContent.trim();
        return several ? [said(`${name}: `), ...feedback(row(input))] : feedback(row(input));
      });
      if (several && missing && !wrong.length) {
        lines.push([missing === 1 ? "One right answer is missing." : `${missing} right answers are missing.`]);
      }
      return { right: !wrong.length && !(several && missing), lines };
    },
  };
}

function numeric(form, rows) {
  const field = form.querySelector("input");
  const tolerance = Number(form.querySelector(".quiz-answer [data-tolerance]").dataset.tolerance);
  return {
    clear() {
      field.removeAttribute("aria-invalid");
    },
    check() {
      const text = field.value.trim().replace(/[\s_']/g, "").replace(/^(-?\d+),(\d+)$/, "$1.$2");
      if (text === "") return { empty: "Give a number first." };
      const value = Number(text);
      if (Number.isNaN(value)) return { empty: "That is not a number." };
      const row = rows.find((one) => "value" in one.dataset && Math.abs(Number(one.dataset.value) - value) <= tolerance + 1e-9);
      const right = row !== undefined && "right" in row.dataset;
      field.setAttribute("aria-invalid", String(!right));
      return { right, lines: [feedback(row ?? rows.find((one) => "otherwise" in one.dataset))] };
    },
  };
}

/** Steps and program lines: moved by buttons, lines are indented too. */
function ordered(form, rows, announce) {
  const list = form.querySelector(".quiz-steps");
  const lines = list.classList.contains("quiz-lines");
  const spare = "spare" in list.dataset;
  const name = (item) => item.querySelector(".step-text").textContent.trim();
  const used = (item) => !item.classList.contains("is-left-out");
  const row = (item) => rows.find((one) => one.dataset.step === item.dataset.step);
  const text = (one) => one.querySelector(".answer-text").textContent.trim();

  function button(item, label, symbol, action) {
    const made = make("button", { type: "button", className: "step-button", textContent: symbol });
    made.setAttribute("aria-label", `${label}: ${name(item)}`);
    made.title = label;
    made.addEventListener("click", () => { action(item); made.focus(); });
    return made;
  }

  function move(item, by) {
    const other = by < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (other) (by < 0 ? other.before(item) : other.after(item));
    const items = [...list.children];
    announce(`${name(item)}: position ${items.indexOf(item) + 1} of ${items.length}`);
    changed();
  }

  function indent(item, by) {
    const level = Math.min(4, Math.max(0, Number(item.dataset.indent ?? 0) + by));
    item.dataset.indent = level;
    item.style.setProperty("--indent", level);
    announce(`${name(item)}: indented ${level} ${level === 1 ? "level" : "levels"}`);
    changed();
  }

  function leaveOut(item) {
    item.classList.toggle("is-left-out");
    const out = !used(item);
    item.querySelector("[data-spare-button]").setAttribute("aria-pressed", String(out));
    announce(out ? `${name(item)}: left out` : `${name(item)}: used`);
    changed();
  }

  const changed = () => form.dispatchEvent(new Event("change"));

  for (const item of list.children) {
    const buttons = make("span", { className: "step-buttons" });
    buttons.append(button(item, "Move up", "↑", (one) => move(one, -1)));
    buttons.append(button(item, "Move down", "↓", (one) => move(one, 1)));
    if (lines) {
      buttons.append(button(item, "Indent less", "⇤", (one) => indent(one, -1)));
      buttons.append(button(item, "Indent more", "⇥", (one) => indent(one, 1)));
    }
    if (spare) {
      const out = button(item, "Leave out", "✕", leaveOut);
      out.dataset.spareButton = "";
      out.setAttribute("aria-pressed", "false");
      buttons.append(out);
    }
    item.append(buttons);
  }

  return {
    clear: () => [...list.children].forEach((item) => item.classList.remove("is-right", "is-wrong")),
    check() {
      const wrong = (item, text, ...more) => {
        item.classList.add("is-wrong");
        return { right: false, lines: [[said(`${name(item)}: `), text, ...more]] };
      };
      const items = [...list.children].filter(used);
      // Lines with the same words may stand for each other: count words, proper lines first.
      const open = new Map();
      for (const one of rows) {
        if (!("spare" in one.dataset)) open.set(text(one), (open.get(text(one)) ?? 0) + 1);
      }
      const isSpare = (item) => "spare" in row(item).dataset;
      for (const item of [...items.filter((one) => !isSpare(one)), ...items.filter(isSpare)]) {
        const left = open.get(name(item)) ?? 0;
        if (!left) return wrong(item, "does not belong. ", ...feedback(row(item)));
        open.set(name(item), left - 1);
      }
      const missing = [...list.children].find((item) => !used(item) && open.get(name(item)) > 0);
      if (missing) return wrong(missing, "is needed. ", ...feedback(row(missing)));
      const wanted = rows.filter((one) => "step" in one.dataset && !("spare" in one.dataset));
      for (const [index, item] of items.entries()) {
        const place = wanted.findIndex((one, at) => at >= index && text(one) === name(item));
        if (place !== index) {
          return wrong(item, place > index ? "comes later. " : "comes earlier. ", ...feedback(row(item)));
        }
        if (lines && Number(item.dataset.indent ?? 0) !== Number(wanted[index].dataset.indent)) {
          return wrong(item, "is not indented right. ", ...feedback(row(item)));
        }
        item.classList.add("is-right");
      }
      return { right: true, lines: [] };
    },
  };
}

const KINDS = { single: choices, code: choices, multiple: choices, numeric, order: ordered, parsons: ordered };

for (const form of document.querySelectorAll("form.quiz-item")) {
  const answer = form.querySelector(".quiz-answer");
  const status = make("div", { className: "quiz-feedback" });
  status.setAttribute("role", "status");
  const check = make("button", { type: "submit", className: "button", textContent: "Check" });
  const show = make("button", { type: "button", className: "button-quiet", textContent: "Show answer", hidden: true });
  const announce = (text) => {
    status.className = "quiz-feedback is-note";
    status.replaceChildren(text);
  };
  const rows = [...answer.querySelectorAll("li")];
  const control = KINDS[form.dataset.kind](form, rows, announce);

  answer.hidden = true;
  form.querySelector("fieldset").append(make("p", { className: "quiz-actions" }, check, show), status);
  form.addEventListener("change", () => {
    control.clear();
    if (!status.classList.contains("is-note")) status.replaceChildren();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    control.clear();
    const result = control.check();
    if (result.empty) {
      announce(result.empty);
      return;
    }
    status.className = `quiz-feedback ${result.right ? "is-right" : "is-wrong"}`;
    const head = said(result.right ? "Right. " : "Not yet. ");
    const [first = [], ...others] = result.lines;
    status.replaceChildren(make("p", {}, head, ...first), ...others.map((line) => make("p", {}, ...line)));
    form.dataset.solved = result.right;
    show.hidden = false;
  });
  show.addEventListener("click", () => {
    answer.hidden = !answer.hidden;
    answer.open = !answer.hidden;
    show.textContent = answer.hidden ? "Show answer" : "Hide answer";
  });
}
