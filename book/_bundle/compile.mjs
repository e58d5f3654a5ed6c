// Compiles trees of Python with Pyodide's own interpreter.
// usage: node compile.mjs NODE_MODULES COMPILING_PY '[["folder", "installed at", keepDocstrings], …]'
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

// Node would print the line of Pyodide that threw, a million characters of it.
process.on("uncaughtException", (error) => {
  process.stderr.write(`${error.message || error.stack}\n`);
  process.exit(1);
});

const [modules, compilingModule, treesJson] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(path.join(modules, "pyodide", "pyodide.mjs")).href);
// A fixed hash seed: sets of names must come out in one order. Without debug ranges code keeps its lines but not its
// columns, and is a fifth smaller.
const pyodide = await loadPyodide({ env: { PYTHONHASHSEED: "0", PYTHONNODEBUGRANGES: "1", HOME: "/home/pyodide" } });
pyodide.FS.writeFile("/home/pyodide/compiling.py", fs.readFileSync(compilingModule));
pyodide.runPython("import sys; sys.path.insert(0, '/home/pyodide')");
const compiling = pyodide.pyimport("compiling");
for (const [index, [folder, installedAt, keepDocstrings]] of JSON.parse(treesJson).entries()) {
  const mount = `/tree${index}`;
  pyodide.FS.mkdirTree(mount);
  pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: folder }, mount);
  const count = compiling.compile_tree(mount, installedAt, keepDocstrings);
  console.log(`${count} modules of ${path.basename(folder)}`);
}
