// Upload of evidence: says which files were chosen and which are too big before
// anything is sent, takes files that are dropped,
// and filters the list of criteria. Every form works without it.
"use strict";
(() => {
  const fold = (s) => s.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();

  for (const box of document.querySelectorAll(".ev-codes")) {
    const find = box.querySelector(".ev-find");
    if (!find) continue;
    find.hidden = false;
    const input = find.querySelector("input");
    const groups = [...box.querySelectorAll("details")].map((d) => ({ d, was: d.open, rows: [...d.querySelectorAll("li")].map((li) => ({ li, text: fold(li.textContent) })) }));
    input.addEventListener("keydown", (e) => { if (e.key === "Enter") e.preventDefault(); });
    input.addEventListener("input", () => {
      const words = fold(input.value).split(/\s+/).filter(Boolean);
      for (const g of groups) {
        let some = false;
        for (const r of g.rows) {
          const hit = words.every((w) => r.text.includes(w));
          r.li.hidden = !hit;
          some = some || hit;
        }
        g.d.hidden = !some;
        g.d.open = words.length ? some : g.was || !!g.d.querySelector(":checked");
      }
    });
  }

  for (const form of document.querySelectorAll("form[data-ev-upload]")) {
    const input = form.querySelector("input[type=file]");
    const said = form.querySelector(".ev-chosen");
    const drop = form.querySelector(".ev-drop");
    const most = Number(form.dataset.max) << 20;
    const check = () => {
      const big = [...input.files].filter((f) => f.size > most).map((f) => f.name);
      input.setCustomValidity(big.length ? form.dataset.big + " " + big.join(", ") : "");
      said.classList.toggle("bad", big.length > 0);
      said.textContent = big.length ? input.validationMessage : [...input.files].map((f) => f.name).join(", ");
    };
    input.addEventListener("change", check);
    for (const kind of ["dragenter", "dragover"]) {
      drop.addEventListener(kind, (e) => { e.preventDefault(); drop.classList.add("over"); });
    }
    drop.addEventListener("dragleave", () => drop.classList.remove("over"));
    drop.addEventListener("drop", (e) => {
      e.preventDefault();
      drop.classList.remove("over");
      const data = new DataTransfer();
      for (const f of [...e.dataTransfer.files].slice(0, input.multiple ? undefined : 1)) data.items.add(f);
      input.files = data.files;
      check();
    });
    form.addEventListener("submit", () => {
      said.textContent = form.dataset.sending;
      const button = form.querySelector("button");
      setTimeout(() => { button.disabled = true; });
      addEventListener("pageshow", () => { button.disabled = false; });
    });
  }
})();
