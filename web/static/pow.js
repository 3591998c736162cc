// Solves the proof of work of a busy hour: finds the number whose SHA-256 with
// the salt is the challenge. Without crypto.subtle, which browsers keep from
// plain http; in slices, so that the page stays alive.
(function () {
  "use strict";
  const SLICE = 30; // milliseconds of work between two breaths
  const K = [], H = [];
  for (let n = 2, found = 0; found < 64; n++) { // the constants are roots of primes
    let prime = true;
    for (let d = 2; d * d <= n; d++) if (n % d === 0) { prime = false; break; }
    if (!prime) continue;
    const part = (x) => ((x - Math.floor(x)) * 4294967296) | 0;
    if (found < 8) H.push(part(Math.sqrt(n)));
    K.push(part(Math.cbrt(n)));
    found++;
  }
  const W = new Int32Array(64);

  function sha256(bytes) {
    const size = bytes.length, blocks = (size + 8 >> 6) + 1, data = new Uint8Array(blocks * 64), h = H.slice();
    data.set(bytes);
    data[size] = 0x80;
    new DataView(data.buffer).setUint32(data.length - 4, size * 8);
    const view = new DataView(data.buffer);
    for (let at = 0; at < data.length; at += 64) {
      for (let i = 0; i < 16; i++) W[i] = view.getInt32(at + 4 * i);
      for (let i = 16; i < 64; i++) {
        const x = W[i - 15], y = W[i - 2];
        W[i] = W[i - 16] + W[i - 7] + ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3) + ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10) | 0;
      }
      let [a, b, c, d, e, f, g, k] = h;
      for (let i = 0; i < 64; i++) {
        const t = k + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (e & f ^ ~e & g) + K[i] + W[i] | 0;
        const u = ((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + (a & b ^ a & c ^ b & c) | 0;
        k = g; g = f; f = e; e = d + t | 0; d = c; c = b; b = a; a = t + u | 0;
      }
      [a, b, c, d, e, f, g, k].forEach((v, i) => { h[i] = h[i] + v | 0; });
    }
    return h.map((v) => (v >>> 0).toString(16).padStart(8, "0")).join("");
  }

  function solve(input) {
    const form = input.form, note = document.querySelector("[data-status]"), task = JSON.parse(input.dataset.challenge), text = new TextEncoder();
    let number = 0;
    const say = (s) => { note.className = "notice"; note.textContent = s; };
    const slice = () => {
      if (!input.isConnected) return; // a newer one took its place
      const end = performance.now() + SLICE;
      while (number <= task.maxnumber && performance.now() < end) {
        if (sha256(text.encode(task.salt + number)) === task.challenge) {
          input.value = btoa(JSON.stringify({ algorithm: task.algorithm, challenge: task.challenge, number, salt: task.salt, signature: task.signature }));
          say(input.dataset.checked);
          form.dispatchEvent(new Event("solved"));
          return;
        }
        number++;
      }
      if (number <= task.maxnumber) setTimeout(slice);
    };
    say(input.dataset.checking);
    slice();
  }

  const form = document.querySelector("form[data-draft]");
  const start = () => { const input = form.querySelector("input[data-challenge]"); if (input && !input.value) solve(input); };
  form.addEventListener("challenge", start);
  start();
})();
