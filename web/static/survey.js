// The survey page, one section per screen. Without this script the page is one
// long form. Keeping and sending the answers is draft.js, on a kiosk kiosk.js:
// they are told by the event "done", and start again with the event "again".
(function () {
  "use strict";
  const $ = (s, root) => (root || document).querySelector(s);
  const all = (s, root) => Array.from((root || document).querySelectorAll(s));
  const form = $("form[data-draft]");
  if (!form) return;
  const say = form.dataset, steps = all("[data-step]", form), questions = all("[data-q]", form);
  const back = $("[data-back]"), next = $("[data-go]"), send = $("[data-send]");
  let at = 0;

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
    $("#tien-do").value = 100 - 100 * left / asked.length;
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
    const restored = $("[data-restored]");
    if (restored) restored.hidden = true;
  }

  function mark(q, text) {
    all(".field-error", q).forEach((e) => e.remove());
    const holder = q.tagName === "FIELDSET" ? q : inputs(q)[0];
    if (!text) { if (holder) holder.removeAttribute("aria-describedby"); return; }
    const p = document.createElement("span");
    p.className = "field-error";
    p.id = inputs(q)[0].name + "-loi";
    p.textContent = text;
    ($("legend,.legend", q) || q.firstChild).after(p);
    holder.setAttribute("aria-describedby", p.id);
  }
  // number is false for what the server would refuse: on a kiosk without network
  // nobody would be there any more to mend it.
  function number(e) {
    const n = e.value.trim().replace(",", "."), { min, max } = e.dataset;
    return e.inputMode !== "decimal" || !n || /^-?\d+(\.\d+)?$/.test(n) && !(Number(n) < min) && !(Number(n) > max);
  }
  function check(step) {
    let first = null;
    all("[data-q]", step).forEach((q) => {
      if (q.hidden) return;
      const missing = q.dataset.need && !answered(q);
      const wrong = !missing && inputs(q).some((e) => e.value && !e.validity.valid || e.validity.badInput || !number(e));
      mark(q, missing ? q.dataset.need : wrong ? say.wrong : "");
      if ((missing || wrong) && !first) first = inputs(q)[0];
    });
    if (first) { first.focus(); first.closest("[data-q]").scrollIntoView(); }
    return !first;
  }

  // A form whose answers were sent from this tab is emptied: a browser shows it
  // filled when the next person goes back. What was typed since has a draft.
  function spent() {
    try {
      if ("kept" in say || sessionStorage.getItem("done " + location.pathname) === null || localStorage.getItem(say.draft) !== null) return;
    } catch (e) { return; } // nothing is known of it
    form.reset();
    go(0);
  }

  form.noValidate = true;
  all("[data-nojs]").forEach((e) => e.remove());
  form.addEventListener("input", (e) => {
    const q = e.target.closest("[data-q]");
    if ("other" in e.target.dataset && e.target.value) e.target.previousElementSibling.firstChild.checked = true;
    showQuestions();
    if (q && answered(q)) mark(q, "");
  });
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    if (!check(steps[at])) return;
    if (at < steps.length - 1) turn(at + 1); else form.dispatchEvent(new Event("done"));
  });
  form.addEventListener("again", () => { // restored, or the next person
    questions.forEach((q) => mark(q, ""));
    go(0);
  });
  addEventListener("pageshow", spent);
  next.onclick = () => check(steps[at]) && turn(at + 1);
  back.onclick = () => turn(at - 1);
  all("#loi a").forEach((a) => { // the section of a problem is shown first
    a.onclick = (e) => {
      const target = document.getElementById(decodeURIComponent(a.hash.slice(1)));
      if (!target) return;
      e.preventDefault();
      go(stepOf(target), target);
    };
  });
  const wrong = $(".field-error", form);
  go(wrong ? stepOf(wrong) : "kept" in say ? steps.length - 1 : 0, $("#loi"));
})();
