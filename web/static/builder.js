// Makes the form builder quicker: the buttons that add, remove and move change
// the page in place, and the preview follows the typing. Without this file
// every button still works by loading the page anew.
"use strict";
(() => {
  const PAUSE = 600; // ms without typing before the preview is made anew
  let dirty = false, timer = 0, asked = 0;
  const main = () => document.querySelector("main"), form = () => document.getElementById("bien-soan");
  if (!form()) return;

  async function send(viec) {
    const body = new FormData(form());
    body.set("viec", viec);
    const res = await fetch(form().action, { method: "POST", body: new URLSearchParams(body) });
    return [new DOMParser().parseFromString(await res.text(), "text/html"), res];
  }
  // Sends the form as the button would and takes the new page over in place.
  async function press(button) {
    const open = [...document.querySelectorAll("details[open][id]")].map(d => d.id);
    asked++;
    form().setAttribute("aria-busy", "true");
    const [page, res] = await send(button.value), fresh = page.getElementById("bien-soan");
    if (!fresh || res.redirected) { native(button); return; }
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
    form().append(i);
    form().submit();
  }
  async function preview() {
    const mine = ++asked;
    const [page] = await send("xem"), fresh = page.getElementById("xem-truoc"), old = document.getElementById("xem-truoc");
    if (mine !== asked || !fresh || !old) return;
    const top = old.scrollTop;
    old.replaceWith(document.adoptNode(fresh));
    document.getElementById("xem-truoc").scrollTop = top;
  }
  function soon() {
    clearTimeout(timer);
    timer = setTimeout(() => preview().catch(() => {}), PAUSE);
  }

  function start() {
    const f = form(), redo = f.querySelector("[data-refresh]");
    document.documentElement.classList.add("js");
    f.addEventListener("input", () => { dirty = true; soon(); });
    f.addEventListener("change", e => { if (/\.kind$|show_if\.question$|^index\.which$|^respondents$/.test(e.target.name)) press(redo).catch(() => native(redo)); });
    f.addEventListener("submit", e => {
      const b = e.submitter;
      if (!b || b.value === "luu") { dirty = false; return; }
      e.preventDefault();
      if (b.dataset.ask && !confirm(b.dataset.ask)) return;
      if (b.value !== "kiem-tra" && b.value !== "xem") dirty = true;
      press(b).catch(() => native(b));
    });
  }
  addEventListener("beforeunload", e => { if (dirty) e.preventDefault(); });
  start();
})();
