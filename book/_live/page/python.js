// The page's one Python: started at the first click on anything that needs it, whether a cell or a homework task.
import { TOO_LITTLE_MEMORY, obstacle, thisDevice } from "./device.js";
import { LoadPanel, notice } from "./load-panel.js";
import { Runner, keepRuntime } from "./runner.js";

/** @type {Record<"memory"|"outdated"|"network", string>} */
const REASONS = {
  memory: TOO_LITTLE_MEMORY,
  outdated: "The site has been updated since this page was loaded. Reload the page to run its cells.",
  network: "Python could not be loaded: the site does not answer. Check the connection and press Run again.",
};

export class Python {
  #panel = new LoadPanel();
  /** @type {HTMLElement|null} */
  #notice = null;
  #tryAnyway = false;

  /**
   * @param {import("../messages.js").Manifest} manifest
   * @param {string} folder
   * @param {import("./announcer.js").Announcer} announcer
   */
  constructor(manifest, folder, announcer) {
    this.announcer = announcer;
    this.runner = new Runner(manifest, folder, () => keepRuntime(folder), (loaded, total) => this.#panel.show(loaded, total));
  }

  /**
   * Call before asking the runner for anything: shows the load at `place`, or says why it cannot be.
   * @param {(panel: HTMLElement) => void} place puts an element where the reader is looking
   * @param {() => void} again what the reader wanted
   * @returns {boolean} whether to go on
   */
  request(place, again) {
    this.#notice?.remove();
    if (this.runner.started) return true;
    const found = obstacle(thisDevice());
    if (found && !(found.kind === "memory" && this.#tryAnyway)) {
      const choice = { label: "Try anyway", action: () => ((this.#tryAnyway = true), again()) };
      this.#notice = notice(found.message, found.kind === "memory" ? choice : null);
      place(this.#notice);
      return false;
    }
    this.#panel.show(0, this.runner.totalBytes);
    place(this.#panel.element);
    this.announcer.say("Loading Python.");
    this.runner.start().then(
      () => {
        this.#panel.remove();
        this.announcer.say("Python is ready.");
      },
      () => this.#panel.remove(), // whoever asked the runner is told why
    );
    return true;
  }

  /**
   * Tell the reader why Python is not there.
   * @param {import("./runner.js").Unable} error
   * @param {(panel: HTMLElement) => void} place
   */
  explain(error, place) {
    const message = error.reason === "other" ? `Python could not be started: ${error.message}` : REASONS[error.reason];
    this.#notice?.remove();
    this.#notice = notice(message, null);
    place(this.#notice);
  }
}
