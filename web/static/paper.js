"use strict";
// Keying in paper forms with the keyboard alone, the print button, and the
// progress of an import. Sentences come from the page's data attributes.
(() => {
  const print = document.querySelector("[data-print]");
  if (print) { print.hidden = false; print.addEventListener("click", () => window.print()); }

  const bar = document.querySelector("[data-progress]");
  if (bar) {
    const poll = async () => {
      try {
        const r = await (await fetch(bar.dataset.progress, {headers: {Accept: "application/json"}})).json();
        bar.value = r.written;
        document.querySelector("[data-written]").textContent = r.written.toLocaleString("vi");
        if (r.done) return location.reload();
      } catch { /* the next poll tries again */ }
      setTimeout(poll, 1000);
    };
    setTimeout(poll, 1000);
  }

  const form = document.querySelector("[data-keying]");
  if (!form) return;
  document.documentElement.classList.add("pk-js");
  const say = form.dataset, panel = form.querySelector("[data-panel]"), status = document.querySelector("[data-status]");
  const items = [...form.querySelectorAll("[data-pk]")], group = document.getElementById("group");
  const storeAs = "pk:" + say.keying, second = form.elements.lan.value === "2";
  let now = 0, busy = false, typed = [], eaten = false;

  const options = it => [...it.querySelectorAll("input[data-key]")];
  const chosen = it => options(it).filter(o => o.checked);
  const other = it => it.querySelector(".pk-other");
  const box = it => it.dataset.pk === "text" ? it.querySelector("input") : null;
  const label = o => o.parentElement.querySelector("span").textContent;
  const title = it => (it.querySelector("legend") || it.querySelector("label") || it.querySelector("button")).textContent.trim();

  for (const it of items) {
    if (it.tagName !== "FIELDSET") continue;
    const t = document.createElement("span"), a = document.createElement("span");
    t.className = "pk-title"; t.textContent = title(it); it.title = title(it);
    a.className = "pk-answer";
    it.prepend(t); it.append(a);
  }
  panel.hidden = false;

  const asked = it => {
    if (!it.dataset.if) return true;
    const codes = it.dataset.in.split(" ");
    const on = [...form.querySelectorAll("input[data-key]")].filter(o => o.name === it.dataset.if && o.checked);
    const parent = items.find(p => p.id === it.dataset.if);
    return (!parent || asked(parent)) && on.some(o => codes.includes(o.value));
  };
  const answered = it => box(it) ? box(it).value.trim() !== "" : chosen(it).length > 0;

  function line(it) {
    const a = it.querySelector(".pk-answer"), o = other(it);
    if (a) a.textContent = chosen(it).map(c => c.dataset.key + (it.dataset.pk === "many" ? "" : " " + label(c))).join(", ");
    if (o) it.classList.toggle("other-on", chosen(it).some(c => "other" in c.dataset));
  }
  function show() {
    items.forEach((it, i) => {
      it.classList.toggle("now", i === now);
      it.classList.toggle("off", !asked(it));
      line(it);
    });
    const it = items[now], kind = it.dataset.pk;
    const head = document.createElement("h2"), list = document.createElement("ol"), hint = document.createElement("p");
    head.textContent = kind === "save" ? say.save : title(it);
    hint.className = "hint";
    hint.textContent = kind === "many" ? say.multi : kind === "text" ? say.type : kind === "one" ? say.one : "";
    for (const o of options(it)) {
      const li = document.createElement("li"), k = document.createElement("kbd"), t = document.createElement("span");
      k.textContent = o.dataset.key; t.textContent = label(o);
      li.append(k, t); li.classList.toggle("on", o.checked);
      li.addEventListener("click", () => press(o.dataset.key));
      list.append(li);
    }
    panel.replaceChildren(head, list, hint);
    it.scrollIntoView({block: "nearest"});
    if (box(it)) { box(it).focus(); box(it).select(); }
    else if (kind === "save") it.querySelector("button").focus({preventScroll: true});
    else if (document.activeElement && document.activeElement !== document.body) document.activeElement.blur();
    keep();
  }
  function tell(text, bad) { status.textContent = text; status.classList.toggle("bad", !!bad); }

  function go(step) {
    let i = now + step;
    while (items[i] && !asked(items[i])) i += step;
    if (items[i]) now = i;
    show();
  }
  function next() {
    const it = items[now];
    if ("required" in it.dataset && !answered(it)) { it.classList.add("bad"); tell(say.need, true); return; }
    it.classList.remove("bad");
    if (status.classList.contains("bad")) tell("");
    go(1);
  }
  function pick(it, o) {
    if (it.dataset.pk === "many") o.checked = !o.checked; else o.checked = true;
    line(it);
    if ("other" in o.dataset && o.checked && other(it)) { show(); other(it).focus(); return; }
    if (it.dataset.pk === "many") show(); else next();
  }
  function clear(it) {
    for (const o of options(it)) o.checked = false;
    if (other(it)) other(it).value = "";
    line(it);
  }
  // press does what a key means for the current question; it is false for a key
  // that means nothing.
  function press(key) {
    const it = items[now];
    if (box(it) || it.dataset.pk === "save") return false;
    const o = options(it).find(o => o.dataset.key === key.toLowerCase());
    if (o) { pick(it, o); return true; }
    if (key === " " || key === "-") { clear(it); next(); return true; }
    return false;
  }

  document.addEventListener("keydown", e => {
    eaten = false;
    if (e.ctrlKey || e.altKey || e.metaKey) return;
    const at = document.activeElement, it = items[now];
    const key = /^(Digit|Numpad)\d$/.test(e.code) && !/^\d$/.test(e.key) && e.key === "Process" ? e.code.slice(-1) : e.key;
    if (busy) {
      if (key.length === 1) typed.push(key);
      if (key.length === 1 || key === "Enter") e.preventDefault();
      return;
    }
    const inside = at && at !== document.body;
    if (inside && !form.contains(at) && key !== "ArrowUp" && key !== "ArrowDown") return;
    const typing = inside && at.type === "text";
    if (key === "Enter") { e.preventDefault(); if (e.repeat) return; it.dataset.pk === "save" ? save() : next(); return; }
    if (key === "ArrowDown") { e.preventDefault(); if (it.dataset.pk !== "save") next(); return; }
    if (key === "ArrowUp" || (key === "Backspace" || key === "ArrowLeft") && (!typing || key === "Backspace" && at.value === "")) { e.preventDefault(); go(-1); return; }
    if (!typing && key.length === 1 && press(key)) { e.preventDefault(); eaten = true; }
  });
  // A key that chose an option is not typed into the field that it opened.
  document.addEventListener("keypress", e => { if (eaten) e.preventDefault(); });
  form.addEventListener("focusin", e => { // a click or Tab into another line
    const i = items.findIndex(it => it.contains(e.target));
    if (i >= 0 && i !== now && asked(items[i])) { now = i; show(); }
  });
  for (const it of items) it.addEventListener("click", () => { const i = items.indexOf(it); if (!busy && i !== now && asked(it)) { now = i; show(); } });
  form.addEventListener("input", () => { line(items[now]); keep(); });
  form.addEventListener("submit", e => { e.preventDefault(); save(); });

  function keep() {
    const fields = [...new FormData(form)].filter(([k]) => k !== "_csrf" && k !== "lan");
    try { sessionStorage.setItem(storeAs, JSON.stringify({fields, now})); } catch { /* no room: nothing is lost while the page stays open */ }
  }
  function restore() {
    if (document.getElementById("loi")) return;
    let kept;
    try { kept = JSON.parse(sessionStorage.getItem(storeAs)); } catch { return; }
    if (!kept || !kept.fields.some(([k]) => k !== "key" && k !== "so")) return;
    for (const [name, value] of kept.fields) {
      for (const el of form.querySelectorAll("input")) {
        if (el.name !== name) continue;
        if (el.type === "radio" || el.type === "checkbox") { if (el.value === value) el.checked = true; } else el.value = value;
      }
    }
    now = Math.min(kept.now, items.length - 1);
  }
  function empty(r) {
    for (const it of items) { clear(it); it.classList.remove("bad"); if (box(it)) box(it).value = ""; }
    form.elements.key.value = r.key;
    form.elements.so.value = second ? r.next : "";
    document.querySelector("[data-count]").textContent = r.count;
    now = items.indexOf(group);
    tell(second && !r.next ? r.message + " " + say.over : r.message, false);
  }
  async function save() {
    if (busy) return;
    busy = true; typed = [];
    tell(say.sending);
    try {
      const r = await fetch(form.action, {method: "POST", headers: {Accept: "application/json"}, body: new URLSearchParams(new FormData(form)), signal: AbortSignal.timeout ? AbortSignal.timeout(20000) : undefined});
      const body = await r.json();
      if (r.ok) empty(body); else refused(body);
    } catch { typed = []; tell(say.lost, true); }
    busy = false;
    show();
    for (const key of typed.splice(0)) if (!press(key) && box(items[now])) box(items[now]).value += key;
  }
  function refused(body) {
    typed = [];
    const list = body.errors || [];
    tell([body.title, ...list.map(e => e.message)].slice(0, 3).join(" "), true);
    for (const e of list) {
      const name = e.field === "group" || e.field === "so" ? e.field : "a." + e.field;
      const i = items.findIndex(it => it.id === name || it.querySelector("[name='" + CSS.escape(name).replace(/\\/g, "") + "']"));
      if (i < 0) continue;
      items[i].classList.add("bad");
      if (e === list[0]) now = i;
    }
  }

  now = items.indexOf(group);
  restore();
  show();
})();
