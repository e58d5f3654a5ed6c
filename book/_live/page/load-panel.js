// The one-time load: a bar in bytes known beforehand, and what to do when it cannot be.
import { element } from "./elements.js";

/** @param {number} bytes */
function megabytes(bytes) {
  return (bytes / 1e6).toFixed(1);
}

export class LoadPanel {
  #bar = element("progress", { max: "1", value: "0", "aria-label": "Loading Python" });
  #text = element("span", {});
  element = element("div", { class: "live-load" }, this.#bar, this.#text);

  /**
   * @param {number} loaded
   * @param {number} total
   */
  show(loaded, total) {
    // Full, not of unknown length, while Python starts: a moving bar would take the time that Python needs.
    this.#bar.value = loaded / total;
    this.#text.textContent =
      loaded < total
        ? `Loading Python, boto3 and moto: ${megabytes(loaded)} of ${megabytes(total)} MB`
        : "Starting Python …";
  }

  remove() {
    this.element.remove();
  }
}

/**
 * A message in place of the load.
 * @param {string} message
 * @param {{label: string, action: () => void}|null} choice a button, where there is something to choose
 */
export function notice(message, choice) {
  const made = element("div", { class: "live-notice", role: "alert" }, element("p", {}, message));
  if (choice) {
    const press = element("button", { type: "button", class: "live-button" }, choice.label);
    press.addEventListener("click", choice.action);
    made.append(press);
  }
  return made;
}
