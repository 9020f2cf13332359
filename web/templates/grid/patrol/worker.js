const FILES = {{ files|tojson }};
const KEPT = {{ kept|tojson }};
// Answers for the town while there is no network: the page and what it needs, nothing that belongs to a case.
self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = async () => {
    for (const name of await caches.keys()) if (name.startsWith("patrol-") && name !== KEPT) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(old());
});

async function page(request) {
  const cache = await caches.open(KEPT);
  try {
    const answer = await fetch(request);
    if (answer.ok && answer.type === "basic") await cache.put(FILES[0], answer.clone());
    return answer;
  } catch (problem) {
    const kept = await cache.match(FILES[0]);
    if (!kept) throw problem;
    return kept;
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  const asked = address.pathname + address.search;
  if (request.mode === "navigate" && address.pathname === FILES[0]) event.respondWith(page(request));
  else if (FILES.includes(asked)) event.respondWith(caches.match(asked).then((kept) => kept ?? fetch(request)));
});
