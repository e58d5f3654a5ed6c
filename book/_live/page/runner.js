// The page's side of the worker: starts it at the first request, ends it on stop, starts another when needed.

/** The reader pressed Stop. */
export class Stopped extends Error {}

/** Python could not be started, or broke. */
export class Unable extends Error {
  /**
   * @param {"memory"|"outdated"|"network"|"other"} reason
   * @param {string} message
   */
  constructor(reason, message) {
    super(message);
    this.reason = reason;
  }
}

/**
 * @typedef {{resolve: (value: any) => void, reject: (error: Error) => void, output: (output: import("../messages.js").Output) => void}} Pending
 */

export class Runner {
  /** Counts workers: what ran in an earlier one is forgotten. */
  generation = 0;
  /** @type {Record<string, number>} milliseconds from the start of the worker to each step */
  marks = {};
  heapBytes = 0;
  /** @type {Worker|null} */
  #worker = null;
  /** @type {Promise<void>|null} */
  #ready = null;
  /** @type {Map<number, Pending>} */
  #pending = new Map();
  /** @type {((error: Error) => void)|null} */
  #giveUp = null;
  #lastId = 0;

  /**
   * @param {import("../messages.js").Manifest} manifest
   * @param {string} folder URL of the folder of `live.js`
   * @param {() => Promise<void>} prepare awaited before the first load
   * @param {(loaded: number, total: number) => void} onProgress
   */
  constructor(manifest, folder, prepare, onProgress) {
    this.manifest = manifest;
    this.folder = folder;
    this.prepare = prepare;
    this.onProgress = onProgress;
    this.totalBytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  }

  /** Whether Python is running or on its way. */
  get started() {
    return this.#ready !== null;
  }

  /** Load and start Python, once. */
  start() {
    this.#ready ??= this.#boot();
    return this.#ready;
  }

  /**
   * Run a cell.
   * @param {string} source
   * @param {string} name in tracebacks
   * @param {boolean} fresh forget what ran before
   * @param {(output: import("../messages.js").Output) => void} output
   * @returns {Promise<{succeeded: boolean, milliseconds: number}>}
   */
  async run(source, name, fresh, output) {
    await this.start();
    const { result, milliseconds } = await this.#ask({ type: "run", source, name, fresh }, output);
    return { succeeded: result.succeeded, milliseconds };
  }

  /**
   * Check an answer of an assignment, in a fresh namespace.
   * @param {import("../messages.js").AssignmentCell[]} cells
   * @returns {Promise<{results: {id: string, passed: boolean, reason: string}[], failures: ({id: string} & import("../messages.js").ErrorOutput)[]}>}
   */
  async check(cells) {
    await this.start();
    const { result } = await this.#ask({ type: "check", cells }, () => undefined);
    this.generation += 1; // the check cleared the namespace that the page's cells had
    return result;
  }

  /** End the worker, whatever it is doing. */
  stop() {
    this.#end(new Stopped("Stopped."));
  }

  /** @param {Error} error */
  #end(error) {
    this.#worker?.terminate();
    this.#worker = null;
    this.#ready = null;
    this.#giveUp?.(error);
    this.#giveUp = null;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }

  async #boot() {
    this.generation += 1;
    const started = new Promise((/** @type {(value?: undefined) => void} */ resolve, reject) => {
      this.#giveUp = reject;
      this.prepare().then(() => this.#open(resolve), reject);
    });
    await started;
    this.#giveUp = null;
  }

  /** @param {() => void} ready */
  #open(ready) {
    const generation = this.generation;
    if (this.#giveUp === null) return; // stopped meanwhile
    const worker = new Worker(new URL(this.manifest.worker, this.folder), { type: "module", name: "Python" });
    this.#worker = worker;
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      if (generation === this.generation) this.#end(new Unable("other", event.message || "The worker could not be started."));
    });
    worker.addEventListener("message", ({ data }) => {
      if (worker === this.#worker) this.#hear(data, ready);
    });
    const files = this.manifest.files.map((file) => ({ ...file, url: new URL(file.url, this.folder).href }));
    worker.postMessage({ type: "start", files });
  }

  /**
   * @param {import("../messages.js").Report} report
   * @param {() => void} ready
   */
  #hear(report, ready) {
    switch (report.type) {
      case "progress":
        this.onProgress(report.loaded, this.totalBytes);
        break;
      case "ready":
        this.marks = report.milliseconds;
        ready();
        break;
      case "output":
        this.#pending.get(report.id)?.output(report.output);
        break;
      case "done":
        this.heapBytes = report.heapBytes;
        this.#pending.get(report.id)?.resolve(report);
        this.#pending.delete(report.id);
        break;
      case "unable":
        this.#end(new Unable(report.reason, report.message));
        break;
    }
  }

  /**
   * @param {{type: "run", source: string, name: string, fresh: boolean}|{type: "check", cells: import("../messages.js").AssignmentCell[]}} request
   * @param {(output: import("../messages.js").Output) => void} output
   * @returns {Promise<import("../messages.js").DoneReport>}
   */
  #ask(request, output) {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, output });
      this.#worker?.postMessage({ ...request, id });
    });
  }
}

/**
 * Register the service worker that keeps the runtime. A second's patience: without it everything works, only the next
 * visit loads again.
 * @param {string} folder
 */
export async function keepRuntime(folder) {
  try {
    const registration = await navigator.serviceWorker.register(new URL("service-worker.js", folder), {
      scope: folder,
      updateViaCache: "none",
    });
    // A browser looks for a new deployment's script in its own time; this visit's load should be kept by the new one.
    if (registration.active) await registration.update();
    const worker = registration.installing ?? registration.waiting ?? registration.active;
    if (!worker || worker.state === "activated") return;
    await new Promise((resolve) => {
      worker.addEventListener("statechange", () => {
        if (worker.state === "activated" || worker.state === "redundant") resolve(undefined);
      });
      setTimeout(resolve, 1000);
    });
  } catch {
    // Service workers are blocked or missing (private windows, plain http): the browser's own cache has to do.
  }
}
