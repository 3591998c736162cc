// Large letters, remembered on the device, and a button that reads a question
// aloud where the device has a voice for the page's language.
(function () {
  "use strict";
  const box = (act) => { try { return act(localStorage); } catch (e) { return null; } };
  const all = (s, root) => Array.from((root || document).querySelectorAll(s));
  const form = document.querySelector("form[data-draft]"), kiosk = form && "idle" in form.dataset;

  all("[data-size]").forEach((a) => {
    const large = !a.dataset.size;
    if (large && !kiosk) box((b) => b.setItem("chu", "lon"));
    a.addEventListener("click", () => box((b) => (large ? b.removeItem("chu") : kiosk || b.setItem("chu", "lon"))));
    if (large || kiosk || box((b) => b.getItem("chu")) !== "lon") return;
    if (form && !("kept" in form.dataset)) location.replace(a.href); else document.documentElement.classList.add("large");
  });

  // Only a voice of the device itself: others send the text to somebody else.
  const voice = () => speechSynthesis.getVoices().find((v) => v.localService && v.lang.toLowerCase().split(/[-_]/)[0] === document.documentElement.lang);
  if (!form || !("speechSynthesis" in window) || !window.SpeechSynthesisUtterance) return;
  let speaking = null;
  function stop() {
    if (speaking) { speaking.setAttribute("aria-pressed", "false"); speaking.textContent = form.dataset.listen; }
    speaking = null;
    speechSynthesis.cancel();
  }
  function words(q) {
    const parts = all("legend,.legend,label.level", q).map((e) => {
      const copy = e.cloneNode(true);
      all("[aria-hidden],.listen", copy).forEach((x) => x.remove());
      return copy.textContent.trim();
    });
    return parts.join(". ");
  }
  function add() {
    if (!voice() || form.querySelector(".listen")) return;
    all(".ask", form).forEach((q) => {
      const b = document.createElement("button");
      b.type = "button";
      b.className = "listen";
      b.textContent = form.dataset.listen;
      b.setAttribute("aria-pressed", "false");
      b.onclick = () => {
        const mine = speaking === b;
        stop();
        if (mine) return;
        const u = new SpeechSynthesisUtterance(words(q));
        u.voice = voice();
        u.lang = u.voice.lang;
        u.onend = u.onerror = () => { if (speaking === b) stop(); };
        speaking = b;
        b.textContent = form.dataset.silence;
        b.setAttribute("aria-pressed", "true");
        speechSynthesis.speak(u);
      };
      (q.querySelector("legend,.legend")).after(b);
    });
  }
  add();
  speechSynthesis.addEventListener("voiceschanged", add);
  form.addEventListener("again", stop);
  addEventListener("pagehide", stop);
})();
