// The survey on a shared device: each person finds an empty form, and answers
// that cannot be sent wait in a queue while the next person answers. A filled
// form leaves the queue only when the server has acknowledged it.
(function () {
  "use strict";
  const $ = (s, root) => (root || document).querySelector(s);
  const form = $("form[data-idle]");
  if (!form) return;
  const say = form.dataset, name = "kiosk " + location.pathname, answering = $("[data-answering]");
  const thanks = $("[data-thanks-panel]"), asking = $("[data-idle-panel]"), unsent = $("[data-unsent]"), kept = $("[data-restored]");
  const REFUSED = 7 * 86400000; // how long a refused form is counted; then its answers go
  const WAIT = 5000; // how long a person waits for the receipt
  const LOOKED = 30000; // how long answers may take from one look of the page to the other
  // The clock of the device may be wrong and be set at any time, and the other
  // one stands while the device sleeps: what has passed is the more of the two.
  const now = () => ({ wall: Date.now(), steady: performance.now() });
  const since = (t) => Math.max(Date.now() - t.wall, performance.now() - t.steady) / 1000;
  const ahead = Date.now() - 1000 * form.elements.started.value; // of the server
  let queue = [], refused = 0, touched = now(), dirty = false, shown = null, busy = false, retry = 3000, timer = 0;

  // The queue is the only thing the device keeps; another tab may share it.
  function load() { try { queue = (JSON.parse(localStorage.getItem(name)) || []).filter((q) => !q.refused || Date.now() - q.at < REFUSED); } catch (e) { /* in memory only */ } }
  function change(act) {
    load();
    act();
    try { localStorage.setItem(name, JSON.stringify(queue)); } catch (e) { /* in memory only */ }
    count();
  }
  function count() {
    const waiting = queue.filter((q) => !q.refused).length;
    refused = queue.length - waiting;
    unsent.textContent = [waiting && unsent.dataset.text.replace("{n}", waiting), refused && unsent.dataset.refused.replace("{n}", refused)].filter(Boolean).join(" · ");
  }

  const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join("");
  function again() { // the next person
    form.reset();
    Array.from(form.querySelectorAll("[checked]")).forEach((e) => { e.checked = false; });
    Array.from(form.querySelectorAll("textarea,input[type=text],input[type=date]")).forEach((e) => { e.value = ""; });
    form.elements.key.value = newKey();
    form.elements.started.value = Math.floor((Date.now() - ahead) / 1000);
    document.querySelectorAll("#loi,#dung").forEach((e) => e.remove());
    dirty = false;
    shown = null;
    thanks.hidden = asking.hidden = true;
    answering.hidden = false;
    form.dispatchEvent(new Event("again"));
    scrollTo(0, 0);
    const q = new URLSearchParams(location.search);
    if (q.has("lang") || q.has("chu") || "kept" in say) if (navigator.onLine && !queue.some((e) => !e.refused)) location.replace(location.pathname);
  }

  // Whoever asks for another language or size in the middle finds the answers
  // again, for one load of the page; the consent is asked anew.
  function carry(e) {
    if (!navigator.onLine) e.preventDefault(); // the page would be gone
    if (!navigator.onLine || shown) return; // what was sent is nobody's any more
    const values = Array.from(new FormData(form)).filter((v) => v[0] === "group" || v[0].startsWith("a."));
    try { sessionStorage.setItem(name, JSON.stringify({ at: now().wall, values })); } catch (err) { /* they are asked again */ }
  }
  function carried() {
    let c = null;
    try { c = JSON.parse(sessionStorage.getItem(name)); sessionStorage.removeItem(name); } catch (e) { /* none */ }
    if (!c || "kept" in say || Math.abs(Date.now() - c.at) > LOOKED) return;
    c.values.forEach(([field, value]) => Array.from(form.elements).forEach((e) => {
      if (e.name !== field) return;
      if (e.type === "radio" || e.type === "checkbox") e.checked = e.checked || e.value === value; else e.value = value;
    }));
    dirty = c.values.length > 0;
    form.dispatchEvent(new Event("again"));
  }
  function thank(receipt) {
    answering.hidden = true;
    asking.hidden = true;
    thanks.hidden = false;
    const sent = Boolean(receipt);
    $("[data-thanks-sent]").hidden = $("[data-code]").hidden = !sent;
    $("[data-thanks-kept]").hidden = sent;
    $("[data-receipt]").textContent = sent ? receipt.match(/.{1,4}/g).join("-") : "";
    shown = now();
    $("h2", thanks).focus();
  }

  // send tries one filled form: a receipt, "refused", or "" to try again later.
  async function send(item) {
    const waited = Math.max(0, Math.round((Date.now() - item.at) / 1000)); // it may be sent after the survey has closed
    const r = await fetch(item.to, { method: "POST", headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" }, body: item.body + "&cho=" + waited, signal: AbortSignal.timeout ? AbortSignal.timeout(30000) : undefined });
    if (r.ok) return (await r.json()).receipt;
    if (r.status === 401) { location.replace(location.pathname); return ""; } // the shift has ended: the PIN is asked
    return r.status < 500 && ![408, 409, 429].includes(r.status) ? "refused" : ""; // 409: it is paused for a while
  }
  async function flush() {
    if (busy) return;
    busy = true;
    clearTimeout(timer);
    load();
    for (const item of queue.filter((q) => !q.refused)) {
      let got = "";
      try { got = await send(item); } catch (e) { /* no network */ }
      if (!got) { timer = setTimeout(flush, retry); retry = Math.min(retry * 2, 60000); break; }
      retry = 3000;
      change(() => {
        if (got === "refused") queue.forEach((q) => { if (q.key === item.key) q.refused = true; });
        else queue = queue.filter((q) => q.key !== item.key);
      });
      form.dispatchEvent(new CustomEvent("receipt", { detail: { key: item.key, got } }));
    }
    busy = false;
  }
  function done() {
    const key = form.elements.key.value, body = String(new URLSearchParams(new FormData(form)));
    change(() => queue.push({ key, body, to: location.pathname, at: Date.now() }));
    const button = $("[data-send]");
    button.disabled = true;
    let over = false;
    const finish = (got) => {
      if (over) return;
      over = true;
      form.removeEventListener("receipt", told);
      button.disabled = false;
      if (got !== "refused") { thank(got); return; }
      change(() => { queue = queue.filter((q) => q.key !== key); }); // the person is still here to mend it
      form.submit();
    };
    const told = (e) => { if (e.detail.key === key) finish(e.detail.got); };
    form.addEventListener("receipt", told);
    setTimeout(() => finish(""), navigator.onLine ? WAIT : 0);
    flush();
  }

  form.addEventListener("done", done);
  form.addEventListener("input", () => { dirty = true; });
  ["pointerdown", "keydown", "input", "scroll"].forEach((e) => addEventListener(e, () => { touched = now(); if (!asking.hidden) asking.hidden = true; }, { passive: true, capture: true }));
  $("[data-person]").onclick = again;
  $("[data-stay]").onclick = () => { touched = now(); asking.hidden = true; };
  document.querySelectorAll("[data-look]").forEach((a) => { a.addEventListener("click", carry); });
  addEventListener("pageshow", (e) => { if (e.persisted) again(); }); // back at a page that somebody left
  addEventListener("online", () => { retry = 3000; flush(); });
  setInterval(() => {
    const still = since(touched);
    if (shown) {
      const left = Math.ceil(Number(say.thanks) - since(shown)), p = $("[data-count]", thanks);
      p.textContent = p.dataset.text.replace("{n}", Math.max(left, 0));
      if (left <= 0) { touched = now(); again(); }
      return;
    }
    const begun = dirty || !$("[data-js]").hidden || $("#loi,#dung") || location.search;
    if (!begun || still < Number(say.idle)) { asking.hidden = true; return; }
    const left = Math.ceil(Number(say.idle) + Number(say.warning) - still), p = $("[data-count]", asking);
    p.textContent = p.dataset.text.replace("{n}", Math.max(left, 0));
    asking.hidden = false;
    if (left <= 0) { touched = now(); again(); }
  }, 500);
  kept.remove();
  carried();
  change(() => {});
  flush();
})();
