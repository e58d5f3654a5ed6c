// Filters of the appendices made from the ledger. Without this script every entry is shown.
"use strict";

for (const form of document.querySelectorAll("form.fact-filter")) {
  const main = form.closest("article, main, body");
  const entries = [...main.querySelectorAll("ul.errata > li, table.numbers > tbody > tr, ol.coverage > li")];
  const texts = new Map(entries.map((entry) => [entry, entry.textContent.toLowerCase()]));
  const sections = [...new Set(entries.map((entry) => entry.closest("section[id^='claims-'], section[id^='seed-']")))].filter(Boolean);
  const count = form.querySelector(".fact-filter-count");
  const choices = [...form.querySelectorAll("select")];

  function wanted(entry, words) {
    return (
      choices.every((select) => !select.value || entry.dataset[select.name] === select.value) &&
      words.every((word) => texts.get(entry).includes(word))
    );
  }

  function apply() {
    const words = form.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const entry of entries) {
      entry.hidden = !wanted(entry, words);
      shown += entry.hidden ? 0 : 1;
    }
    for (const section of sections) {
      section.hidden = ![...section.querySelectorAll("li")].some((entry) => !entry.hidden);
    }
    count.textContent = `${shown} of ${entries.length} ${count.dataset.counted}`;
  }

  const fields = [...choices, form.elements.words];

  // What is filtered stands in the address, so that it can be sent to somebody and survives a reload.
  function note() {
    if (location.protocol === "file:") return; // a page opened from a folder has an address that may not change
    const address = new URL(location.href);
    for (const field of fields) {
      if (field.value) address.searchParams.set(field.name, field.value);
      else address.searchParams.delete(field.name);
    }
    if (address.href !== location.href) history.replaceState(null, "", address);
  }

  function restore() {
    const noted = new URLSearchParams(location.search);
    for (const field of fields) {
      const value = noted.get(field.name) ?? "";
      field.value = value;
      if (field.value !== value) field.value = ""; // no such choice
    }
  }

  // A link to an entry must lead there: past a filter that hides it, and past the form that has just appeared above.
  function follow() {
    const target = document.getElementById(location.hash.slice(1));
    if (!entries.includes(target)) return;
    if (target.hidden) {
      for (const field of fields) field.value = "";
      apply();
      note();
    }
    target.scrollIntoView({ behavior: "instant" });
  }

  form.addEventListener("input", () => (apply(), note()));
  form.addEventListener("submit", (event) => event.preventDefault());
  // The fields are emptied after this event.
  form.addEventListener("reset", () => setTimeout(() => (apply(), note())));
  addEventListener("hashchange", follow);
  form.hidden = false;
  restore();
  apply();
  follow();
}

// A source that would stick out of the window is moved back into it.
for (const quota of document.querySelectorAll(".quota")) {
  const source = quota.querySelector(".quota-source");
  const place = () => {
    source.style.removeProperty("--quota-shift");
    const beyond = source.getBoundingClientRect().right - document.documentElement.clientWidth + 8;
    if (beyond > 0) source.style.setProperty("--quota-shift", `${-beyond}px`);
  };
  quota.addEventListener("pointerenter", place);
  quota.addEventListener("focusin", place);
}

// Escape puts a number's source away without moving focus or pointer; it comes back when pointed at again.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const quota of document.querySelectorAll(".quota:hover, .quota:focus-within")) {
    quota.classList.add("quota-put-away");
    const again = () => quota.classList.remove("quota-put-away");
    quota.addEventListener("pointerleave", again, { once: true });
    quota.addEventListener("focusout", again, { once: true });
  }
});
