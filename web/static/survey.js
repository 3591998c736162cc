// The survey page, one section per screen; unsent answers are kept on the
// device and sent again. Without this script the page is one long form.
(function () {
  "use strict";
  const KEEP = 30 * 86400000;
  const box = (act) => { try { return act(localStorage); } catch (e) { return null; } }; // it may be forbidden
  const drop = (name) => box((b) => b.removeItem(name));
  const $ = (s, root) => (root || document).querySelector(s);
  const all = (s, root) => Array.from((root || document).querySelectorAll(s));

  const sent = $("[data-sent]");
  if (sent) { drop(sent.dataset.sent); return; }
  const form = $("form[data-draft]");
  if (!form) return;
  const say = form.dataset, steps = all("[data-step]", form), questions = all("[data-q]", form);
  const back = $("[data-back]"), next = $("[data-go]"), send = $("[data-send]");
  let at = 0, busy = false, wait = 3000, timer = 0;

  const fields = (q) => all("input,textarea", q), inputs = (q) => fields(q).filter((e) => !e.disabled);
  const stepOf = (e) => steps.indexOf(e.closest("[data-step]"));
  const picks = (e) => e.type === "radio" || e.type === "checkbox";
  const answered = (q) => inputs(q).some((e) => (picks(e) ? e.checked : e.value.trim() !== ""));

  function showQuestions() {
    questions.forEach((q) => {
      if (!q.dataset.if) return;
      q.hidden = !inputs(form).some((e) => e.name === q.dataset.if && e.checked && q.dataset.in.split(" ").includes(e.value));
      fields(q).forEach((e) => { e.disabled = q.hidden; });
    });
    const asked = questions.filter((q) => !q.hidden), left = asked.filter((q) => stepOf(q) >= at && !answered(q)).length;
    $("progress").value = 100 - 100 * left / asked.length;
    $("[data-left]").textContent = left < 9 ? say.soon : say.minutes.replace("{n}", Math.ceil(left / 8));
  }

  function go(n, target) {
    at = n;
    steps.forEach((s, i) => { s.hidden = i !== at; });
    back.hidden = $("[data-js]").hidden = !at;
    next.hidden = at === steps.length - 1;
    send.hidden = !next.hidden;
    next.textContent = at ? say.next : say.start;
    $("[data-js] span").textContent = say.part.replace("{n}", at).replace("{m}", steps.length - 1);
    showQuestions();
    if (target) target.focus();
  }
  function turn(n) {
    go(n, $("h2", steps[n]));
    scrollTo(0, 0);
    $("[data-restored]").hidden = true;
  }

  function mark(q, text) {
    all(".field-error", q).forEach((e) => e.remove());
    if (!text) return;
    const p = document.createElement("span");
    p.className = "field-error";
    p.id = inputs(q)[0].name + "-loi";
    p.textContent = text;
    ($("legend,.legend", q) || q.firstChild).after(p);
    (q.tagName === "FIELDSET" ? q : inputs(q)[0]).setAttribute("aria-describedby", p.id);
  }
  function check(step) {
    let first = null;
    all("[data-q]", step).forEach((q) => {
      if (q.hidden) return;
      const missing = q.dataset.need && !answered(q);
      const wrong = !missing && inputs(q).some((e) => e.value && !e.validity.valid || e.validity.badInput);
      mark(q, missing ? q.dataset.need : wrong ? say.wrong : "");
      if ((missing || wrong) && !first) first = inputs(q)[0];
    });
    if (first) { first.focus(); first.closest("[data-q]").scrollIntoView(); }
    return !first;
  }

  // The consent is never kept.
  function save() {
    const values = Array.from(new FormData(form)).filter((v) => v[0] !== "consent");
    box((b) => b.setItem(say.draft, JSON.stringify({ at: Date.now(), values })));
  }
  function restore() {
    const d = box((b) => JSON.parse(b.getItem(say.draft)));
    if (!d || Date.now() - d.at > KEEP || !d.values.some((v) => v[0].startsWith("a.") && v[1])) return;
    d.values.forEach((v) => fields(form).forEach((e) => {
      if (e.name !== v[0]) return;
      if (picks(e)) e.checked = e.checked || e.value === v[1]; else e.value = v[1];
    }));
    $("[data-restored]").hidden = false;
  }

  function status(text, look) {
    const s = $("[data-status]");
    s.className = text ? "notice " + look : "";
    s.textContent = text;
  }
  // The key stays the same: it counts once.
  function post() {
    if (busy) return;
    busy = send.disabled = true;
    clearTimeout(timer);
    status(say.sending, "");
    const signal = AbortSignal.timeout ? AbortSignal.timeout(30000) : undefined;
    fetch(location.pathname, { method: "POST", body: new URLSearchParams(new FormData(form)), signal }).then((r) => {
      if (r.redirected) location.replace(r.url); // which erases the draft
      else if (r.status < 500 && r.status !== 429) form.submit(); // the answer says what is wrong
      else throw r;
    }).catch(() => {
      busy = send.disabled = false;
      status(navigator.onLine ? say.busy : say.offline, "warn");
      timer = setTimeout(post, wait);
      wait = Math.min(wait * 2, 60000);
    });
  }

  form.noValidate = true;
  all("[data-nojs]").forEach((e) => e.remove());
  if ("kept" in say) save(); else restore();
  form.addEventListener("input", (e) => {
    const q = e.target.closest("[data-q]");
    if ("other" in e.target.dataset && e.target.value) e.target.previousElementSibling.firstChild.checked = true;
    showQuestions();
    if (q && answered(q)) mark(q, "");
    save();
  });
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    if (!check(steps[at])) return;
    if (at < steps.length - 1) turn(at + 1); else post();
  });
  next.onclick = () => check(steps[at]) && turn(at + 1);
  back.onclick = () => turn(at - 1);
  $("[data-restart]").onclick = () => { drop(say.draft); location.replace(location.pathname); };
  all("#loi a").forEach((a) => { // the section of a problem is shown first
    a.onclick = (e) => {
      const target = document.getElementById(decodeURIComponent(a.hash.slice(1)));
      e.preventDefault();
      go(stepOf(target), target);
    };
  });
  addEventListener("online", () => { if (timer) post(); });
  addEventListener("pageshow", () => { busy = send.disabled = false; });

  const wrong = $(".field-error", form);
  go(wrong ? stepOf(wrong) : "kept" in say ? steps.length - 1 : 0, $("#loi"));
})();
