// A live cell: the code and output that the book built, with buttons, an editor when asked for, and outputs of its own.
import { allow, button, element } from "./elements.js";
import { Outputs } from "./outputs.js";

/**
 * What a cell asks the page for.
 * @typedef {object} Page
 * @property {(cell: LiveCell) => void} run
 * @property {() => void} stop
 * @property {(cell: LiveCell) => void} runAndMoveOn run, then go to the next cell
 * @property {() => Promise<typeof import("./editor.js")>} editor loads the editor
 * @property {(text: string) => void} say
 */

/**
 * How long a cell took, as far as a reader cares.
 * @param {number} milliseconds
 */
export function duration(milliseconds) {
  return milliseconds < 100 ? "" : ` in ${(milliseconds / 1000).toFixed(1)} s`;
}

export class LiveCell {
  /** @type {import("./editor.js").Editor|null} */
  #editor = null;
  #outputs = new Outputs();
  /** @type {number|null} */
  #failedLine = null;
  #failedWhy = "";
  #original;
  /** @type {Node[]} */
  #builtCode;

  /**
   * @param {HTMLElement} container the book's `div.cell`
   * @param {{name: string, id: string, total: number, mayFail: boolean}} about
   * @param {import("./notes.js").Notes} notes
   * @param {Page} page
   */
  constructor(container, about, notes, page) {
    this.container = container;
    this.name = about.name;
    this.mayFail = about.mayFail;
    this.page = page;
    this.notes = notes;
    this.noteName = `cell:${about.id}`;
    this.input = /** @type {HTMLElement} */ (container.querySelector(".cell_input"));
    this.pre = /** @type {HTMLElement} */ (this.input.querySelector("pre"));
    this.#original = sourceOf(container);
    this.#builtCode = [...this.pre.childNodes];
    this.builtOutput = /** @type {HTMLElement|null} */ (container.querySelector(".cell_output"));
    this.#buildToolbar(about);
    const kept = notes.read(this.noteName);
    if (kept !== null && kept !== this.#original) this.#showEdited(kept);
  }

  /** @param {{name: string, total: number}} about */
  #buildToolbar({ name, total }) {
    this.runButton = button("Run", `Run cell ${name}`, "live-run", () => this.page.run(this));
    this.editButton = button("Edit", `Edit cell ${name}`, "live-edit", () => void this.edit());
    this.resetButton = button("Reset", `Reset cell ${name} to the book's code and output`, "live-reset", () => this.reset());
    this.stopButton = button("Stop", `Stop cell ${name}`, "live-stop", () => this.page.stop());
    this.state = element("span", { class: "live-state" });
    allow(this.resetButton, false);
    allow(this.stopButton, false);
    this.toolbar = element(
      "div",
      { class: "live-toolbar", role: "group", "aria-label": `Cell ${name} of ${total}` },
      this.runButton,
      this.editButton,
      this.resetButton,
      this.stopButton,
      this.state,
    );
    // Collapsed inputs lie in a <details>; the buttons stay outside.
    const code = this.input.closest("details") ?? this.input;
    code.after(this.toolbar);
    this.container.classList.add("live-cell");
    this.container.addEventListener("keydown", (event) => this.#onKey(event));
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.key !== "Enter" || event.defaultPrevented || !(event.ctrlKey || event.metaKey || event.shiftKey)) return;
    event.preventDefault();
    if (event.shiftKey) this.page.runAndMoveOn(this);
    else this.page.run(this);
  }

  /** What runs: the reader's text, or the author's. */
  source() {
    return this.#editor?.text() ?? this.notes.read(this.noteName) ?? this.#original;
  }

  get edited() {
    return this.source() !== this.#original;
  }

