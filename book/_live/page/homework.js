// The homework page: an answer per task, checked by the tests that grade it, progress kept in this browser.
import { allow, button, element } from "./elements.js";
import { sourceOf } from "./cell.js";
import { Stopped, Unable } from "./runner.js";

/** Checks of different answers, each unlike the given text, before the worked solution may be seen. */
export const HONEST_TRIES = 2;

/**
 * A cell of the assignment as the check needs it; `task` is the task that an answer or a test belongs to.
 * @typedef {import("../messages.js").AssignmentCell & {task?: string, points?: number, title?: string}} Cell
 */

/**
 * What the page keeps of a task.
 * @typedef {{answer: string, tried: string[], passed: string[]}} Progress
 */

/**
 * The cells to run for one task: everything up to its last test, other tasks' tests left out.
 * @param {Cell[]} cells
 * @param {string} task
 * @param {(task: string, given: string) => string} answerOf
 * @returns {import("../messages.js").AssignmentCell[]}
 */
export function cellsFor(cells, task, answerOf) {
  const last = cells.findLastIndex((cell) => cell.task === task);
  return cells
    .slice(0, last + 1)
    .filter((cell) => cell.kind !== "test" || cell.task === task)
    .map(({ kind, id, source, task: of }) => ({ kind, id, source: kind === "answer" && of ? answerOf(of, source) : source }));
}

/**
 * Whether the reader has tried honestly: solved it, or had different answers of their own checked.
 * @param {Progress} progress
 * @param {number} tests
 */
export function maySeeSolution(progress, tests) {
  return (tests > 0 && progress.passed.length === tests) || progress.tried.length >= HONEST_TRIES;
}

/**
 * @param {string} url
 * @returns {Promise<{cells: Cell[], solutions: Record<string, string>}>}
 */
async function loadTests(url) {
  const response = await fetch(url);
  if (!response.ok || !response.body) throw new Unable(response.status === 404 ? "outdated" : "network", `status ${response.status}`);
  return new Response(response.body.pipeThrough(new DecompressionStream("gzip"))).json();
}

class Task {
  /** @type {import("./editor.js").Editor|null} */
  #editor = null;
  /** @type {Progress} */
  progress;

  /**
   * @param {HTMLElement} section
   * @param {Homework} homework
   */
  constructor(section, homework) {
    this.section = section;
    this.homework = homework;
    this.id = section.dataset.task ?? "";
    /** @type {Record<string, number>} points of each test */
    this.worth = JSON.parse(section.dataset.tests ?? "{}");
    this.tests = Object.keys(this.worth).length;
    this.title = section.dataset.title ?? this.id;
    this.input = /** @type {HTMLElement} */ (section.querySelector(".cell_input"));
    this.starter = sourceOf(section);
    this.progress = homework.read(this.id) ?? { answer: this.starter, tried: [], passed: [] };
    this.results = element("ul", { class: "homework-results" });
    this.solution = element("div", { class: "homework-solution" });
    this.#buildToolbar();
    if (this.progress.answer !== this.starter) this.#pre.textContent = this.progress.answer;
    this.#showStanding();
  }

