// The page's kernel under Node: the very files of a build, with no browser around them.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import { unpack } from "../worker/untar.js";

const SITE_PACKAGES = "/lib/python3.14/site-packages";
const WORKING_FOLDER = "/home/learner";

/**
 * Start Pyodide with the packages of a build.
 * @param {string} live the builder's output, such as `_build/live`
 * @param {(output: any) => void} onOutput takes every output of a running cell
 */
export async function openKernel(live, onOutput) {
  const site = path.join(live, "site");
  const pyodideFolder = path.join(live, "node", "node_modules", "pyodide");
  const manifest = JSON.parse(fs.readFileSync(path.join(site, "manifest.json"), "utf8"));
  const read = (/** @type {string} */ name) => {
    const file = manifest.files.find((/** @type {{name: string}} */ entry) => entry.name === name);
    return gunzipSync(fs.readFileSync(path.join(site, file.url)));
  };
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "live-kernel-"));
  try {
    const library = path.join(scratch, "library.zip");
    fs.writeFileSync(library, read("library"));
    const { loadPyodide } = await import(pathToFileURL(path.join(pyodideFolder, "pyodide.mjs")).href);
    const pyodide = await loadPyodide({
      stdLibURL: library,
      env: { HOME: WORKING_FOLDER, PYTHONHASHSEED: "0", PYTHONDONTWRITEBYTECODE: "1" },
    });
    for (const name of ["packages", "course"]) unpack(pyodide.FS, read(name), SITE_PACKAGES);
    pyodide.runPython("import importlib; importlib.invalidate_caches()");
    const module = pyodide.pyimport("live_kernel");
    const kernel = module.Kernel((/** @type {string} */ output) => onOutput(JSON.parse(output)), WORKING_FOLDER);
    kernel.open();
    return { pyodide, module, kernel };
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}
