// Reasons why Python cannot run here, found before anything is loaded.

/**
 * `kind` "file": opened from a disk; "browser": too old; "memory": probably too small, the reader may try.
 * @typedef {{kind: "file"|"browser"|"memory", message: string}} Obstacle
 */

/** Python with boto3 and moto takes about 400 MB of the browser's memory. */
const ENOUGH_GIGABYTES = 2;

export const TOO_LITTLE_MEMORY =
  "This device has too little free memory for Python in the page, which takes about 400 MB. " +
  "Close other tabs and try again, or read on: every output on this page was made by running its cells.";

/**
 * @param {{protocol: string, deviceMemory: number|undefined, capable: boolean}} device
 * @returns {Obstacle|null}
 */
export function obstacle({ protocol, deviceMemory, capable }) {
  if (protocol === "file:") {
    return {
      kind: "file",
      message:
        "This page was opened from a file, and browsers start no Python from files. In a terminal, in the book's folder, run " +
        "“python3 -m http.server --bind 127.0.0.1” and open http://127.0.0.1:8000.",
    };
  }
  if (!capable) {
    return {
      kind: "browser",
      message: "This browser is too old to run Python in the page. A current Firefox, Chrome, Edge or Safari can.",
    };
  }
  if (deviceMemory !== undefined && deviceMemory < ENOUGH_GIGABYTES) {
    return { kind: "memory", message: TOO_LITTLE_MEMORY };
  }
  return null;
}

/** What this browser says about itself. */
export function thisDevice() {
  return {
    protocol: window.location.protocol,
    deviceMemory: /** @type {{deviceMemory?: number}} */ (navigator).deviceMemory,
    capable: typeof WebAssembly === "object" && typeof DecompressionStream === "function" && typeof Worker === "function",
  };
}
