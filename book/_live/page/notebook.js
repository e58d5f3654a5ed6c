// Runs the cells of a page in order: earlier ones first when they have not run yet. The first cell starts the page afresh, and
// so does a cell that starts the cloud, run again: a lab can be repeated, with another seed for instance, without a word
// about restarting.
import { Stopped, Unable } from "./runner.js";

/**
 * What the notebook needs to know of a cell.
 * @typedef {object} Cell
 * @property {string} name in tracebacks and announcements
 * @property {boolean} mayFail whether the author expects an exception
 * @property {() => string} source
 * @property {(output: import("../messages.js").Output) => void} add
 * @property {() => void} begin output is cleared, the cell runs
 * @property {() => void} wait its turn will come
 * @property {(succeeded: boolean, milliseconds: number) => void} end
 * @property {(why: string) => void} leave it does not run after all
 */

/**
 * What the notebook needs of a `Runner`.
 * @typedef {Pick<import("./runner.js").Runner, "generation"|"run"|"start"|"stop">} Engine
 */

export class Notebook {
  /** @type {Map<Cell, number>} the generation of the worker that each cell ran in, to its end */
  #ran = new Map();
  /** @type {Map<Cell, number>} the generation that each cell last began in */
  #begun = new Map();
  /** @type {Map<Cell, string>} what was in a cell when it was stopped */
  #stopped = new Map();
  /** @type {Cell[]} */
  #waiting = [];
  #busy = false;
  #stopping = false;

  /**
   * @param {Engine} engine
   * @param {Cell[]} cells in the order of the page
   * @param {(error: Unable, cell: Cell) => void} onUnable
   */
  constructor(engine, cells, onUnable) {
    this.engine = engine;
    this.cells = cells;
    this.onUnable = onUnable;
  }

  get busy() {
    return this.#busy;
  }

  /**
   * Run a cell, after what it needs and after what was asked for before.
   * @param {Cell} cell
   */
  async run(cell) {
    if (this.#waiting.includes(cell)) return;
    this.#waiting.push(cell);
    cell.wait();
    if (this.#busy) return;
    this.#busy = true;
    this.#stopping = false;
    try {
      while (this.#waiting.length > 0) await this.#runWithEarlier(this.#waiting[0]);
    } finally {
      this.#busy = false;
    }
  }

  /** Stop whatever runs. The next run starts a new Python and repeats what is needed; the cells that ran say so. */
  stop() {
    this.#stopping = true;
    this.engine.stop();
    for (const cell of this.#ran.keys()) cell.leave("ran; will run again first");
    this.#ran.clear();
  }

  /**
   * The cells that must run before `cell`: those above it that have not run in this Python.
   * @param {Cell} cell
   */
  needed(cell) {
    return this.cells.slice(0, this.cells.indexOf(cell)).filter((other) => this.#ran.get(other) !== this.engine.generation);
  }

  /** @param {Cell} cell */
  async #runWithEarlier(cell) {
    try {
      // Python first: a new worker has run nothing.
      await this.engine.start();
      if (this.#startsAgain(cell)) this.#ran.clear();
      for (const earlier of this.needed(cell)) {
        const endless = this.#stopped.get(earlier) === earlier.source();
        if (!endless) earlier.wait();
        if (endless || !(await this.#runOne(earlier))) {
          this.#forget(cell);
          const why = endless ? "was stopped; change or reset it" : "failed";
          cell.leave(`not run: cell ${earlier.name}, which comes first, ${why}`);
          return;
        }
      }
      this.#forget(cell);
      await this.#runOne(cell);
    } catch (error) {
      this.#abandon(error, cell);
    }
  }

  /**
   * Whether `cell` would start a cloud beside the one it has started before.
   * @param {Cell} cell
   */
  #startsAgain(cell) {
    return this.#begun.get(cell) === this.engine.generation && cell.source().includes("lambdalab.start(");
  }

  /** @param {Cell} cell */
  async #runOne(cell) {
    cell.begin();
    this.#stopped.delete(cell);
    this.#begun.set(cell, this.engine.generation);
    let finished = false;
    const fresh = cell === this.cells[0];
    if (fresh) this.#ran.clear();
    try {
      const { succeeded, milliseconds } = await this.engine.run(cell.source(), cell.name, fresh, (output) => cell.add(output));
      finished = true;
      cell.end(succeeded, milliseconds);
      const passed = succeeded || cell.mayFail;
      if (passed) this.#ran.set(cell, this.engine.generation);
      else this.#ran.delete(cell);
      return passed;
    } finally {
      if (!finished && this.#stopping) this.#stopped.set(cell, cell.source());
      if (!finished) cell.leave(this.#stopping ? "stopped" : "not run");
    }
  }

  /** @param {Cell} cell */
  #forget(cell) {
    this.#waiting = this.#waiting.filter((other) => other !== cell);
  }

  /**
   * @param {unknown} error
   * @param {Cell} cell
   */
  #abandon(error, cell) {
    const left = new Set([cell, ...this.#waiting]);
    this.#waiting = [];
    for (const other of left) other.leave(error instanceof Stopped ? "stopped" : "not run");
    if (error instanceof Unable) this.onUnable(error, cell);
    else if (!(error instanceof Stopped)) throw error;
  }
}
