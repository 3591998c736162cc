// A survey form on the device: which questions are shown, whether an answer is
// right (in the server's own words), and its fields on the screen.
(function (app) {
  "use strict";
  const OTHER = "other", OTHER_TEXT = 200, MAX_DIGITS = 18, MAX_NUMBER = 1e12;
  const words = JSON.parse(document.getElementById("words").textContent);

  // say is the sentence of a name with its arguments.
  app.say = (name, ...args) => args.reduce((text, a) => text.replace("%v", () => a), words[name] || name);

  // el makes an element of properties and children.
  app.el = (tag, props, ...children) => {
    const e = document.createElement(tag);
    Object.entries(props || {}).forEach(([k, v]) => {
      if (k in e) e[k] = v; else e.setAttribute(k, v);
    });
    e.append(...children.filter((c) => c !== null && c !== undefined));
    return e;
  };
  const { el, say } = app;

  const questions = (form) => form.sections.flatMap((s) => s.questions);
  const comma = (n) => String(n).replace(".", ",");
  const clean = (text) => (text || "").normalize("NFC").trim();
  const blank = (a) => a === undefined || a === "" || Array.isArray(a) && !a.length;
  const list = (a) => (Array.isArray(a) ? a : blank(a) ? [] : [a]);

  // options are those of a question, with "other" where it takes free text.
  function options(form, q) {
    const own = (q.kind === "scale" ? form.scales[q.scale] : q.options) || [];
    return q.other && !own.some((o) => o.code === OTHER) ? [...own, { code: OTHER, label: say("surveyor.other") }] : own;
  }

  // kept returns the answers that count: of shown questions, not blank, and the
  // free text only beside a chosen "other".
  function kept(form, answers) {
    const out = {};
    questions(form).forEach((q) => {
      if (q.show_if && !list(out[q.show_if.question]).some((c) => q.show_if.in.includes(c))) return;
      const a = typeof answers[q.code] === "string" ? clean(answers[q.code]) : answers[q.code];
      if (!blank(a)) out[q.code] = a;
      const text = clean(answers[q.code + ".other"]);
      if (text && list(a).includes(OTHER)) out[q.code + ".other"] = text;
    });
    return out;
  }

  const shown = (form, answers, q) => !q.show_if || list(kept(form, answers)[q.show_if.question]).some((c) => q.show_if.in.includes(c));

  function numberProblem(q, text) {
    const n = Number(text.replace(",", "."));
    if (!/^-?\d+([.,]\d+)?$/.test(text) || text.replace(/\D/g, "").length > MAX_DIGITS || Math.abs(n) > MAX_NUMBER) return say("survey.number", text.slice(0, 40));
    if (q.min !== undefined && n < q.min) return say("survey.number_low", comma(text), comma(q.min));
    if (q.max !== undefined && n > q.max) return say("survey.number_high", comma(text), comma(q.max));
    return "";
  }
  const lengthProblem = (text, most) => ([...text].length > most ? say("survey.text_long", [...text].length, most) : "");

  // problem is what is wrong with the answer to a shown question, or "".
  function problem(q, answers) {
    const a = answers[q.code];
    if (blank(a) || typeof a === "string" && !clean(a)) return q.required ? say("survey.required") : "";
    if (q.kind === "number") return numberProblem(q, clean(a));
    if (q.kind === "date") return /^\d{4}-\d\d-\d\d$/.test(a) ? "" : say("surveyor.date");
    if (q.kind === "text") return lengthProblem(clean(a), q.max_length);
    return lengthProblem(clean(answers[q.code + ".other"]), OTHER_TEXT);
  }

  // words in brackets after a question's text.
  function range(q) {
    if (q.min !== undefined && q.max !== undefined) return say("public.between", comma(q.min), comma(q.max));
    if (q.min !== undefined) return say("public.atLeast", comma(q.min));
    return q.max !== undefined ? say("public.atMost", comma(q.max)) : "";
  }
  function marks(q) {
    const hint = range(q);
    return [hint && " ", hint && el("span", { className: "hint" }, `(${hint})`),
      q.required ? el("span", { className: "req" }, " " + say("surveyor.needed")) : q.kind === "multi" ? el("span", { className: "hint" }, " " + say("surveyor.several")) : null];
  }

  // dots hint at the rank of a valued option.
  function dots(all, o) {
    const valued = all.filter((x) => x.value !== undefined);
    if (o.value === undefined) return null;
    const rank = 1 + valued.filter((x) => x.value < o.value).length;
    return el("span", { className: "dots", "aria-hidden": "true" }, "●".repeat(rank) + "○".repeat(valued.length - rank));
  }

  function optionFields(form, q, answers) {
    const all = options(form, q), chosen = list(answers[q.code]);
    const fields = all.map((o) => el("label", { className: "level" },
      el("input", { type: q.kind === "multi" ? "checkbox" : "radio", name: q.code, value: o.code, checked: chosen.includes(o.code) }), o.label, dots(all, o)));
    if (q.other) {
      fields.push(el("input", { type: "text", name: q.code + ".other", value: answers[q.code + ".other"] || "", maxLength: OTHER_TEXT, autocomplete: "off", "aria-label": say("surveyor.otherText"), "data-other": q.code }));
    }
    return el("fieldset", { className: "ask", tabIndex: -1, "data-code": q.code }, el("legend", {}, q.text, ...marks(q)), ...fields);
  }

  function plainField(q, answers) {
    const id = "a." + q.code, common = { id, name: q.code, value: answers[q.code] || "", autocomplete: "off" };
    const field = q.kind === "text" ? el("textarea", { ...common, rows: 4, maxLength: q.max_length })
      : q.kind === "date" ? el("input", { ...common, type: "date", max: "9999-12-31" }) : el("input", { ...common, type: "text", inputMode: "decimal" });
    field.value = common.value; // a date takes its value after its type
    return el("div", { className: "ask", "data-code": q.code }, el("label", { className: "legend", htmlFor: id }, q.text, ...marks(q)), field);
  }

  // fields makes the elements of one question.
  const fields = (form, q, answers) => (["scale", "choice", "multi"].includes(q.kind) ? optionFields(form, q, answers) : plainField(q, answers));

  // value reads one question's fields back into answers.
  function value(q, box, answers) {
    const inputs = Array.from(box.querySelectorAll("input,textarea")).filter((e) => e.name === q.code);
    const chosen = inputs.filter((e) => e.checked).map((e) => e.value);
    const other = box.querySelector("[data-other]");
    if (q.kind === "multi") answers[q.code] = chosen;
    else if (q.kind === "scale" || q.kind === "choice") answers[q.code] = chosen[0] || "";
    else answers[q.code] = inputs[0].validity.badInput ? "?" : inputs[0].value;
    if (other) answers[q.code + ".other"] = other.value;
  }

  // readable is an answer as a person reads it.
  function readable(form, q, answers) {
    const a = answers[q.code], text = answers[q.code + ".other"];
    if (blank(a)) return say("surveyor.noAnswer");
    const all = options(form, q);
    if (all.length) {
      const labels = list(a).map((code) => (all.find((o) => o.code === code) || { label: code }).label);
      return labels.join("\n") + (text ? ": " + text : "");
    }
    return q.kind === "date" ? a.split("-").reverse().join("/") : a;
  }

  app.form = { questions, kept, shown, problem, fields, value, readable };
})(window.surveyor = window.surveyor || {});
