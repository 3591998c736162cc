// The scoring form as a spreadsheet: Enter and arrows move, every cell saves
// itself, sums follow. Without this file its save button still works.
"use strict";
(() => {
  const byId = id => document.getElementById(id), form = byId("phieu");
  if (!form) return;
  const $$ = (q, r = form) => [...r.querySelectorAll(q)], status = byId("trang-thai");
  const old = (p, code) => form.elements[p + ":" + code];
  const show = s => s.replace("-", "−").replace(".", ",");
  const plain = s => s.trim().replace("−", "-").replace(/\.(?=.*,)/g, "").replace(",", ".");
  const cents = s => Math.round(Number(plain(s)) * 100) || 0;
  const fixed = n => show((n / 100).toFixed(2));

  // A cell as the API has it: a mark, a truth, null for empty.
  const inputs = c => $$("[data-input]", c), yesNo = c => c.dataset.type === "condition";
  const part = c => (yesNo(c) ? "conditions" : "marks"), code = c => c.dataset.code.replace("?", "");
  const mark = (c, m) => (yesNo(c) ? ("met" in m ? m.met === "true" : null) : m.na ? { na: true } : Object.keys(m).length ? m : null);
  function typed(c) {
    const na = c.querySelector("[data-na]"), m = {};
    if (na && na.checked) m.na = 1;
    for (const i of inputs(c)) { const v = i.options ? i.value : plain(i.value); if (v) m[i.dataset.input] = v; }
    return mark(c, m);
  }
  const base = c => mark(c, Object.fromEntries(new URLSearchParams(old("b", c.dataset.code).value)));
  const flat = m => new URLSearchParams(m === null ? {} : typeof m === "boolean" ? { met: m } : m.na ? { na: 1 } : m);
  const text = m => { const p = flat(m); p.sort(); return p.toString(); };
  const setBase = (c, m) => { old("b", c.dataset.code).value = text(m); };

  // Sums of what is typed, then the server's.
  const worth = c => $$(`[data-points="${CSS.escape(c.dataset.code)}"]`)[0];
  const totals = t => $$("[data-total]", document).forEach(e => { e.textContent = t; });
  function live(c) {
    const w = worth(c), i = inputs(c)[0];
    if (!w || !/points|levels/.test(c.dataset.type)) return;
    w.textContent = i.value ? fixed(cents(i.options ? i.selectedOptions[0].dataset.points || "0" : i.value)) : "–";
    let all = 0;
    for (const g of $$("[data-group]")) {
      if (g.dataset.group === c.dataset.in) g.textContent = fixed($$(`.cell[data-in="${CSS.escape(c.dataset.in)}"]`).reduce((n, x) => n + (worth(x) ? cents(worth(x).textContent) : 0), 0));
      all += cents(g.textContent);
    }
    if (!$$("[data-na]:checked").length) totals(fixed(all));
  }
  // What a cell asks to be noted: why it does not apply, why it is full without evidence.
  function hints(c) {
    const note = $$(`[data-note="${CSS.escape(c.dataset.code)}"]`)[0], bare = !note || !note.value.trim(), na = c.querySelector("[data-na]");
    const why = c.querySelector("[data-why]"), full = c.querySelector("[data-full]"), w = worth(c);
    if (why) why.hidden = !(na && na.checked && bare);
    if (full) full.hidden = !(bare && !(na && na.checked) && w && w.textContent !== "–" && cents(w.textContent) === cents(full.dataset.full));
  }
  function figures(r) {
    for (const c of $$(".cell")) if (worth(c)) { worth(c).textContent = show(r.points[code(c)] || "–"); hints(c); }
    for (const g of $$("[data-group]")) g.textContent = show(r.groups[g.dataset.group]);
    totals(show(r.total));
    // What the page says of the whole was true when it was opened.
    $$("[data-part]", document).forEach(e => { e.hidden = !r.missing.length; });
    $$("[data-then]", document).forEach(e => { e.textContent = e.dataset.then; const n = e.closest(".notice"); if (n) n.classList.remove("good"); });
    status.textContent = r.missing.length ? `Còn ${r.missing.length} tiêu chí` : "Đã chấm đủ";
  }

  let queue = Promise.resolve();
  const saved = "✓ đã lưu";
  function say(c, words, bad) {
    const s = c.querySelector(".state");
    s.textContent = words; s.classList.toggle("bad", !!bad);
    $$(".choice", c).forEach(e => e.remove());
  }
  const call = async (method, body) => {
    const res = await fetch(form.dataset.api, { method, headers: { "Content-Type": "application/json", "X-CSRF-Token": form.elements._csrf.value }, body: body && JSON.stringify(body) });
    return [res, await res.json()];
  };
  function put(c, what, value, before, done) {
    const key = what === "notes" ? c.dataset.code : code(c);
    say(c, "đang lưu…");
    return call("PUT", { [what]: { [key]: value }, base: { [what]: { [key]: before } } }).then(([res, r]) => {
      if (res.ok) { done(r); figures(r); say(c, saved); }
      else if (r.conflicts && what !== "notes") clash(c, r.conflicts[0]);
      else if ([401, 403].includes(res.status)) say(c, `Chưa lưu. ${r.title} Bấm “Lưu” ở cuối bảng để gửi lại.`, true);
      else say(c, "Chưa lưu. " + (r.errors?.length ? r.errors[0].message : r.title), true);
    }).catch(() => say(c, "Chưa lưu: mất kết nối.", true));
  }
  const save = c => { queue = queue.then(() => {
    const now = typed(c), before = base(c), full = inputs(c).filter(i => i.value.trim()).length;
    // An earlier save may have taken this value along: what it said stays.
    if (text(now) === text(before)) return c.querySelector(".state").textContent === saved ? undefined : say(c, "");
    if (full && full < inputs(c).length) return say(c, "còn ô trống");
    return put(c, part(c), now, before, () => setBase(c, now));
  }); };
  const saveNote = t => { queue = queue.then(() => {
    const k = t.dataset.note, o = old("h", k), c = $$(".cell").find(x => x.dataset.code === k);
    if (t.value.trim() !== o.value) return put(c, "notes", t.value, o.value, r => { o.value = r.notes[k] || ""; });
  }); };
  function clash(c, k) {
    say(c, `${k.by || "Người khác"} vừa lưu: ${k.stored}`, true);
    const make = (tag, more) => Object.assign(document.createElement(tag), more), box = make("span", { className: "choice" });
    ["Giữ của họ", "Dùng của tôi"].forEach((label, mine) => {
      const b = make("button", { type: "button", className: "btn quiet", textContent: label });
      b.onclick = async () => {
        const [, r] = await call("GET"), now = r[part(c)][code(c)] ?? null, m = flat(now);
        setBase(c, now);
        if (mine) return save(c);
        for (const i of inputs(c)) i.value = (i.options ? m.get(i.dataset.input) : show(m.get(i.dataset.input) || "")) || "";
        const na = c.querySelector("[data-na]");
        if (na) na.checked = m.has("na");
        figures(r); say(c, "");
      };
      box.append(b);
    });
    c.append(box);
  }

  form.addEventListener("keydown", e => {
    const t = e.target, go = { ArrowUp: -1, ArrowDown: 1, Enter: e.shiftKey ? -1 : 1 }[e.key];
    if (!go || !t.dataset.input || e.altKey || e.ctrlKey || (t.options && e.key !== "Enter")) return;
    e.preventDefault();
    const all = $$("[data-input]"), next = all[all.indexOf(t) + go];
    next?.focus(); next?.select?.();
  });
  form.addEventListener("input", e => { const c = e.target.closest(".cell"); if (c) { live(c); hints(c); say(c, "chưa lưu"); } });
  // Nobody leaves with something unsaved without being asked; the save button may.
  let sent = false;
  form.addEventListener("submit", () => { sent = true; });
  addEventListener("beforeunload", e => { if (!sent && $$(".cell").some(c => text(typed(c)) !== text(base(c)))) e.preventDefault(); });
  form.addEventListener("change", e => {
    const t = e.target, c = t.closest(".cell");
    if (t.dataset.note) saveNote(t);
    if (!c) return;
    if ("na" in t.dataset && t.checked) for (const i of inputs(c)) i.value = "";
    save(c);
  });
})();
