// Starts Pyodide with the course's packages in it.
import { loadPyodide } from "pyodide";
import { load, open } from "./downloads.js";
import { unpack } from "./untar.js";

const SITE_PACKAGES = "/lib/python3.14/site-packages";
export const WORKING_FOLDER = "/home/learner";

/**
 * Pyodide waits for ever when its WebAssembly cannot be loaded or finds no memory. This tells.
 * @returns {{failed: Promise<never>, restore: () => void}}
 */
function watchInstantiation() {
  const original = WebAssembly.instantiateStreaming;
  const failed = new Promise((/** @type {(value: never) => void} */ _resolve, reject) => {
    WebAssembly.instantiateStreaming = async (source, imports) => {
      try {
        return await original.call(WebAssembly, source, imports);
      } catch (error) {
        reject(error);
        throw error;
      }
    };
  });
  failed.catch(() => {}); // whoever waits for the start is told
  return { failed, restore: () => (WebAssembly.instantiateStreaming = original) };
}

/**
 * @param {Record<string, import("../messages.js").RuntimeFile>} files
 * @param {(bytes: number) => void} arrived
 */
async function startPyodide(files, arrived) {
  const [glue, library] = [load(files.glue, arrived), load(files.library, arrived)];
  // Pyodide fetches its WebAssembly itself; hand it the stream that is already on its way.
  const wasm = open(files.python, arrived);
  wasm.catch(() => {}); // reported where it is awaited, in the stand-in for fetch below
  const script = URL.createObjectURL(new Blob([await glue], { type: "text/javascript" }));
  const libraryUrl = URL.createObjectURL(new Blob([await library]));
  const browserFetch = self.fetch;
  self.fetch = async (resource, options) => {
    if (!String(resource).endsWith("/pyodide.asm.wasm")) return browserFetch(resource, options);
    return new Response(await wasm, { headers: { "content-type": "application/wasm" } });
  };
  const { failed, restore } = watchInstantiation();
  try {
    const { default: createPyodideModule } = await import(script);
    const started = loadPyodide({
      indexURL: new URL("./", self.location.href).href,
      createPyodideModule,
      stdLibURL: libraryUrl,
      lockFileContents: { info: LOCK_INFORMATION, packages: {} },
      packageBaseUrl: new URL("./", self.location.href).href,
      env: { HOME: WORKING_FOLDER, PYTHONHASHSEED: "0", PYTHONDONTWRITEBYTECODE: "1" },
    });
    return await Promise.race([started, failed]);
  } finally {
    restore();
    self.fetch = browserFetch;
    URL.revokeObjectURL(script);
    URL.revokeObjectURL(libraryUrl);
  }
}

/**
 * @param {import("../messages.js").RuntimeFile[]} list
 * @param {(bytes: number) => void} arrived
 * @param {(output: string) => void} emit takes each output of a cell, as JSON
 */
export async function boot(list, arrived, emit) {
  const files = Object.fromEntries(list.map((file) => [file.name, file]));
  const began = performance.now();
  /** @type {Record<string, number>} */
  const milliseconds = {};
  const mark = (/** @type {string} */ name) => (milliseconds[name] = Math.round(performance.now() - began));
  const archives = Promise.all([load(files.packages, arrived), load(files.course, arrived)]);
  archives.catch(() => {}); // awaited below, after Pyodide
  const pyodide = await startPyodide(files, arrived);
  mark("pyodide");
  for (const archive of await archives) unpack(pyodide.FS, archive, SITE_PACKAGES);
  mark("unpacked");
  pyodide.runPython("import importlib; importlib.invalidate_caches()");
  const module = pyodide.pyimport("live_kernel");
  const kernel = module.Kernel(emit, WORKING_FOLDER);
  kernel.open();
  mark("kernel");
  return { pyodide, module, kernel, milliseconds };
}
