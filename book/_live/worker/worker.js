// The worker: one Python kernel, requests answered one after the other. Stopping it means ending the worker.
import { boot } from "./boot.js";
import { Outdated, Unreachable } from "./downloads.js";

/** @param {import("../messages.js").Report} report */
const tell = (report) => self.postMessage(report);

/** @param {unknown} error */
function reasonOf(error) {
  if (error instanceof Outdated) return "outdated";
  if (error instanceof Unreachable) return "network";
  return /out of memory|could not allocate memory|memory access|allocation failed|MemoryError/i.test(String(error))
    ? "memory"
    : "other";
}

/** @param {any} pyodide its heap is not part of the typed interface */
const heapOf = (pyodide) => pyodide._module.HEAPU8.length;

let current = 0;
let ready = false;
/** @type {ReturnType<typeof boot>|undefined} */
let booted;

/** @param {import("../messages.js").RuntimeFile[]} files */
async function start(files) {
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  let loaded = 0;
  let told = 0;
  booted = boot(
    files,
    (bytes) => {
      loaded += bytes;
      if (performance.now() - told < 50 && loaded < total) return;
      told = performance.now();
      tell({ type: "progress", loaded });
    },
    (output) => tell({ type: "output", id: current, output: JSON.parse(output) }),
  );
  try {
    const { milliseconds } = await booted;
    ready = true;
    tell({ type: "ready", milliseconds });
  } catch (error) {
    tell({ type: "unable", reason: reasonOf(error), message: String(error) });
  }
}

/** @param {import("../messages.js").RunRequest|import("../messages.js").CheckRequest} request */
async function answer(request) {
  if (!booted) throw new Error("The worker was not started.");
  const { pyodide, module, kernel } = await booted;
  current = request.id;
  const began = performance.now();
  let result;
  if (request.type === "run") {
    if (request.fresh) kernel.reset();
    const cell = await kernel.run_cell(request.source, `<cell ${request.name}>`);
    result = { succeeded: cell.succeeded };
    cell.destroy();
  } else {
    result = JSON.parse(await module.check(kernel, JSON.stringify(request.cells)));
  }
  const milliseconds = Math.round(performance.now() - began);
  tell({ type: "done", id: request.id, result, milliseconds, heapBytes: heapOf(pyodide) });
}

// When the start fails, promises inside Pyodide fail too, after the one that says why. The first word counts.
self.addEventListener("unhandledrejection", (event) => {
  if (ready) return;
  event.preventDefault();
  setTimeout(() => tell({ type: "unable", reason: reasonOf(event.reason), message: String(event.reason) }), 0);
});

let queue = Promise.resolve();
self.addEventListener("message", ({ data }) => {
  /** @type {import("../messages.js").Request} */
  const request = data;
  if (request.type === "start") void start(request.files);
  else {
    queue = queue.then(() => answer(request)).catch((error) => {
      tell({ type: "unable", reason: reasonOf(error), message: String(error) });
    });
  }
});
