import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { entries, unpack } from "../../../book/_live/worker/untar.js";

const python = process.env.PYTHON;

/** An archive made by the builder itself: names as given, each file's content is its own name. */
function archive(names) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "untar-"));
  try {
    for (const name of names) {
      fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      fs.writeFileSync(path.join(folder, name), `content of ${name}`);
    }
    const program = "import sys; from pathlib import Path; from book._bundle.archive import tar_of; sys.stdout.buffer.write(tar_of(Path(sys.argv[1])))";
    return new Uint8Array(execFileSync(python, ["-c", program, folder], { maxBuffer: 1e8 }));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

test("every file comes out with its name and content, long names too", () => {
  // GIVEN names of all lengths the form can hold
  const long = `${"folder".repeat(12)}/${"deeper".repeat(12)}/${"name".repeat(20)}.pyc`;
  const names = ["a.py", "package/__init__.pyc", "ümlaut.txt", long];
  // WHEN the archive is read
  const found = new Map([...entries(archive(names))].map(({ name, content }) => [name, new TextDecoder().decode(content)]));
  // THEN nothing is missing
  assert.deepEqual([...found.keys()].sort(), [...names].sort());
  for (const [name, content] of found) assert.equal(content, `content of ${name}`);
});

test("unpacking makes each folder once, before its files", () => {
  const calls = [];
  const fileSystem = {
    mkdirTree: (folder) => calls.push(`folder ${folder}`),
    writeFile: (name, content) => calls.push(`file ${name} ${content.length}`),
  };
  unpack(fileSystem, archive(["p/a", "p/b"]), "/site");
  assert.deepEqual(calls, ["folder /site/p", "file /site/p/a 14", "file /site/p/b 14"]);
});

test("a damaged archive is an error, not a shorter one", () => {
  const whole = archive(["a.py", "b.py"]);
  assert.throws(() => [...entries(whole.slice(0, 520))], /cut short/);
  const damaged = whole.slice();
  damaged[257] = 0;
  assert.throws(() => [...entries(damaged)], /Not a tar archive/);
});
