// Tells screen readers what happened, once, politely.
import { element } from "./elements.js";

export class Announcer {
  /** @type {HTMLElement|null} */
  #region = null;

  /** Put the region into the page. Readers only notice changes of a region that is already there. */
  attach() {
    this.#region = element("div", { class: "live-hidden", role: "status", "aria-live": "polite" });
    document.body.append(this.#region);
  }

  /** @param {string} text */
  say(text) {
    if (this.#region) this.#region.textContent = text;
  }
}
