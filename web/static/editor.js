// Makes the criteria set editor quicker: sums are compared while typing, and
// the buttons that add, remove and move change the page in place. Without this
// file every button still works by loading the page anew.
"use strict";
(() => {
  const UNIT = 1e6; // exact sums: points as whole millionths
  let dirty = false;
  const $$ = (q, r = document) => [...r.querySelectorAll(q)];
  const main = () => document.querySelector("main"), form = () => document.getElementById("bien-soan");
  if (!form()) return;
  const plain = s => s.trim().replace("−", "-").replace(/\.(?=.*,)/g, "").replace(",", ".");
  const show = n => String(n / UNIT).replace(".", ",");
  const fill = (words, ...values) => values.reduce((w, v) => w.replace("%v", v), words);

  // A number typed, NaN for anything else.
  function typed(id) {
    const e = document.getElementById(id), s = e ? plain(e.value) : "";
    return /^-?(\d+\.?\d*|\.\d+)$/.test(s) ? Math.round(Number(s) * UNIT) : NaN;
  }
  const blank = id => { const e = document.getElementById(id); return !e || !e.value.trim(); };
  const children = n => $$(":scope > .ed-tree > .ed-node", n);
  const sum = n => children(n).reduce((t, c) => t + worth(c), 0);
  const worth = n => (blank(n.id + ".max") && children(n).length ? sum(n) : typed(n.id + ".max"));

  function say(e, total, want, check) {
    const gap = want - total, w = form().dataset;
    const [text, look] = Number.isNaN(total) || (check && Number.isNaN(want)) ? [w.unread, "bad"] : !check ? [fill(w.plain, show(total)), ""]
      : gap === 0 ? [fill(w.ok, show(total)), "good"] : gap > 0 ? [fill(w.less, show(total), show(gap)), "bad"] : [fill(w.more, show(total), show(-gap)), "bad"];
    if (e.textContent !== text) e.textContent = text;
    e.className = "sum " + look;
  }
  function sums() {
    for (const n of $$("[data-node=sum], [data-node=cap]")) {
      const e = n.querySelector(":scope > p [data-says]"), id = n.id + ".max";
      if (e) say(e, sum(n), typed(id), n.dataset.node === "sum" && !blank(id));
    }
    const total = $$(".ed-group[data-kind=normal]").reduce((t, g) => t + worth(g), 0);
    for (const e of $$("#groups > .row [data-says], [data-total-echo] [data-says]")) say(e, total, typed("total"), !blank("total"));
  }

  // Sends the form as the button would and takes the new page over in place.
  async function press(button) {
    const f = form(), open = $$("details[open][id]").map(d => d.id), body = new FormData(f);
    body.set("viec", button.value);
    f.setAttribute("aria-busy", "true");
    const res = await fetch(f.action, { method: "POST", body: new URLSearchParams(body) });
    const page = new DOMParser().parseFromString(await res.text(), "text/html"), fresh = page.getElementById("bien-soan");
    if (!fresh || res.redirected) { dirty = false; button.form.removeAttribute("aria-busy"); return fresh ? location.assign(res.url) : native(button); }
    main().replaceWith(document.adoptNode(page.querySelector("main")));
    for (const id of open) { const d = document.getElementById(id); if (d) d.open = true; }
    start();
    const to = form().dataset.focus, e = document.querySelector("#xung-dot, #loi") || main().querySelector("[autofocus]") || (to && document.getElementById(to));
    if (e) { e.scrollIntoView({ block: "nearest" }); e.focus({ preventScroll: true }); }
  }
  // Gives up on doing it in place.
  function native(button) {
    dirty = false;
    const i = document.createElement("input");
    i.type = "hidden"; i.name = "viec"; i.value = button.value;
    button.form.append(i);
    button.form.submit();
  }

  function start() {
    const f = form(), redo = f.querySelector("[data-refresh]");
    document.documentElement.classList.add("js");
    f.addEventListener("input", () => { dirty = true; sums(); });
    f.addEventListener("change", e => { if (/rule\.(type|map)$|\.kind$/.test(e.target.name)) press(redo).catch(() => native(redo)); });
    f.addEventListener("submit", e => {
      const b = e.submitter;
      if (!b || b.value === "luu") { dirty = false; return; }
      e.preventDefault();
      if (b.dataset.ask && !confirm(b.dataset.ask)) return;
      if (b.value !== "kiem-tra") dirty = true;
      press(b).catch(() => native(b));
    });
    sums();
  }
  addEventListener("beforeunload", e => { if (dirty) e.preventDefault(); });
  start();
})();
