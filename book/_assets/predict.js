// {predict} and {observe}: keep the reader's choice and show it beside what happened.

import { keep, recall } from "./storage.js";

const page = document.documentElement.dataset.page || window.location.pathname;

/** The cells between a prediction and what was observed. */
function cellsBetween(form, observe) {
  return [...document.querySelectorAll("main .cell")].filter(
    (cell) =>
      form.compareDocumentPosition(cell) & Node.DOCUMENT_POSITION_FOLLOWING &&
      observe.compareDocumentPosition(cell) & Node.DOCUMENT_POSITION_PRECEDING,
  );
}

/** Keep outputs of these cells, and what is said about them, back until the reader has chosen, asks, or runs a cell. */
function veil(cells, observe) {
  const outputs = cells.map((cell) => cell.querySelector(".cell_output")).filter(Boolean);
  const said = [...observe.children].filter((child) => !child.matches(".observe-head, .observe-compare"));
  const buttons = [];
  const watcher = new MutationObserver((changes) => {
    const ran = (node) => node instanceof Element && node.matches(".cell_output, .cell_output *");
    if (changes.some((change) => [...change.addedNodes].some(ran))) lift();
  });
  function lift() {
    watcher.disconnect();
    [...outputs, ...said].forEach((kept) => delete kept.dataset.veiled);
    buttons.forEach((button) => button.remove());
    buttons.length = 0;
  }
  said.forEach((child) => (child.dataset.veiled = ""));
  for (const output of [...outputs, said[0]].filter(Boolean)) {
    output.dataset.veiled = "";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button-quiet veil";
    button.textContent = output === said[0] ? "Show what happened" : "Show what it printed";
    button.addEventListener("click", lift);
    output.before(button);
    buttons.push(button);
  }
  cells.forEach((cell) => watcher.observe(cell, { childList: true, subtree: true }));
  return lift;
}

for (const form of document.querySelectorAll("form.predict")) {
  const name = `lambdalab.predict:${page}#${form.dataset.name}`;
  const status = form.querySelector(".predict-status");
  const reveal = form.querySelector("details.predict-reveal");
  const observe = document.querySelector(`.observe[data-name="${CSS.escape(form.dataset.name)}"]`);
  const right = form.dataset.answer;
  const kept = recall(name, null);
  const lift = observe && kept === null ? veil(cellsBetween(form, observe), observe) : () => {};

  const show = (choice, restored) => {
    const input = form.querySelector(`input[value="${CSS.escape(choice)}"]`);
    if (!input) return;
    input.checked = true;
    const text = input.parentElement.querySelector(".choice-text").textContent.trim();
    status.textContent = observe
      ? "Kept. Now see what happens."
      : choice === right
        ? "That is what happens."
        : "That is not what happens.";
    if (reveal) reveal.open = reveal.open || !restored;
    if (!observe) return;
    lift();
    const line = observe.querySelector(".observe-compare");
    const same = choice === right;
    line.textContent = same
      ? `You predicted “${text}”, and so it was.`
      : `You predicted “${text}”. It was “${line.dataset.right}”.`;
    line.dataset.same = same;
    line.hidden = false;
  };

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", (event) => {
    keep(name, event.target.value);
    show(event.target.value, false);
  });
  if (kept !== null) show(String(kept), true);
}
