// Fetches the runtime's files: all at once, inflated on the way, counting the bytes that arrived.

/** The server has no such file any more: the page is older than the site. */
export class Outdated extends Error {}

/** The server could not be reached. */
export class Unreachable extends Error {}

/**
 * @param {import("../messages.js").RuntimeFile} file
 * @param {(bytes: number) => void} arrived told of every piece
 * @returns {Promise<ReadableStream<Uint8Array>>} the inflated content
 */
export async function open(file, arrived) {
  let response;
  try {
    response = await fetch(file.url);
  } catch (error) {
    throw new Unreachable(`${file.url}: ${error}`);
  }
  if (response.status === 404) throw new Outdated(file.url);
  if (!response.ok || !response.body) throw new Unreachable(`${file.url}: status ${response.status}`);
  const counter = new TransformStream({
    transform(piece, controller) {
      arrived(piece.byteLength);
      controller.enqueue(piece);
    },
  });
  return response.body.pipeThrough(counter).pipeThrough(new DecompressionStream("gzip"));
}

/**
 * @param {import("../messages.js").RuntimeFile} file
 * @param {(bytes: number) => void} arrived
 */
export async function load(file, arrived) {
  return new Uint8Array(await new Response(await open(file, arrived)).arrayBuffer());
}
