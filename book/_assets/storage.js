// What the reader's browser keeps. Storage may be blocked or full: then it lasts as long as the page.

const memory = new Map();

/** The value kept under `name`, or `otherwise`. */
export function recall(name, otherwise) {
  let text = null;
  try {
    text = window.localStorage.getItem(name);
  } catch {
    // Blocked by the browser's settings; `memory` has what this page saved.
  }
  text ??= memory.get(name) ?? null;
  if (text === null) return otherwise;
  try {
    return JSON.parse(text);
  } catch {
    return otherwise; // written by something else
  }
}

/** Keep `value` (JSON) under `name`. Answers whether it outlives the page. */
export function keep(name, value) {
  const text = JSON.stringify(value);
  memory.set(name, text);
  try {
    window.localStorage.setItem(name, text);
    return true;
  } catch {
    return false;
  }
}
