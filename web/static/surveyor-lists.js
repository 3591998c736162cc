// The screens around an interview: what there is to do, the units of a
// campaign, what waits to be sent and one waiting interview.
(function (app) {
  "use strict";
  const LONG_LIST = 500, FULL = 0.8, MB = 1 << 20;
  const { el, say, store, form } = app;
  const groups = JSON.parse(document.getElementById("groups").textContent);
  const $ = (s, root) => (root || document).querySelector(s);
  app.groupName = (g) => groups[g] || g;

  const two = (n) => String(n).padStart(2, "0");
  // when writes a moment as "14:05 21/11/2026".
  app.when = (moment) => {
    const d = new Date(moment);
    return `${two(d.getHours())}:${two(d.getMinutes())} ${two(d.getDate())}/${two(d.getMonth() + 1)}/${d.getFullYear()}`;
  };
  const fold = (text) => text.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase().replace(/đ/g, "d").trim().replace(/\s+/g, " ");
  const row = (href, title, detail) => el("li", {}, el("a", { href }, el("span", {}, title, detail ? el("span", { className: "muted" }, detail) : null)));
  const fill = (selector, nodes) => $(selector).replaceChildren(...nodes);
  const byTime = (a, b) => (a.finished_at < b.finished_at ? 1 : -1);

  // ask puts a question with its consequence; true when the person says yes.
  app.ask = (text, yes) => new Promise((answer) => {
    const dialog = $("dialog");
    $("[data-ask]").textContent = text;
    $("[data-yes]").textContent = yes;
    dialog.returnValue = "no";
    dialog.onclose = () => answer(dialog.returnValue === "yes");
    dialog.showModal();
  });

  // band shows on every screen how much is not sent yet.
  app.band = async () => {
    const queue = await store.all("queue");
    const review = queue.filter((i) => i.state === "review").length, { state, why } = app.sync;
    $("[data-band]").hidden = false;
    $("[data-unsent]").textContent = say("surveyor.unsent", queue.length - review);
    $("[data-review]").hidden = !review;
    $("[data-review]").textContent = say("surveyor.review", review);
    $("[data-net]").textContent = state === "refused" ? say("surveyor.refused", why) : state === "signIn" ? "" : say("surveyor." + (state || "ready"));
    const never = !await store.fact("account");
    $("[data-signin]").hidden = state !== "signIn" && !(never && state !== "");
    $("[data-signin-text]").textContent = say(never ? "surveyor.noAccount" : "surveyor.signIn");
  };

  const screens = (app.screens = {});

  screens.home = async () => {
    const [campaigns, drafts, queue] = await Promise.all(["campaigns", "drafts", "queue"].map((n) => store.all(n)));
    const open = campaigns.filter((c) => c.open).sort((a, b) => (a.closes < b.closes ? -1 : 1));
    fill("[data-campaigns]", open.map((c) => row("#/dot/" + c.id, c.title, say("surveyor.closes", app.when(c.closes)) + " · " + say("surveyor.unitCount", c.units.length))));
    $("[data-no-campaigns]").hidden = open.length > 0;
    fill("[data-drafts]", drafts.map((d) => row("#/phieu/" + d.key, d.unitName, say("surveyor.draft", d.title, app.when(d.started_at)))));
    $("[data-drafts-card]").hidden = !drafts.length;
    await device();
    fill("[data-foreign]", foreign(queue));
  };

  async function device() {
    const [account, synced, sent] = await Promise.all(["account", "synced", "sent"].map((n) => store.fact(n)));
    $("[data-account]").textContent = account ? say("surveyor.account", `${account.name} (${account.login})`) : say("surveyor.noAccount");
    $("[data-last]").textContent = synced ? say("surveyor.lastSync", app.when(synced)) : say("surveyor.neverSynced");
    $("[data-count]").textContent = say("surveyor.sentCount", sent || 0);
    await storage();
  }

  // storage warns where the browser may throw the interviews away.
  async function storage() {
    if (!navigator.storage || !navigator.storage.estimate) return;
    const [kept, { usage, quota }] = await Promise.all([navigator.storage.persisted(), navigator.storage.estimate()]);
    $("[data-persist]").textContent = say(kept ? "surveyor.persisted" : "surveyor.notPersisted");
    $("[data-usage]").textContent = say("surveyor.usage", (usage / MB).toFixed(1).replace(".", ","));
    const full = usage > quota * FULL;
    $("[data-storage]").hidden = kept && !full;
    $("[data-storage]").textContent = say(full ? "surveyor.almostFull" : "surveyor.notPersisted");
  }

  // foreign offers to send what another login left on this device.
  function foreign(queue) {
    const login = app.sync.login;
    if (!login) return [];
    const owners = [...new Set(queue.filter((i) => i.owner !== login && i.state === "waiting").map((i) => i.owner))];
    return owners.map((owner) => {
      const n = queue.filter((i) => i.owner === owner && i.state === "waiting").length;
      const adopt = async () => {
        if (await app.ask(say("surveyor.adoptAsk", n, owner, login), say("surveyor.adopt"))) {
          await store.adopt(owner, login);
          app.sync.send();
        }
      };
      return el("div", { className: "notice warn" }, el("p", {}, say("surveyor.foreign", n, owner)), el("p", {}, el("button", { type: "button", className: "btn quiet", onclick: adopt }, say("surveyor.adopt"))));
    });
  }

  screens.units = async (id) => {
    const campaign = await store.get("campaigns", id);
    if (!campaign) return app.lost();
    const over = Date.now() >= Date.parse(campaign.closes) || !campaign.open;
    $("[data-campaign-title]").textContent = campaign.title;
    $("[data-campaign-closes]").textContent = say(over ? "surveyor.closed" : "surveyor.closes", app.when(campaign.closes));
    const list = () => {
      const wanted = fold($("#tim").value), found = campaign.units.filter((u) => fold(u.name).includes(wanted));
      $("[data-found]").textContent = say("surveyor.found", found.length, campaign.units.length);
      fill("[data-units]", over ? [] : found.slice(0, LONG_LIST).map((u) => row(`#/moi/${id}/${u.code}`, u.name)));
    };
    $("#tim").oninput = list;
    list();
  };

  screens.queue = async () => {
    const queue = (await store.all("queue")).sort(byTime);
    const rows = (state) => queue.filter((i) => i.state === state).map((i) => row("#/hang-doi/" + i.key, i.unitName, detail(i)));
    const review = rows("review"), waiting = rows("waiting");
    fill("[data-review-list]", review);
    fill("[data-waiting-list]", waiting);
    $("[data-review-card]").hidden = !review.length;
    $("[data-nothing]").hidden = waiting.length > 0;
  };
  const detail = (i) => say("surveyor.item", i.title, app.when(i.finished_at)) + (app.sync.login && i.owner !== app.sync.login ? " · " + say("surveyor.itemOwner", i.owner) : "");

  screens.item = async (key) => {
    const item = await store.get("queue", key), campaign = item && await store.get("campaigns", item.campaign);
    if (!item) return app.lost();
    $("[data-item-where]").textContent = item.title;
    $("[data-item-unit]").textContent = item.unitName;
    $("[data-item-when]").textContent = say("surveyor.savedAt", app.when(item.finished_at)) + " · " + say("surveyor.itemOwner", item.owner);
    const errors = item.errors || [];
    $("[data-item-errors]").hidden = !errors.length;
    fill("[data-item-errors]", errors.map((e) => el("p", {}, named(e, campaign))));
    fill("[data-answers]", answers(item, campaign));
    $("[data-resend]").hidden = item.state !== "review";
    $("[data-resend]").onclick = async () => {
      await store.put("queue", { ...item, state: "waiting", errors: [] });
      app.go("#/hang-doi");
      app.sync.send();
    };
    $("[data-delete]").onclick = async () => {
      if (!await app.ask(say("surveyor.deleteAsk", item.unitName, app.when(item.finished_at)), say("surveyor.yesDelete"))) return;
      await store.remove("queue", key);
      app.go("#/hang-doi");
    };
  };

  // named puts a question's text before what is wrong with its answer.
  function named(e, campaign) {
    const q = campaign && form.questions(campaign.form).find((x) => x.code === e.field.replace(/\.other$/, ""));
    return q ? `${q.text} ${e.message}` : e.message;
  }

  function answers(item, campaign) {
    const pairs = [[say("surveyor.respondent"), app.groupName(item.group)]];
    if (campaign) form.questions(campaign.form).filter((q) => form.shown(campaign.form, item.answers, q)).forEach((q) => pairs.push([q.text, form.readable(campaign.form, q, item.answers)]));
    return pairs.flatMap(([q, a]) => [el("dt", {}, q), el("dd", {}, a)]);
  }
})(window.surveyor = window.surveyor || {});