  get #pre() {
    return /** @type {HTMLElement} */ (this.input.querySelector("pre"));
  }

  #buildToolbar() {
    const { title } = this;
    this.editButton = button("Answer", `Answer: ${title}`, "live-edit", () => void this.edit());
    this.checkButton = button("Check", `Check: ${title}`, "live-run", () => void this.homework.check(this));
    this.resetButton = button("Start over", `Start over: ${title}`, "live-reset", () => this.reset());
    this.stopButton = button("Stop", `Stop: ${title}`, "live-stop", () => this.homework.stop());
    this.solutionButton = button("Worked solution", `Worked solution: ${title}`, "homework-show", () => void this.showSolution());
    allow(this.stopButton, false);
    this.state = element("span", { class: "live-state" });
    this.toolbar = element(
      "div",
      { class: "live-toolbar", role: "group", "aria-label": title },
      this.editButton,
      this.checkButton,
      this.resetButton,
      this.stopButton,
      this.solutionButton,
      this.state,
    );
    this.input.after(this.toolbar, this.results, this.solution);
    // Who clicks on the text to answer means to write there. The button is the way for the keyboard.
    this.#pre.addEventListener("click", () => void this.edit());
    this.section.classList.add("live-cell");
  }

  /** @param {HTMLElement} panel */
  place(panel) {
    this.toolbar?.after(panel);
  }

  answer() {
    return this.#editor?.text() ?? this.progress.answer;
  }

  async edit() {
    if (this.#editor === null) {
      let module;
      try {
        module = await this.homework.editor();
      } catch {
        this.say("the editor could not be loaded; check the connection and try again");
        return;
      }
      this.input.classList.add("live-editing");
      this.#editor ??= module.createEditor(this.input, this.progress.answer, {
        label: `Answer: ${this.title}`,
        onRun: () => void this.homework.check(this),
        onLeave: () => this.checkButton?.focus(),
        onChange: (text) => {
          this.progress.answer = text;
          this.#keep();
        },
      });
    }
    this.#editor.focus();
  }

  #keep() {
    if (!this.homework.write(this.id, this.progress)) this.say("this browser keeps your answer only while the page is open");
  }

  reset() {
    this.progress = { ...this.progress, answer: this.starter };
    this.#keep();
    this.#editor?.destroy();
    this.#editor = null;
    this.input.classList.remove("live-editing");
    this.#pre.textContent = this.starter;
    this.results.replaceChildren();
    this.say("");
  }

  /** @param {string} text */
  say(text) {
    if (this.state) this.state.textContent = text;
  }

  begin() {
    this.results.replaceChildren();
    this.#editor?.clearMark();
    if (this.stopButton) allow(this.stopButton, true);
    this.say("checking …");
  }

  end() {
    if (this.stopButton) allow(this.stopButton, false);
  }

  /**
   * @param {{id: string, passed: boolean, reason: string}[]} results
   * @param {Cell[]} tests
   * @param {import("../messages.js").ErrorOutput|undefined} failure of the answer itself
   */
  show(results, tests, failure) {
    if (failure) {
      const where = failure.line === null ? "" : ` in line ${failure.line}`;
      const why = failure.evalue ? `: ${failure.evalue}` : "";
      const title = `Your answer raised ${failure.ename}${where}${why}`;
      this.results.append(element("li", { class: "homework-failed" }, element("strong", {}, title)));
      if (failure.line !== null) this.#editor?.markLine(failure.line, `${failure.ename}: ${failure.evalue}`);
    }
    for (const { id, passed, reason } of results) {
      const test = tests.find((cell) => cell.id === id);
      const verdict = passed ? "passed" : "not yet";
      const line = element("li", { class: passed ? "homework-passed" : "homework-failed" }, element("strong", {}, `${test?.title ?? id}: ${verdict}`));
      if (reason) line.append(element("p", {}, reason));
      this.results.append(line);
    }
    const answer = this.answer();
    const { tried } = this.progress;
    if (answer.trim() !== this.starter.trim() && !tried.includes(answer)) tried.push(answer);
    this.progress.answer = answer;
    this.progress.passed = results.filter((result) => result.passed).map((result) => result.id);
    this.#keep();
    this.#showStanding();
  }

  #showStanding() {
    const { passed } = this.progress;
    const solved = this.tests > 0 && passed.length === this.tests;
    this.section.dataset.standing = solved ? "solved" : passed.length > 0 ? "partly" : "open";
    if (this.progress.tried.length > 0 || solved || this.results.childNodes.length > 0) {
      this.say(`${passed.length} of ${this.tests} ${this.tests === 1 ? "test" : "tests"} passed`);
    }
    if (this.solutionButton) {
      const may = maySeeSolution(this.progress, this.tests);
      allow(this.solutionButton, may);
      this.solutionButton.title = may ? "" : `Opens when your answer passes, or after ${HONEST_TRIES} different answers were checked.`;
    }
    this.homework.showStanding();
  }

  async showSolution() {
    if (this.solution.childNodes.length > 0) {
      this.solution.replaceChildren();
      return;
    }
    const text = await this.homework.solution(this);
    if (text === null) return;
    const pre = element("pre", { tabindex: "0" }, text);
    this.solution.append(element("p", {}, "One worked solution; others are as good:"), element("div", { class: "highlight" }, pre));
  }
}

