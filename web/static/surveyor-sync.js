// Talking to the server: which campaigns there are, and handing over finished
// interviews. An item leaves the device only after the server's answer to that
// very item; its key makes a second sending harmless.
(function (app) {
  "use strict";
  const DATA = "/phong-van/du-lieu.json";
  const CHUNK = 50, FRESH = 10 * 60e3, EVERY = 60e3, FIRST_WAIT = 3e3, LONGEST_WAIT = 5 * 60e3, TIMEOUT = 60e3;
  const { store, say } = app;
  // state is what the screens show: "", "sending", "offline", "waiting",
  // "signIn" or "refused" with a sentence of the server.
  const sync = (app.sync = { state: "", why: "", login: "", run, download, forget, send: sendNow });
  let session = null, fetched = -FRESH, wait = FIRST_WAIT, notBefore = 0, timer = 0, held = "";
  const clock = () => performance.now(); // that of the device may be set back by hours

  class Refused extends Error {
    constructor(status, title) { super(title); this.status = status; }
  }

  // ask fetches JSON; it throws Refused for any answer but 2xx, anything else
  // when no whole answer came.
  async function ask(url, options) {
    const signal = AbortSignal.timeout ? AbortSignal.timeout(TIMEOUT) : undefined;
    const r = await fetch(url, { cache: "no-store", signal, ...options, headers: { Accept: "application/json", ...(options || {}).headers } });
    const body = await r.json().catch(() => null);
    if (r.ok && body) return body;
    if (r.ok) throw new Error("incomplete answer");
    throw new Refused(r.status, (body && body.title) || String(r.status));
  }

  function show(state, why) {
    sync.state = state;
    sync.why = why || "";
    dispatchEvent(new Event("surveyor-changed"));
  }

  // locked runs act unless another tab is at it.
  function locked(act) {
    if (!navigator.locks) return act();
    return navigator.locks.request("surveyor-sync", { ifAvailable: true }, (lock) => (lock ? act() : undefined));
  }

  // refresh asks who is signed in and keeps the open campaigns with their forms.
  async function refresh() {
    session = await ask(DATA);
    sync.login = session.login;
    await store.putFact("account", { login: session.login, name: session.name });
    const problems = [];
    for (const c of session.campaigns) {
      try {
        const { form, groups } = await ask(`/api/v1/campaigns/${encodeURIComponent(c.id)}/form`);
        await store.put("campaigns", { ...c, form, groups, open: true });
      } catch (e) {
        if (!(e instanceof Refused)) throw e;
        problems.push(say("surveyor.notDownloaded", c.title, e.message));
      }
    }
    await closeOthers(session.campaigns.map((c) => c.id));
    fetched = clock();
    await store.putFact("synced", Date.now());
    return problems;
  }

  // closeOthers forgets the campaigns that are not open any more, but keeps the
  // forms that interviews on this device still need to be shown.
  async function closeOthers(open) {
    const here = [...await store.all("queue"), ...await store.all("drafts")].map((i) => i.campaign);
    for (const c of await store.all("campaigns")) {
      if (open.includes(c.id)) continue;
      if (here.includes(c.id)) await store.put("campaigns", { ...c, open: false });
      else await store.remove("campaigns", c.id);
    }
  }

  // post sends items of one campaign and settles what the server said of each;
  // it returns how many it left for later.
  async function post(campaign, items) {
    const body = JSON.stringify({ items: items.map(({ key, unit, group, answers, started_at, finished_at }) => ({ key, unit, group, answers, started_at, finished_at })) });
    let answer;
    try {
      answer = await ask(`/api/v1/campaigns/${encodeURIComponent(campaign)}/responses:batch`, { method: "POST", body, headers: { "Content-Type": "application/json", "X-CSRF-Token": session.csrf } });
    } catch (e) {
      return refusedWhole(e, campaign, items);
    }
    const sent = [], refused = {}, keys = new Set(items.map((i) => i.key));
    for (const i of answer.items.filter((i) => keys.has(i.key))) {
      if (i.status === 200 || i.status === 201) sent.push(i.key);
      else if (i.status === 409) held = i.title; // paused, or closed to interviews: it may go on
      else if (i.status >= 400 && i.status < 500 && ![401, 403, 408, 429].includes(i.status)) refused[i.key] = sentences(i);
    }
    await store.settle(sent, refused);
    await store.putFact("synced", Date.now());
    return items.length - sent.length - Object.keys(refused).length;
  }
  const sentences = (i) => [...(i.title || !i.errors ? [{ field: "", message: i.title || String(i.status) }] : []), ...(i.errors || [])];

  // refusedWhole handles a call that was refused as a whole: smaller portions
  // find the item that is to blame; a campaign that is gone concerns them all.
  async function refusedWhole(e, campaign, items) {
    if (!(e instanceof Refused) || ![400, 404, 409, 410, 413, 422].includes(e.status)) throw e;
    const all = [404, 409, 410].includes(e.status);
    if (all || items.length === 1) {
      await store.settle([], Object.fromEntries(items.map((i) => [i.key, [{ field: "", message: e.message }]])));
      return 0;
    }
    const half = Math.ceil(items.length / 2);
    return await post(campaign, items.slice(0, half)) + await post(campaign, items.slice(half));
  }

  const mine = async () => (await store.all("queue")).filter((i) => i.state === "waiting" && i.owner === session.login);

  // sendAll sends the signed-in person's items, campaign by campaign.
  async function sendAll() {
    const items = (await mine()).sort((a, b) => (a.finished_at < b.finished_at ? -1 : 1));
    let left = 0;
    held = "";
    for (const campaign of new Set(items.map((i) => i.campaign))) {
      const part = items.filter((i) => i.campaign === campaign);
      for (let at = 0; at < part.length; at += CHUNK) {
        show("sending");
        left += await withSession(() => post(campaign, part.slice(at, at + CHUNK)));
      }
    }
    if (left) throw held ? new Refused(409, held) : new Error("left for later");
  }

  // withSession tries again with a new token when the session changed under us;
  // another person's items are then not ours to send.
  async function withSession(act) {
    try {
      return await act();
    } catch (e) {
      const before = session.login;
      if (e.status !== 403) throw e;
      await refresh();
      if (session.login !== before) throw new Error("somebody else signed in");
      return act();
    }
  }

  // once talks to the server one time and returns the problems of downloading.
  async function once(fresh) {
    let problems = [];
    if (fresh || !session || clock() - fetched > FRESH) problems = await refresh();
    await sendAll();
    return problems;
  }

  // run sends what waits, unless there is no network, it is too early after a
  // failure, or another tab does it.
  async function run(options) {
    const { force, fresh } = options || {};
    if (!navigator.onLine) { show("offline"); return []; }
    if (!force && clock() < notBefore) return [];
    try {
      const problems = await locked(() => once(fresh));
      wait = FIRST_WAIT;
      notBefore = 0;
      show("");
      return problems || [];
    } catch (e) {
      failed(e);
      return [];
    }
  }

  function failed(e) {
    clearTimeout(timer);
    notBefore = clock() + wait;
    timer = setTimeout(run, wait + 50);
    wait = Math.min(wait * 2, LONGEST_WAIT);
    if (e.status === 401) session = null;
    if (e.status === 401) show("signIn");
    else if (e instanceof Refused && e.status < 500 && e.status !== 429) show("refused", e.message);
    else show(navigator.onLine ? "waiting" : "offline");
  }

  function sendNow() { return run({ force: true }); }
  // forget drops what is known of the person signed in.
  function forget() {
    session = null;
    sync.login = "";
  }
  function download() { return run({ force: true, fresh: true }); }

  addEventListener("online", sendNow);
  addEventListener("offline", () => show("offline"));
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") run(); });
  setInterval(run, EVERY);
})(window.surveyor = window.surveyor || {});
