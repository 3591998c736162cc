// Starts the interview page: the service worker, the screens by address, and
// the buttons of the device.
(function (app) {
  "use strict";
  const { say, store, sync, screens } = app;
  const WORKER = "/phong-van/sw.js", SCOPE = "/phong-van";
  const $ = (s) => document.querySelector(s), all = (s) => Array.from(document.querySelectorAll(s));
  let shown = "", stale = false, install = null;

  app.go = (hash) => { if (location.hash === hash) route(); else location.hash = hash; };
  app.lost = () => { app.notice(say("surveyor.missing")); location.replace("#/"); };
  app.alert = (text) => message("[data-alert]", text);
  app.notice = (text) => message("[data-done]", text);
  function message(selector, text) {
    $(selector).textContent = text;
    $(selector).hidden = !text;
    if (text) scrollTo(0, 0);
  }

  const routes = [
    [/^#\/dot\/([^/]+)$/, "units"], [/^#\/phieu\/([^/]+)$/, "interview"], [/^#\/hang-doi$/, "queue"], [/^#\/hang-doi\/([^/]+)$/, "item"], [/^/, "home"],
  ];
  function where() {
    const found = routes.find(([pattern]) => pattern.test(location.hash));
    return { name: found[1], arg: (location.hash.match(found[0]) || [])[1] };
  }

  // route shows the screen that the address names.
  async function route() {
    const fresh = location.hash.match(/^#\/moi\/([^/]+)\/([^/]+)$/);
    if (fresh) return app.begin(fresh[1], fresh[2]);
    const { name, arg } = where();
    if (app.typing) app.leave();
    if (stale && name !== "interview") return location.reload();
    app.alert("");
    if (shown) $("#tim").value = "";
    if (name !== "home") app.notice("");
    await screens[name](arg);
    if (where().name !== name) return undefined; // it led elsewhere
    all("[data-screen]").forEach((s) => { s.hidden = s.dataset.screen !== name; });
    scrollTo(0, 0);
    if (shown) $(`[data-screen=${name}] h1`).focus();
    shown = name;
    takeOver();
    return undefined;
  }

  // refresh shows what changed elsewhere; an interview is left alone.
  let refreshing = false;
  async function refresh() {
    if (refreshing) return;
    refreshing = true;
    await Promise.resolve();
    refreshing = false;
    await app.band();
    if (shown === "home" || shown === "queue") await screens[shown]();
  }

  // takeOver lets a new version of the page in while nobody is interviewing, in
  // any tab; each tab then loads it when it is idle itself.
  let registration = null;
  function takeOver() {
    if (!registration || !registration.waiting || app.typing) return;
    const act = () => registration.waiting && registration.waiting.postMessage("take-over");
    if (navigator.locks) navigator.locks.request("surveyor-typing", { ifAvailable: true }, (lock) => lock && act());
    else act();
  }
  async function worker() {
    if (!("serviceWorker" in navigator)) return;
    let controlled = !!navigator.serviceWorker.controller;
    navigator.serviceWorker.addEventListener("controllerchange", () => {
      stale = controlled; // the very first worker brings nothing new
      controlled = true;
      if (!stale) return;
      if (shown !== "interview") location.reload();
    });
    registration = await navigator.serviceWorker.register(WORKER, { scope: SCOPE, updateViaCache: "none" });
    registration.addEventListener("updatefound", () => {
      const next = registration.installing;
      next.addEventListener("statechange", () => { if (next.state === "installed") takeOver(); });
    });
    takeOver();
  }

  async function wipe() {
    const [queue, drafts] = await Promise.all([store.all("queue"), store.all("drafts")]);
    if (!await app.ask(say("surveyor.wipeAsk", queue.length, drafts.length), say("surveyor.yesDelete"))) return;
    await store.wipe();
    sync.forget();
    app.notice(say("surveyor.wiped"));
  }

  async function download() {
    const problems = await sync.download();
    const n = (await store.all("campaigns")).filter((c) => c.open).length;
    $("[data-result]").textContent = problems.length ? problems.join(" ") : sync.state ? "" : say("surveyor.downloaded", n);
  }

  all("[data-send]").forEach((b) => { b.onclick = () => sync.send(); });
  $("[data-download]").onclick = download;
  $("[data-wipe]").onclick = wipe;
  addEventListener("hashchange", route);
  addEventListener("surveyor-changed", refresh);
  addEventListener("unhandledrejection", (e) => app.alert(say("surveyor.failed", e.reason && (e.reason.message || e.reason.name))));
  addEventListener("beforeinstallprompt", (e) => {
    e.preventDefault();
    install = e;
    $("[data-install]").hidden = false;
  });
  $("[data-install]").onclick = () => { install.prompt(); $("[data-install]").hidden = true; };

  async function start() {
    try {
      await store.all("meta");
    } catch (e) {
      app.alert(say("surveyor.noStore"));
      return;
    }
    if (navigator.storage && navigator.storage.persist) await navigator.storage.persist();
    worker();
    await app.band();
    await route();
    sync.download();
  }
  start();
})(window.surveyor = window.surveyor || {});