class Homework {
  /** @type {Promise<{cells: Cell[], solutions: Record<string, string>}>|null} */
  #tests = null;
  #busy = false;
  /** @type {Task[]} */
  tasks = [];

  /**
   * @param {HTMLElement} container
   * @param {string} folder
   * @param {import("./notes.js").Notes} notes
   * @param {import("./announcer.js").Announcer} announcer
   * @param {import("./python.js").Python} python
   * @param {() => Promise<typeof import("./editor.js")>} editor
   */
  constructor(container, folder, notes, announcer, python, editor) {
    this.testsUrl = new URL(container.dataset.testsFile ?? "", folder).href;
    this.notes = notes;
    this.announcer = announcer;
    this.python = python;
    this.editor = editor;
    this.standing = /** @type {HTMLElement|null} */ (container.querySelector(".homework-standing"));
    const sections = /** @type {NodeListOf<HTMLElement>} */ (container.querySelectorAll("[data-task]"));
    for (const section of sections) this.tasks.push(new Task(section, this));
    this.showStanding();
  }

  /** @param {string} task @returns {Progress|null} */
  read(task) {
    try {
      const kept = JSON.parse(this.notes.read(`task:${task}`) ?? "null");
      return kept && Array.isArray(kept.tried) && Array.isArray(kept.passed) && typeof kept.answer === "string" ? kept : null;
    } catch {
      return null; // not ours
    }
  }

  /** @param {string} task @param {Progress} progress */
  write(task, progress) {
    return this.notes.write(`task:${task}`, JSON.stringify(progress));
  }

  showStanding() {
    if (!this.standing) return;
    let reached = 0;
    let total = 0;
    for (const { worth, progress } of this.tasks) {
      for (const [test, points] of Object.entries(worth)) {
        total += points;
        if (progress.passed.includes(test)) reached += points;
      }
    }
    this.standing.textContent = `${reached} of ${total} points`;
  }

  #load() {
    this.#tests ??= loadTests(this.testsUrl);
    this.#tests.catch(() => (this.#tests = null));
    return this.#tests;
  }

  /** @param {Task} task */
  async check(task) {
    if (this.#busy || !this.python.request((panel) => task.place(panel), () => void this.check(task))) return;
    this.#busy = true;
    task.begin();
    try {
      const { cells } = await this.#load();
      const answers = new Map(this.tasks.map((other) => [other.id, other.answer()]));
      const chosen = cellsFor(cells, task.id, (id, given) => answers.get(id) ?? given);
      const { results, failures } = await this.python.runner.check(chosen);
      const own = new Set(cells.filter((cell) => cell.kind === "answer" && cell.task === task.id).map((cell) => cell.id));
      task.show(results, cells, failures.find((failure) => own.has(failure.id)));
      const passed = results.filter((result) => result.passed).length;
      this.announcer.say(`${task.title}: ${passed} of ${results.length} tests passed.`);
    } catch (error) {
      this.#explain(error, task);
    } finally {
      this.#busy = false;
      task.end();
    }
  }

  /** @param {unknown} error @param {Task} task */
  #explain(error, task) {
    if (error instanceof Stopped) task.say("stopped");
    else {
      task.say("not checked");
      this.python.explain(error instanceof Unable ? error : new Unable("network", String(error)), (panel) => task.place(panel));
    }
  }

  /** @param {Task} task */
  async solution(task) {
    try {
      return (await this.#load()).solutions[task.id] ?? null;
    } catch (error) {
      this.#explain(error, task);
      return null;
    }
  }

  stop() {
    this.python.runner.stop();
  }
}

/**
 * @param {string} folder
 * @param {import("./notes.js").Notes} notes
 * @param {import("./announcer.js").Announcer} announcer
 * @param {import("./python.js").Python} python
 * @param {() => Promise<typeof import("./editor.js")>} editor
 */
export function attachHomework(folder, notes, announcer, python, editor) {
  const containers = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-homework]"));
  for (const container of containers) new Homework(container, folder, notes, announcer, python, editor);
}
