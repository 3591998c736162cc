// The service worker of the interview page. The server puts VERSION and SHELL,
// the addresses to keep, in front of it. It keeps the page and its static files
// only: no answer of the API, nothing that belongs to a person.
"use strict";
const PREFIX = "phong-van-";
const NAME = PREFIX + VERSION;
const PAGE = SHELL[0];

// Fetched without cookies and past the browser's own cache.
self.addEventListener("install", (e) => {
  const requests = SHELL.map((url) => new Request(url, { cache: "reload", credentials: "omit" }));
  e.waitUntil(caches.open(NAME).then((cache) => cache.addAll(requests)));
});

self.addEventListener("activate", (e) => {
  const old = (names) => names.filter((n) => n.startsWith(PREFIX) && n !== NAME);
  e.waitUntil(caches.keys().then((names) => Promise.all(old(names).map((n) => caches.delete(n)))).then(() => self.clients.claim()));
});

// The page says when nobody is in the middle of an interview.
self.addEventListener("message", (e) => { if (e.data === "take-over") self.skipWaiting(); });

self.addEventListener("fetch", (e) => {
  const url = new URL(e.request.url);
  if (e.request.method !== "GET" || url.origin !== location.origin) return;
  const path = e.request.mode === "navigate" ? url.pathname.replace(/\/$/, "") : url.pathname;
  if (!SHELL.includes(path) || path === PAGE && e.request.mode !== "navigate") return;
  e.respondWith(caches.open(NAME).then((cache) => cache.match(path)).then((kept) => kept || fetch(e.request)));
});
