// {predict} and {observe}: keep the reader's choice and show it beside what happened.

import { keep, recall } from "./storage.js";

const page = document.documentElement.dataset.page || window.location.pathname;

for (const form of document.querySelectorAll("form.predict")) {
  const name = `lambdalab.predict:${page}#${form.dataset.name}`;
  const status = form.querySelector(".predict-status");
  const reveal = form.querySelector("details.predict-reveal");
  const observe = document.querySelector(`.observe[data-name="${CSS.escape(form.dataset.name)}"]`);
  const right = form.dataset.answer;

  const show = (choice, restored) => {
    const input = form.querySelector(`input[value="${CSS.escape(choice)}"]`);
    if (!input) return;
    input.checked = true;
    const text = input.parentElement.querySelector(".choice-text").textContent.trim();
    status.textContent = observe
      ? "Kept. Run the cell and read on."
      : choice === right
        ? "That is what happens."
        : "That is not what happens.";
    if (reveal) reveal.open = reveal.open || !restored;
    if (!observe) return;
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
  const kept = recall(name, null);
  if (kept !== null) show(String(kept), true);
}
