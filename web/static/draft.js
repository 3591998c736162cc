// Keeps unsent answers on the device and sends them, again after a lost
// connection. The consent and the invitation are never kept with the answers.
(function () {
  "use strict";
  const KEEP = 30 * 86400000;
  const $ = (s) => document.querySelector(s), all = (s) => Array.from(document.querySelectorAll(s));
  const box = (act) => { try { return act(localStorage); } catch (e) { return null; } }; // it may be forbidden
  const tab = (act) => { try { return act(sessionStorage); } catch (e) { return null; } }; // until the tab is closed
  const drop = (name) => box((b) => b.removeItem(name));
  const place = location.pathname;

  const sent = $("[data-sent]");
  if (sent) { // the draft that led here is done with, and so are its key and invitation
    const path = place.replace(/\/xong$/, "");
    drop(tab((b) => b.getItem("draft " + path)) || sent.dataset.sent);
    tab((b) => { b.setItem("done " + path, b.getItem("key " + path) || ""); b.removeItem("t " + path); });
    return;
  }
  const form = $("form[data-draft]");
  if (!form || "idle" in form.dataset) return;
  const say = form.dataset, send = $("[data-send]"), key = form.elements.key, token = form.elements.token;
  let busy = false, wait = 3000, timer = 0, tick = 0, other = false, pending = false;
  const check = () => form.querySelector("input[data-challenge]");

  // The invitation leaves the address bar; this tab remembers it for a reload.
  const query = new URLSearchParams(location.search), kept = tab((b) => b.getItem("t " + place));
  if (query.has("t")) {
    tab((b) => b.setItem("t " + place, query.get("t")));
    query.delete("t");
    history.replaceState(null, "", place + (String(query) && "?" + query));
  } else if (kept && !token && !("kept" in say)) {
    query.set("t", kept);
    location.replace(place + "?" + query);
    return;
  }

  function newKey() {
    key.value = Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join("");
    other = false;
  }
  // A key that was accepted is for those answers alone; others need a new one.
  const fresh = () => { if (other || key.value === tab((b) => b.getItem("done " + place))) newKey(); };
  function save() {
    fresh();
    const values = Array.from(new FormData(form)).filter((v) => !["consent", "token", "altcha"].includes(v[0]));
    box((b) => b.setItem(say.draft, JSON.stringify({ at: Date.now(), form: say.form, values })));
  }
  function restore() {
    const d = box((b) => JSON.parse(b.getItem(say.draft)));
    if (!d || Date.now() - d.at > KEEP || !d.values.some((v) => v[0].startsWith("a.") && v[1])) return;
    if (d.form !== say.form) {
      drop(say.draft);
      $("[data-changed]").hidden = false;
      return;
    }
    d.values.forEach((v) => Array.from(form.elements).forEach((e) => {
      if (e.name !== v[0]) return;
      if (e.type === "radio" || e.type === "checkbox") e.checked = e.checked || e.value === v[1]; else e.value = v[1];
    }));
    fresh();
    $("[data-restored]").hidden = false;
    form.dispatchEvent(new Event("again"));
  }

  function status(text, look) {
    const s = $("[data-status]");
    s.className = text ? "notice " + look : "";
    s.textContent = text;
  }
  function idle() { busy = send.disabled = false; clearInterval(tick); }
  function later(ms) { // counts down in words
    let left = Math.round(ms / 1000);
    const show = () => status((navigator.onLine ? say.busy : say.offline).replace("{n}", Math.max(left--, 0)), "warn");
    show();
    tick = setInterval(show, 1000);
    timer = setTimeout(post, ms);
  }
  // The key stays the same: it counts once.
  function post() {
    if (busy) return;
    if (check() && !check().value) { pending = true; return; } // it says itself what it is doing
    pending = false;
    fresh();
    tab((b) => { b.setItem("draft " + place, say.draft); b.setItem("key " + place, key.value); });
    busy = send.disabled = true;
    clearTimeout(timer);
    clearInterval(tick);
    status(say.sending, "");
    const signal = AbortSignal.timeout ? AbortSignal.timeout(30000) : undefined;
    fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), signal }).then((r) => {
      if (r.redirected) location.replace(r.url); // which erases the draft
      else if (r.status === 429) return r.text().then((page) => { if (!asked(page)) throw r; });
      else if (r.status < 500) form.submit(); // the answer says what is wrong
      else throw r;
    }).catch((r) => {
      idle();
      const after = r.headers ? Number(r.headers.get("Retry-After")) * 1000 : 0;
      later(Math.min(Math.max(after || 0, wait), 600000));
      wait = Math.min(wait * 2, 60000);
    });
  }
  // asked puts the check of a busy hour, if the answer asks for one, into the
  // form; once it is solved, the answers go out again.
  function asked(page) {
    const input = new DOMParser().parseFromString(page, "text/html").querySelector("input[data-challenge]");
    if (!input) return false;
    const old = check();
    if (old) old.remove();
    form.append(input);
    pending = true;
    if (!$("script[src='" + say.pow + "']")) {
      const script = document.createElement("script");
      script.src = say.pow;
      document.head.append(script);
    }
    form.dispatchEvent(new Event("challenge"));
    return true;
  }

  form.addEventListener("input", save);
  form.addEventListener("done", post);
  form.addEventListener("solved", () => { idle(); if (pending) post(); });
  $("[data-restart]").onclick = () => { drop(say.draft); location.reload(); };
  addEventListener("online", () => { if (timer) post(); });
  addEventListener("storage", (e) => { if (e.key === say.draft && e.newValue === null) other = true; }); // another tab sent it
  addEventListener("pageshow", (e) => { idle(); if (e.persisted) fresh(); });
  if ("kept" in say) { if (box((b) => b.getItem(say.draft)) || !$("#dung")) save(); } else restore();
})();
