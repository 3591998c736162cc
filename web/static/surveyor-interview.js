// One interview: consent, group, a section a screen. Every change is kept, so
// that a reload or an empty battery loses nothing.
(function (app) {
  "use strict";
  const { el, say, store, form } = app;
  const screen = document.querySelector("[data-screen=interview]"), sheet = screen.querySelector("form");
  const $ = (s) => screen.querySelector(s);
  let campaign = null, draft = null, saving = Promise.resolve(), release = null;

  // begin makes a draft for a unit and opens it.
  app.begin = async (id, code) => {
    const c = await store.get("campaigns", id), unit = c && c.units.find((u) => u.code === code);
    const account = await store.fact("account");
    if (!unit || !account || !c.open || Date.now() >= Date.parse(c.closes)) return app.lost();
    const key = app.newKey();
    await store.put("drafts", { key, owner: account.login, campaign: id, title: c.title, unit: code, unitName: unit.name, group: c.groups.length === 1 ? c.groups[0] : "", consent: false, answers: {}, step: 0, started_at: new Date().toISOString() });
    location.replace("#/phieu/" + key);
  };
  // newKey is the random key of an interview, 128 bits.
  app.newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

  app.screens.interview = async (key) => {
    draft = await store.get("drafts", key);
    campaign = draft && await store.get("campaigns", draft.campaign);
    if (!campaign) return app.lost();
    hold();
    $("[data-where]").textContent = campaign.title;
    $("[data-unit]").textContent = draft.unitName;
    $("[data-kept]").textContent = "";
    firstStep();
    step(draft.step);
  };

  // hold tells the other tabs that somebody is typing, until leave.
  function hold() {
    app.typing = true;
    if (navigator.locks && !release) navigator.locks.request("surveyor-typing", { mode: "shared" }, () => new Promise((r) => { release = r; }));
  }
  app.leave = () => {
    if (draft && !draft.touched) store.remove("drafts", draft.key); // nothing was done yet
    app.typing = false;
    draft = campaign = null;
    if (release) release();
    release = null;
  };

  function firstStep() {
    const lines = (text) => (text || "").split("\n").map((l) => l.trim()).filter(Boolean);
    $("[data-intro]").replaceChildren(...lines(campaign.form.intro).map((l) => el("p", {}, l)));
    const head = $("[data-consent] h3");
    $("[data-consent]").replaceChildren(head, ...lines(campaign.form.consent).map((l) => el("p", {}, l)));
    $("[data-groups]").replaceChildren(...campaign.groups.map((g) => el("label", { className: "level" }, el("input", { type: "radio", name: "group", value: g, checked: g === draft.group }), app.groupName(g))));
    $("#group").hidden = campaign.groups.length === 1;
    $("#consent").checked = draft.consent;
  }

  const last = () => campaign.form.sections.length;
  const section = () => campaign.form.sections[draft.step - 1];

  // step shows the consent (0) or a section.
  function step(n) {
    draft.step = Math.min(n, last());
    $("[data-first]").hidden = draft.step > 0;
    const box = $("[data-questions]");
    box.hidden = draft.step === 0;
    if (draft.step) {
      const title = el("h2", { tabIndex: -1 }, section().title || say("surveyor.section"));
      box.replaceChildren(title, ...section().questions.map((q) => form.fields(campaign.form, q, draft.answers)));
    }
    $("[data-back]").hidden = draft.step === 0;
    $("[data-next]").textContent = say(draft.step === 0 ? "surveyor.start" : draft.step < last() ? "surveyor.next" : "surveyor.finish");
    $("[data-part]").textContent = draft.step ? say("surveyor.part", draft.step, last()) : "";
    $("progress").value = 100 * draft.step / (last() + 1);
    showQuestions();
  }
  function turn(n) {
    step(n);
    save();
    scrollTo(0, 0);
    (draft.step ? $("[data-questions] h2") : $("[data-first] h2")).focus();
  }

  const boxes = () => Array.from(screen.querySelectorAll("[data-code]"));
  const question = (box) => section().questions.find((q) => q.code === box.dataset.code);

  function showQuestions() {
    if (!draft.step) return;
    boxes().forEach((box) => {
      box.hidden = !form.shown(campaign.form, draft.answers, question(box));
      const other = box.querySelector("[data-other]");
      if (other) other.hidden = !box.querySelector("[value=other]").checked;
    });
  }

  // save keeps the draft, one write after the other.
  function save() {
    draft.touched = true;
    const copy = structuredClone(draft);
    saving = saving.then(() => store.saveDraft(copy)).then((there) => {
      if (draft && draft.key === copy.key) $("[data-kept]").textContent = there ? say("surveyor.savedAt", app.when(Date.now()).slice(0, 5)) : say("surveyor.savedElsewhere");
    }).catch((e) => app.alert(say("surveyor.saveFailed", e && e.name)));
    return saving;
  }

  sheet.addEventListener("input", (e) => {
    const box = e.target.closest("[data-code]");
    if (box) {
      form.value(question(box), box, draft.answers);
      if (!form.problem(question(box), draft.answers)) mark(box, "");
    } else if (e.target.name === "group") {
      draft.group = e.target.value;
      mark($("#group"), "");
    } else if (e.target.id === "consent") {
      draft.consent = e.target.checked;
      mark($("#consent-box"), "");
    }
    showQuestions();
    save();
  });

  // mark puts a message beside a question, or takes it away.
  function mark(box, text) {
    const field = box.tagName === "FIELDSET" ? box : box.querySelector("input,textarea");
    box.querySelectorAll(".field-error").forEach((e) => e.remove());
    field.removeAttribute("aria-describedby");
    if (!text) return;
    const id = "loi-" + (box.dataset.code || box.id);
    const message = el("span", { className: "field-error", id }, text), head = box.querySelector("legend,.legend");
    if (head) head.after(message); else box.prepend(message);
    field.setAttribute("aria-describedby", id);
  }

  // check marks what is wrong on this screen and goes to the first of it.
  function check() {
    const found = draft.step ? boxes().filter((b) => !b.hidden).map((b) => [b, form.problem(question(b), draft.answers)])
      : [[$("#group"), draft.group ? "" : say("public.group")], [$("#consent-box"), draft.consent ? "" : say("surveyor.consent")]];
    found.forEach(([box, text]) => mark(box, text));
    const wrong = found.find(([, text]) => text);
    if (wrong) {
      wrong[0].querySelector("input,textarea").focus();
      wrong[0].scrollIntoView();
    }
    return !wrong;
  }

  // finishing takes one draft to the queue with the moment it was done.
  app.item = (d, c) => ({ key: d.key, owner: d.owner, campaign: d.campaign, title: d.title, unit: d.unit, unitName: d.unitName, group: d.group, answers: form.kept(c.form, d.answers), started_at: d.started_at, finished_at: new Date().toISOString(), state: "waiting", errors: [] });

  async function finish() {
    const item = app.item(draft, campaign);
    if (!Object.keys(item.answers).length) return app.alert(say("public.blank"));
    $("[data-next]").disabled = true;
    try {
      await saving;
      const there = await store.finish(item);
      app.notice(say(there ? "surveyor.saved" : "surveyor.savedElsewhere", app.when(item.finished_at).slice(0, 5)));
      app.go("#/");
      app.sync.send();
    } catch (e) {
      app.alert(say("surveyor.saveFailed", e && e.name));
    } finally {
      $("[data-next]").disabled = false;
    }
  }

  sheet.addEventListener("submit", (e) => {
    e.preventDefault();
    app.alert("");
    if (!check()) return;
    if (draft.step < last()) turn(draft.step + 1); else finish();
  });
  $("[data-back]").onclick = () => turn(draft.step - 1);
  $("[data-discard]").onclick = async () => {
    const { key, unitName } = draft;
    if (!await app.ask(say("surveyor.discardAsk", unitName), say("surveyor.yesDelete"))) return;
    await saving;
    await store.remove("drafts", key);
    app.go("#/");
  };
})(window.surveyor = window.surveyor || {});
