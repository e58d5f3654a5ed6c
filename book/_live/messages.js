// What page and worker say to each other, and the shapes both know. Types only.

/**
 * A file of the runtime. `bytes` is what travels; it is known before the load begins.
 * @typedef {{name: "python"|"glue"|"library"|"packages"|"course", url: string, bytes: number}} RuntimeFile
 */

/**
 * What the build knows of its own result. URLs are relative to the folder of `live.js`.
 * @typedef {{version: string, files: RuntimeFile[], worker: string, editor: string}} Manifest
 */

/**
 * One output of a cell, in a notebook's shape, with `line` added to errors.
 * @typedef {{output_type: "stream", name: "stdout"|"stderr", text: string}} StreamOutput
 * @typedef {{output_type: "display_data"|"execute_result", data: Record<string, any>, metadata: object}} DataOutput
 * @typedef {{output_type: "error", ename: string, evalue: string, traceback: string[], line: number|null}} ErrorOutput
 * @typedef {{output_type: "clear_output", wait: boolean}} ClearOutput
 * @typedef {StreamOutput|DataOutput|ErrorOutput|ClearOutput} Output
 */

/**
 * A cell of an assignment, as the check runs it.
 * @typedef {{kind: "given"|"answer"|"test", id: string, source: string}} AssignmentCell
 */

/**
 * @typedef {{type: "start", files: RuntimeFile[]}} StartRequest
 * `fresh` asks for a reset before: what ran so far is forgotten.
 * @typedef {{type: "run", id: number, source: string, name: string, fresh: boolean}} RunRequest
 * @typedef {{type: "check", id: number, cells: AssignmentCell[]}} CheckRequest
 * @typedef {StartRequest|RunRequest|CheckRequest} Request
 */

/**
 * `reason` of a failed start: "memory", "outdated" (a file of this version is no longer on the server), "network" or "other".
 * @typedef {{type: "progress", loaded: number}} ProgressReport
 * @typedef {{type: "ready", milliseconds: Record<string, number>}} ReadyReport
 * @typedef {{type: "unable", reason: "memory"|"outdated"|"network"|"other", message: string}} UnableReport
 * @typedef {{type: "output", id: number, output: Output}} OutputReport
 * @typedef {{type: "done", id: number, result: any, milliseconds: number, heapBytes: number}} DoneReport
 * @typedef {ProgressReport|ReadyReport|UnableReport|OutputReport|DoneReport} Report
 */

export {};
