// Bundles the scripts of the runner and names every file after its contents.
// usage: node build.mjs NODE_MODULES OUTPUT '{"packages": path, "library": path, "course": path}'
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const [modules, output, partsJson] = process.argv.slice(2);
const here = path.dirname(fileURLToPath(import.meta.url));
const { build } = await import(pathToFileURL(path.join(modules, "esbuild", "lib", "main.js")).href);
const pyodide = path.join(modules, "pyodide");

/**
 * @param {string} entry
 * @param {"iife"|"esm"} format
 * @param {Record<string, string>} define
 */
async function bundle(entry, format, define = {}) {
  const result = await build({
    entryPoints: [path.join(here, entry)],
    bundle: true,
    minify: true,
    format,
    target: "es2022",
    nodePaths: [modules],
    tsconfigRaw: {}, // tsconfig.json is for the type check
    // Pyodide asks for Node's modules only under Node.
    external: ["node:*", "ws"],
    legalComments: "inline",
    define,
    write: false,
    logLevel: "warning",
  });
  return Buffer.from(result.outputFiles[0].contents);
}

fs.mkdirSync(output, { recursive: true });

/**
 * Write `content` under a name that has a digest of it.
 * @param {string} stem
 * @param {string} suffix
 * @param {Buffer} content
 */
function store(stem, suffix, content) {
  const name = `${stem}-${createHash("sha256").update(content).digest("hex").slice(0, 12)}${suffix}`;
  fs.writeFileSync(path.join(output, name), content);
  return name;
}

// The suffix is nobody's: servers that know ".gz" may label or unpack it, and the page would not know.
const parts = JSON.parse(partsJson);
const sources = {
  python: gzipSync(fs.readFileSync(path.join(pyodide, "pyodide.asm.wasm")), { level: 9 }),
  glue: gzipSync(fs.readFileSync(path.join(pyodide, "pyodide.asm.mjs")), { level: 9 }),
  library: fs.readFileSync(parts.library),
  packages: fs.readFileSync(parts.packages),
  course: fs.readFileSync(parts.course),
};
const files = Object.entries(sources).map(([name, content]) => ({
  name,
  url: store(name, ".packed", content),
  bytes: content.length,
}));

const lock = JSON.parse(fs.readFileSync(path.join(pyodide, "pyodide-lock.json"), "utf8"));
const worker = store("worker", ".js", await bundle("worker/worker.js", "esm", { LOCK_INFORMATION: JSON.stringify(lock.info) }));
const editor = store("editor", ".js", await bundle("page/editor.js", "esm"));
const version = createHash("sha256").update(JSON.stringify([files, worker, editor])).digest("hex").slice(0, 12);
const manifest = { version, files, worker, editor };
const define = { MANIFEST: JSON.stringify(manifest) };
fs.writeFileSync(path.join(output, "live.js"), await bundle("page/live.js", "iife", define));
fs.writeFileSync(path.join(output, "service-worker.js"), await bundle("service-worker.js", "iife", define));
fs.copyFileSync(path.join(here, "live.css"), path.join(output, "live.css"));
fs.writeFileSync(path.join(output, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);
