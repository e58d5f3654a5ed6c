import assert from "node:assert/strict";
import test from "node:test";
import { Notebook } from "../../../book/_live/page/notebook.js";
import { Stopped, Unable } from "../../../book/_live/page/runner.js";

/** An engine that runs nothing and notes everything. */
class Engine {
  generation = 0;
  running = false;
  log = [];
  failing = new Set();
  /** set to hold the next run until `release` is called */
  held = null;
  unable = null;

  async start() {
    if (this.unable) throw this.unable;
    if (!this.running) this.generation += 1;
    this.running = true;
  }

  async run(source, name, fresh, output) {
    this.log.push(fresh ? `${name} afresh` : name);
    output({ output_type: "stream", name: "stdout", text: source });
    if (this.held === name) {
      await new Promise((resolve, reject) => {
        this.release = resolve;
        this.reject = reject;
      });
    }
    return { succeeded: !this.failing.has(name), milliseconds: 1 };
  }

  stop() {
    this.running = false;
    this.reject?.(new Stopped("Stopped."));
  }
}

class Cell {
  states = [];
  outputs = [];
  constructor(name, mayFail = false) {
    this.name = name;
    this.mayFail = mayFail;
  }
  source = () => `source of ${this.name}`;
  add = (output) => void this.outputs.push(output);
  wait = () => void this.states.push("wait");
  begin = () => void this.states.push("begin");
  end = (succeeded) => void this.states.push(succeeded ? "done" : "failed");
  leave = (why) => void this.states.push(why);
}

function page(...names) {
  const engine = new Engine();
  const cells = names.map((name) => (typeof name === "string" ? new Cell(name) : name));
  const problems = [];
  return { engine, cells, problems, notebook: new Notebook(engine, cells, (error, cell) => problems.push([error.reason, cell.name])) };
}

test("earlier cells run first, once", async () => {
  // GIVEN a page nobody has run
  const { engine, cells, notebook } = page("1", "2", "3", "4");
  // WHEN the third cell is run, then the fourth, then the third again
  await notebook.run(cells[2]);
  await notebook.run(cells[3]);
  await notebook.run(cells[2]);
  // THEN one and two ran before three, and nothing ran twice that was not asked for twice
  assert.deepEqual(engine.log, ["1 afresh", "2", "3", "4", "3"]);
});

test("the first cell starts the page afresh", async () => {
  const { engine, cells, notebook } = page("1", "2", "3");
  await notebook.run(cells[2]);
  await notebook.run(cells[0]);
  await notebook.run(cells[2]);
  assert.deepEqual(engine.log, ["1 afresh", "2", "3", "1 afresh", "2", "3"]);
});

test("a cell that starts the cloud, run again, starts the page afresh, also after it failed", async () => {
  // GIVEN a page whose second cell starts the cloud
  const { engine, cells, notebook } = page("1", "2", "3");
  cells[1].source = () => "cloud = lambdalab.start(seed=7)\nboom";
  engine.failing.add("2");
  await notebook.run(cells[1]);
  assert.deepEqual(engine.log, ["1 afresh", "2"]);
  engine.failing.clear();
  // WHEN it is run again, and what follows, and then once more
  await notebook.run(cells[1]);
  await notebook.run(cells[2]);
  await notebook.run(cells[1]);
  await notebook.run(cells[2]);
  // THEN each time everything above it was run in a fresh page, and what follows ran anew
  assert.deepEqual(engine.log.slice(2), ["1 afresh", "2", "3", "1 afresh", "2", "3"]);
});

test("an earlier cell that fails ends the run, and runs again the next time", async () => {
  const { engine, cells, notebook } = page("1", "2", "3");
  engine.failing.add("2");
  await notebook.run(cells[2]);
  assert.deepEqual(engine.log, ["1 afresh", "2"]);
  assert.equal(cells[2].states.at(-1), "not run: cell 2, which comes first, failed");
  engine.failing.clear();
  await notebook.run(cells[2]);
  assert.deepEqual(engine.log, ["1 afresh", "2", "2", "3"]);
});

test("a cell meant to raise stops nobody", async () => {
  const { engine, cells, notebook } = page("1", new Cell("2", true), "3");
  engine.failing.add("2");
  await notebook.run(cells[2]);
  assert.deepEqual(engine.log, ["1 afresh", "2", "3"]);
});

test("cells asked for during a run wait their turn, a cell asked for twice runs once", async () => {
  const { engine, cells, notebook } = page("1", "2", "3");
  engine.held = "1";
  const first = notebook.run(cells[0]);
  await new Promise(setImmediate);
  void notebook.run(cells[1]);
  void notebook.run(cells[2]);
  void notebook.run(cells[2]);
  assert.deepEqual(cells[2].states, ["wait"]);
  engine.release();
  await first;
  assert.deepEqual(engine.log, ["1 afresh", "2", "3"]);
});

test("stop ends the run and the queue; the next run repeats what is needed in a new Python", async () => {
  const { engine, cells, notebook } = page("1", "2", "3");
  engine.held = "2";
  const run = notebook.run(cells[1]);
  await new Promise(setImmediate);
  void notebook.run(cells[2]);
  notebook.stop();
  await run;
  assert.equal(cells[1].states.at(-1), "stopped");
  assert.equal(cells[2].states.at(-1), "stopped");
  engine.held = null;
  await notebook.run(cells[1]); // the reader asks for the stopped cell itself
  await notebook.run(cells[2]);
  assert.deepEqual(engine.log, ["1 afresh", "2", "1 afresh", "2", "3"]);
});

test("a Python that cannot start is reported at the cell, and may be tried again", async () => {
  const { engine, cells, problems, notebook } = page("1", "2");
  engine.unable = new Unable("memory", "no room");
  await notebook.run(cells[1]);
  assert.deepEqual(problems, [["memory", "2"]]);
  assert.equal(cells[1].states.at(-1), "not run");
  engine.unable = null;
  await notebook.run(cells[1]);
  assert.deepEqual(engine.log, ["1 afresh", "2"]);
});

test("a stopped cell is not repeated for a later one until it is changed", async () => {
  // GIVEN a second cell that never ends, stopped
  const { engine, cells, notebook } = page("1", "2", "3");
  engine.held = "2";
  const running = notebook.run(cells[1]);
  await new Promise((resolve) => setTimeout(resolve));
  notebook.stop();
  await running;
  // WHEN the third is run
  engine.held = null;
  await notebook.run(cells[2]);
  // THEN it says which cell is in the way
  assert.equal(cells[2].states.at(-1), "not run: cell 2, which comes first, was stopped; change or reset it");
  // and the first, whose Python is gone, had said that it will run again
  assert.ok(cells[0].states.includes("ran; will run again first"));
  // WHEN the second is changed
  cells[1].source = () => "changed";
  await notebook.run(cells[2]);
  // THEN all three have run
  assert.deepEqual(engine.log.slice(-2), ["2", "3"]);
});
