// Reads tar archives (the ustar form that book/_bundle writes) without Python's help: that would cost most of a second.

const BLOCK = 512;
const decoder = new TextDecoder();

/**
 * @param {Uint8Array} header
 * @param {number} start
 * @param {number} length
 */
function text(header, start, length) {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return decoder.decode(end < 0 ? field : field.subarray(0, end));
}

/**
 * The regular files of an archive, in order. Contents are views into `archive`, not copies.
 * @param {Uint8Array} archive
 * @returns {Generator<{name: string, content: Uint8Array}>}
 */
export function* entries(archive) {
  let at = 0;
  while (at + BLOCK <= archive.length && archive[at] !== 0) {
    const header = archive.subarray(at, at + BLOCK);
    const size = parseInt(text(header, 124, 12), 8);
    const type = String.fromCharCode(header[156]);
    if (Number.isNaN(size) || text(header, 257, 5) !== "ustar") throw new Error(`Not a tar archive at byte ${at}.`);
    if (type !== "0" && type !== "\0") throw new Error(`The archive has an entry of unexpected type ${type}.`);
    const prefix = text(header, 345, 155);
    const name = text(header, 0, 100);
    const begin = at + BLOCK;
    if (begin + size > archive.length) throw new Error("The archive is cut short.");
    yield { name: prefix ? `${prefix}/${name}` : name, content: archive.subarray(begin, begin + size) };
    at = begin + Math.ceil(size / BLOCK) * BLOCK;
  }
}

/**
 * Write an archive into a file system.
 * @param {{mkdirTree(path: string): void, writeFile(path: string, content: Uint8Array): void}} fileSystem Emscripten's FS
 * @param {Uint8Array} archive
 * @param {string} folder
 */
export function unpack(fileSystem, archive, folder) {
  const made = new Set();
  for (const { name, content } of entries(archive)) {
    const path = `${folder}/${name}`;
    const parent = path.slice(0, path.lastIndexOf("/"));
    if (!made.has(parent)) {
      fileSystem.mkdirTree(parent);
      made.add(parent);
    }
    fileSystem.writeFile(path, content);
  }
}
