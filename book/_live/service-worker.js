// Keeps the runtime's files, so that the second visit loads nothing. Its scope is the folder it lies in: it never sees
// the book's pages. The list of files is part of this script, so a new deployment is a new script: the browser installs
// it, and it drops what the old one kept.

/** @type {ServiceWorkerGlobalScope} */
const worker = /** @type {any} */ (self);
const folder = new URL("./", worker.location.href).href;
// Two books on one host have one store: the folder keeps their caches apart.
const prefix = `lambdalab-live ${folder} `;
const cacheName = prefix + MANIFEST.version;
const kept = new Set([MANIFEST.worker, MANIFEST.editor, ...MANIFEST.files.map((file) => file.url)].map((url) => folder + url));

worker.addEventListener("install", () => void worker.skipWaiting());

worker.addEventListener("activate", (event) => event.waitUntil(dropOldCaches().then(() => worker.clients.claim())));

worker.addEventListener("fetch", (event) => {
  if (event.request.method === "GET" && kept.has(event.request.url)) event.respondWith(answer(event));
});

async function dropOldCaches() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(prefix) && name !== cacheName);
  const fresh = await caches.open(cacheName);
  // Files are named after their contents: what did not change need not travel again.
  for (const name of old) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const response = kept.has(request.url) ? await cache.match(request) : undefined;
      if (response) await fresh.put(request, response);
    }
    await caches.delete(name);
  }
}

/** @param {FetchEvent} event */
async function answer(event) {
  const { request } = event;
  let cache;
  try {
    cache = await caches.open(cacheName);
    const stored = await cache.match(request);
    if (stored) return stored;
  } catch {
    // Storage is blocked or full: the network alone will do.
    return fetch(request);
  }
  const response = await fetch(request);
  if (response.ok) {
    // A full disk must not spoil the load that is going on.
    event.waitUntil(cache.put(request, response.clone()).catch(() => undefined));
  }
  return response;
}
