// Names for cells that survive edits elsewhere on the page: a digest of what the author wrote.

/**
 * FNV-1a, 32 bits, as eight hexadecimal digits. Not for secrets.
 * @param {string} text
 */
export function digest(text) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash.toString(16).padStart(8, "0");
}

/**
 * One identifier per source, in order; equal sources are told apart by a number.
 * @param {string[]} sources
 */
export function identify(sources) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return sources.map((source) => {
    const name = digest(source);
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}-${count}`;
  });
}
