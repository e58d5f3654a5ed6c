// Draws outputs the way the book drew the built ones, so that they look the same.
import { element } from "./elements.js";

/** The richest first. */
const PREFERENCE = ["text/html", "image/svg+xml", "image/png", "image/jpeg", "application/json", "text/plain"];

/**
 * The type to show of a bundle; null when it holds none that a page can show.
 * @param {Record<string, any>} data
 */
export function richest(data) {
  return PREFERENCE.find((type) => type in data) ?? null;
}

/**
 * Terminal colours have no place here.
 * @param {string} text
 */
export function withoutTerminalColours(text) {
  return text.replace(/\x1b\[[0-9;]*[A-Za-z]/g, "");
}

/**
 * @param {string} kind
 * @param {string} text
 */
function block(kind, text) {
  const pre = element("pre", {}, withoutTerminalColours(text));
  // Long lines scroll; whoever uses a keyboard must be able to reach them.
  pre.tabIndex = 0;
  return element("div", { class: `output ${kind} notranslate` }, element("div", { class: "highlight" }, pre));
}

/** @param {Record<string, any>} data */
function rich(data) {
  const type = richest(data);
  if (type === null) return block("text_plain", `(no picture or text for ${Object.keys(data).join(", ")})`);
  const content = data[type];
  if (type === "text/plain") return block("text_plain highlight-myst-ansi", content);
  if (type === "application/json") return block("text_plain", JSON.stringify(content, null, 2));
  if (type === "text/html" || type === "image/svg+xml") {
    const holder = element("div", { class: `output ${type === "text/html" ? "text_html" : "image_svg"}` });
    holder.innerHTML = content; // made by the reader's own cell; scripts in it do not run
    return holder;
  }
  const text = data["text/plain"] ?? "picture made by this cell";
  return element("div", { class: "output image" }, element("img", { src: `data:${type};base64,${content}`, alt: text }));
}

/** The outputs of one cell. */
export class Outputs {
  element = element("div", { class: "cell_output live-output docutils container" });
  #clearFirst = false;
  /** @type {HTMLPreElement|null} */
  #stream = null;
  #streamName = "";

  clear() {
    this.element.replaceChildren();
    this.#stream = null;
    this.#clearFirst = false;
  }

  /** @param {import("../messages.js").Output} output */
  add(output) {
    if (output.output_type === "clear_output") {
      if (output.wait) this.#clearFirst = true;
      else this.clear();
      return;
    }
    if (this.#clearFirst) this.clear();
    if (output.output_type === "stream") {
      this.#print(output);
      return;
    }
    this.#stream = null;
    this.element.append(output.output_type === "error" ? failure(output) : rich(output.data));
  }

  /** @param {import("../messages.js").StreamOutput} output */
  #print({ name, text }) {
    if (this.#stream === null || this.#streamName !== name) {
      const made = block(name === "stderr" ? "stderr" : "stream highlight-myst-ansi", "");
      this.#stream = made.querySelector("pre");
      this.#streamName = name;
      this.element.append(made);
    }
    this.#stream?.append(withoutTerminalColours(text));
  }
}

/** @param {import("../messages.js").ErrorOutput} output */
function failure(output) {
  const made = block("traceback highlight-ipythontb", output.traceback.join("\n"));
  made.classList.add("live-failure");
  const where = output.line === null ? "" : ` in line ${output.line}`;
  made.prepend(element("p", { class: "live-failure-title" }, `${output.ename}${where}`));
  return made;
}
