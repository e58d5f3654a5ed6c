// Runs the live cells of pages, page after page in one Python, with a reset in between.
// usage: node run-pages.mjs LIVE PAGES_JSON     (PAGES_JSON: a file with [{page, cells: [{name, source, mayFail}]}])
// Prints one JSON array: per page the cells that ran, each with its outputs.
import fs from "node:fs";
import { openKernel } from "./kernel.mjs";

const [live, pagesFile] = process.argv.slice(2);
const pages = JSON.parse(fs.readFileSync(pagesFile, "utf8"));
/** @type {any[]} */
let outputs = [];
// Node would print the line of Pyodide that threw, a million characters of it.
process.on("uncaughtException", (error) => {
  process.stderr.write(`${error.message || error.stack}\n`);
  process.exit(1);
});
const { kernel } = await openKernel(live, (output) => outputs.push(output));
const report = [];
for (const { page, cells } of pages) {
  kernel.reset();
  const ran = [];
  for (const { name, source, mayFail } of cells) {
    outputs = [];
    const began = performance.now();
    const result = await kernel.run_cell(source, `<cell ${name}>`);
    const { succeeded } = result;
    result.destroy();
    ran.push({ name, succeeded, outputs, milliseconds: Math.round(performance.now() - began) });
    if (!succeeded && !mayFail) break;
  }
  report.push({ page, cells: ran });
}
kernel.reset();
process.stdout.write(JSON.stringify(report));
