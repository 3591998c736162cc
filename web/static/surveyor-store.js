// What the interview page keeps on the device, in IndexedDB: the campaigns with
// their forms, unfinished interviews (drafts), finished ones until the server
// has them (queue), and a few facts (meta).
(function (app) {
  "use strict";
  const NAME = "phong-van", VERSION = 1;
  const KEYS = { campaigns: "id", drafts: "key", queue: "key", meta: "name" };
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(NAME) : null;
  let opening = null;

  const done = (request) => new Promise((yes, no) => {
    request.onsuccess = () => yes(request.result);
    request.onerror = () => no(request.error);
  });

  function open() {
    if (!opening) {
      const request = indexedDB.open(NAME, VERSION);
      request.onupgradeneeded = () => Object.entries(KEYS).forEach(([name, keyPath]) => request.result.createObjectStore(name, { keyPath }));
      opening = done(request).then((db) => {
        db.onversionchange = () => { db.close(); opening = null; };
        return db;
      });
      opening.catch(() => { opening = null; });
    }
    return opening;
  }

  // write runs act in one transaction, all or nothing, and resolves with what
  // act returned once it is safely on the disk.
  async function write(names, act) {
    const tx = (await open()).transaction(names, "readwrite", { durability: "strict" });
    const finished = new Promise((yes, no) => {
      tx.oncomplete = yes;
      tx.onabort = tx.onerror = () => no(tx.error);
    });
    finished.catch(() => {});
    const result = await act(Object.fromEntries(names.map((n) => [n, tx.objectStore(n)])));
    await finished;
    return result;
  }
  const read = async (name, act) => done(act((await open()).transaction(name).objectStore(name)));

  // tell lets the other tabs and this one know that something changed.
  function tell() {
    if (channel) channel.postMessage("changed");
    dispatchEvent(new Event("surveyor-changed"));
  }
  if (channel) channel.onmessage = () => dispatchEvent(new Event("surveyor-changed"));

  app.store = {
    all: (name) => read(name, (s) => s.getAll()),
    get: (name, key) => read(name, (s) => s.get(key)),
    fact: (name) => read("meta", (s) => s.get(name)).then((f) => f && f.value),
    putFact: (name, value) => write(["meta"], (s) => done(s.meta.put({ name, value }))),
    put: (name, value) => write([name], (s) => done(s[name].put(value))).then(tell),
    remove: (name, key) => write([name], (s) => done(s[name].delete(key))).then(tell),

    // saveDraft keeps what was answered so far; false when the interview was
    // finished or discarded elsewhere.
    saveDraft: (draft) => write(["drafts"], async (s) => {
      if (!await done(s.drafts.get(draft.key))) return false;
      await done(s.drafts.put(draft));
      return true;
    }),

    // finish turns a draft into an item of the queue in one step; false when the
    // draft is not there any more.
    finish: (item) => write(["drafts", "queue"], async (s) => {
      if (!await done(s.drafts.get(item.key))) return false;
      await done(s.queue.add(item));
      await done(s.drafts.delete(item.key));
      return true;
    }).then((ok) => { tell(); return ok; }),

    // settle removes the items that the server has, counts them, and marks those
    // that it refused with what it said ({key: [{field, message}]}).
    settle: (sent, refused) => write(["queue", "meta"], async (s) => {
      let count = 0;
      for (const key of sent) {
        if (!await done(s.queue.get(key))) continue;
        await done(s.queue.delete(key));
        count++;
      }
      for (const [key, errors] of Object.entries(refused)) {
        const item = await done(s.queue.get(key));
        if (item) await done(s.queue.put({ ...item, state: "review", errors }));
      }
      const fact = await done(s.meta.get("sent"));
      await done(s.meta.put({ name: "sent", value: (fact ? fact.value : 0) + count }));
    }).then(tell),

    // adopt hands the waiting items of one login to another.
    adopt: (from, to) => write(["queue"], async (s) => {
      for (const item of await done(s.queue.getAll())) {
        if (item.owner === from) await done(s.queue.put({ ...item, owner: to }));
      }
    }).then(tell),

    wipe: () => write(Object.keys(KEYS), (s) => Promise.all(Object.values(s).map((one) => done(one.clear())))).then(tell),
  };
})(window.surveyor = window.surveyor || {});