  /** Open the editor, or go to it. */
  async edit() {
    if (this.#editor === null) {
      this.#say("loading the editor …");
      let module;
      try {
        module = await this.page.editor();
      } catch (error) {
        this.#say("the editor could not be loaded; check the connection and try again");
        return;
      }
      this.#say(this.edited ? "edited" : "");
      if (this.#editor === null) this.#openEditor(module);
    }
    this.#openDetails();
    this.#editor?.focus();
  }

  /** @param {typeof import("./editor.js")} module */
  #openEditor(module) {
    this.#clearMark(false);
    const text = this.source();
    this.input.classList.add("live-editing");
    this.#editor = module.createEditor(this.input, text, {
      label: `Code of cell ${this.name}`,
      onRun: (moveOn) => (moveOn ? this.page.runAndMoveOn(this) : this.page.run(this)),
      onLeave: () => this.runButton?.focus(),
      onChange: (changed) => this.#keep(changed),
    });
    if (this.#failedLine !== null) this.#editor.markLine(this.#failedLine, this.#failedWhy);
  }

  /** @param {string} text */
  #keep(text) {
    if (text === this.#original) {
      this.notes.remove(this.noteName);
      this.#say("");
    } else {
      this.#say(this.notes.write(this.noteName, text) ? "edited" : "edited; this browser keeps it only while the page is open");
    }
    if (this.resetButton) allow(this.resetButton, true);
  }

  /** @param {string} text */
  #showEdited(text) {
    this.pre.textContent = text;
    this.#say("your edit");
    if (this.resetButton) allow(this.resetButton, true);
  }

  /** Back to what the author wrote and the book built. */
  reset() {
    this.notes.remove(this.noteName);
    this.#editor?.destroy();
    this.#editor = null;
    this.input.classList.remove("live-editing");
    this.pre.replaceChildren(...this.#builtCode);
    this.#clearMark(true);
    this.#outputs.element.remove();
    this.#outputs.clear();
    if (this.builtOutput) this.builtOutput.hidden = false;
    this.container.dataset.live = "built";
    this.#say("");
    if (this.resetButton) allow(this.resetButton, false);
    this.page.say(`Cell ${this.name} is as the book has it.`);
  }

  focus() {
    if (this.#editor) this.#editor.focus();
    else this.runButton?.focus();
  }

  wait() {
    this.container.dataset.live = "waiting";
    this.#setBusy(true);
    this.#say("waiting …");
  }

  begin() {
    this.container.dataset.live = "running";
    this.#setBusy(true);
    this.#say("running …");
    this.#clearMark(true);
    this.#outputs.clear();
    if (this.builtOutput) this.builtOutput.hidden = true;
    this.toolbar?.after(this.#outputs.element);
    if (this.resetButton) allow(this.resetButton, true);
  }

  /** @param {import("../messages.js").Output} output */
  add(output) {
    this.#outputs.add(output);
    if (output.output_type === "error") this.#mark(output);
  }

  /**
   * @param {boolean} succeeded
   * @param {number} milliseconds
   */
  end(succeeded, milliseconds) {
    this.container.dataset.live = succeeded ? "done" : "failed";
    this.#setBusy(false);
    const edited = this.edited ? "edited, " : "";
    if (succeeded) {
      this.#say(`${edited}ran${duration(milliseconds)}`);
      this.page.say(`Cell ${this.name} ran.`);
    } else {
      const where = this.#failedLine === null ? "" : ` in line ${this.#failedLine}`;
      this.#say(`${edited}error${where}`);
      this.page.say(`Cell ${this.name}: ${this.#failedWhy}${where}.`);
    }
  }

  /** @param {string} why */
  leave(why) {
    if (this.container.dataset.live === "running") this.container.dataset.live = "stopped";
    else if (this.container.dataset.live === "waiting") this.container.dataset.live = "built";
    this.#setBusy(false);
    this.#say(why);
    this.page.say(`Cell ${this.name}: ${why}.`);
  }

  /**
   * Show an element under the buttons, such as the progress of the load.
   * @param {HTMLElement} panel
   */
  place(panel) {
    this.toolbar?.after(panel);
  }

  /** @param {boolean} busy */
  #setBusy(busy) {
    if (this.stopButton) allow(this.stopButton, busy);
    this.container.setAttribute("aria-busy", String(busy));
  }

  /** @param {string} text */
  #say(text) {
    if (this.state) this.state.textContent = text;
  }

  #openDetails() {
    const details = this.input.closest("details");
    if (details) details.open = true;
  }

  /** @param {import("../messages.js").ErrorOutput} output */
  #mark({ ename, evalue, line }) {
    this.#failedLine = line;
    this.#failedWhy = `${ename}: ${evalue}`.split("\n")[0];
    if (line === null) return;
    this.#openDetails();
    if (this.#editor) this.#editor.markLine(line, this.#failedWhy);
    else this.#markBuiltCode(line);
  }

  /**
   * Without an editor the line is marked by a band behind the text.
   * @param {number} line
   */
  #markBuiltCode(line) {
    const style = getComputedStyle(this.pre);
    const height = parseFloat(style.lineHeight) || this.pre.scrollHeight / this.source().split("\n").length;
    const band = element("span", { class: "live-line-mark", "aria-hidden": "true" });
    band.style.top = `${parseFloat(style.paddingTop) + (line - 1) * height}px`;
    band.style.height = `${height}px`;
    this.pre.append(band);
    band.scrollIntoView({ block: "nearest" });
  }

  /** @param {boolean} forget also which line failed */
  #clearMark(forget) {
    if (forget) {
      this.#failedLine = null;
      this.#failedWhy = "";
      this.#editor?.clearMark();
    }
    this.pre.querySelector(".live-line-mark")?.remove();
  }
}

/**
 * The code that the book shows in a cell.
 * @param {HTMLElement} container
 */
export function sourceOf(container) {
  return (container.querySelector(".cell_input pre")?.textContent ?? "").replace(/\n$/, "");
}
