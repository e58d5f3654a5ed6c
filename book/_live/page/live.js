// Makes the cells of a page live. Loaded by every page that has some; fetches nothing until a button is pressed.
import { Announcer } from "./announcer.js";
import { LiveCell, sourceOf } from "./cell.js";
import { attachHomework } from "./homework.js";
import { identify } from "./identify.js";
import { Notebook } from "./notebook.js";
import { Notes, localStorageOrNull } from "./notes.js";
import { Python } from "./python.js";

const script = /** @type {HTMLScriptElement} */ (document.currentScript);
const folder = new URL("./", script.src).href;

/** @type {Promise<typeof import("./editor.js")>|null} */
let editorModule = null;
/** @returns {Promise<typeof import("./editor.js")>} */
function loadEditor() {
  editorModule ??= import(new URL(MANIFEST.editor, folder).href);
  editorModule.catch(() => (editorModule = null));
  return editorModule;
}

/** The cells that run in the page: they show their code, and no tag sends them elsewhere. */
function liveContainers() {
  const found = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("div.cell:not(.tag_notebook, .tag_local)"));
  return [...found].filter((cell) => cell.querySelector(".cell_input pre"));
}

/**
 * @param {Notes} notes
 * @param {Announcer} announcer
 * @param {Python} python
 */
function attachCells(notes, announcer, python) {
  const containers = liveContainers();
  const ids = identify(containers.map(sourceOf));
  /** @type {LiveCell[]} */
  const cells = [];
  const notebook = new Notebook(python.runner, cells, (error, cell) => {
    const at = /** @type {LiveCell} */ (cell);
    python.explain(error, (panel) => at.place(panel));
  });
  /** @type {(cell: LiveCell, then?: () => void) => void} */
  const run = (cell, then = () => {}) => {
    if (python.request((panel) => cell.place(panel), () => run(cell, then))) void notebook.run(cell).then(then);
  };
  /** @type {import("./cell.js").Page} */
  const page = {
    run,
    stop: () => notebook.stop(),
    runAndMoveOn(cell) {
      run(cell, () => {
        // Whoever has gone elsewhere meanwhile stays there, and an error is worth staying for.
        const { container } = cell;
        if (container.dataset.live !== "failed" && container.contains(document.activeElement)) {
          cells[cells.indexOf(cell) + 1]?.focus();
        }
      });
    },
    editor: loadEditor,
    say: (text) => announcer.say(text),
  };
  containers.forEach((container, index) => {
    const about = {
      name: String(index + 1),
      id: ids[index],
      total: containers.length,
      mayFail: container.classList.contains("tag_raises-exception"),
    };
    cells.push(new LiveCell(container, about, notes, page));
  });
}

function attach() {
  const notes = new Notes(localStorageOrNull(), window.location.pathname);
  const announcer = new Announcer();
  const python = new Python(MANIFEST, folder, announcer);
  announcer.attach();
  attachCells(notes, announcer, python);
  attachHomework(folder, notes, announcer, python, loadEditor);
  // For measurements: what the start took, and how large the heap is.
  Object.assign(window, { lambdalabLive: python.runner });
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", attach);
else attach();
