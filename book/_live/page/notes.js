// What the reader wrote, kept in this browser only. Where storage is blocked it is kept until the page is left.

export class Notes {
  /** @type {Map<string, string>} */
  #here = new Map();
  #storage;
  #prefix;

  /**
   * @param {Pick<Storage, "getItem"|"setItem"|"removeItem">|null} storage
   * @param {string} page what tells this page from others of the host
   */
  constructor(storage, page) {
    this.#storage = storage;
    this.#prefix = `lambdalab:${page}:`;
  }

  /** @param {string} name */
  read(name) {
    const here = this.#here.get(name);
    if (here !== undefined) return here;
    try {
      return this.#storage?.getItem(this.#prefix + name) ?? null;
    } catch {
      return null; // blocked, see above
    }
  }

  /**
   * @param {string} name
   * @param {string} text
   * @returns {boolean} whether it outlives the page
   */
  write(name, text) {
    this.#here.set(name, text);
    try {
      this.#storage?.setItem(this.#prefix + name, text);
      return this.#storage !== null;
    } catch {
      return false; // blocked or full
    }
  }

  /** @param {string} name */
  remove(name) {
    this.#here.delete(name);
    try {
      this.#storage?.removeItem(this.#prefix + name);
    } catch {
      // blocked: then there was nothing to remove
    }
  }
}

/** The browser's local storage; null where even asking for it is refused. */
export function localStorageOrNull() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
