// The edits between the fingers and the register. An edit leaves the queue only when the server has answered for it.
//
// Kept in localStorage: ids and typed texts, never a name. One stored queue per browser tab («client») and address that
// takes it, so that tabs and pages do not overwrite each other. A tab that is gone leaves its queue to any other tab of the same user, which sends it
// under the old client id and numbers: the server recognises what it has already taken, so sending twice is harmless.

const STORED_QUEUE = "mark-grid:queue:";
const STORED_PULSE = "mark-grid:pulse:";
const PULSE_MS = 2000;
const DEAD_AFTER_MS = 15000; // a throttled background tab may look dead: it is only sent twice
const IDLE_MS = 80;
const TYPING_MS = 250;
const BATCH_LIMIT = 200;
const REQUEST_MS = 15000;
const RETRY_MS = [300, 5000];
const SIGNED_OUT_RETRY_MS = 10000;
const UNVERSIONED_ACK_MS = 5000;

const cellKey = (lesson, pupil) => `${lesson}:${pupil ?? ""}`;

function newClientId() {
  // crypto.randomUUID exists only on https; a school server is often plain http.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const storage = {
  works: true,
  read(key) {
    try {
      return JSON.parse(localStorage.getItem(key) ?? "null");
    } catch {
      return null;
    }
  },
  write(key, value) {
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(value));
      this.works = true;
    } catch {
      this.works = false;
    }
  },
  keys(prefix) {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
    } catch {
      return [];
    }
  },
};

// One client's edits: `waiting` may still change, `sent` is frozen until the server answers (a repeat must be the
// same), `held` the server or the grammar did not take and a person has to decide.
class EditQueue {
  constructor(owner, client, isAdopted) {
    this.owner = owner;
    this.client = client;
    this.isAdopted = isAdopted;
    this.seq = 0;
    this.waiting = new Map();
    this.sent = new Map();
    this.held = new Map();
    this.known = new Set();
    if (isAdopted) this.load();
  }

  get storedKey() {
    return `${STORED_QUEUE}${this.owner}:${this.client}`;
  }

  load() {
    for (const edit of storage.read(this.storedKey) ?? []) {
      const place = edit.refused ? this.held : this.waiting;
      this.known.add(edit.seq);
      this.seq = Math.max(this.seq, edit.seq);
      const key = cellKey(edit.lesson, edit.pupil);
      // Two edits of one cell are a sent one and its successor: both go, in their order.
      if (place === this.waiting && this.waiting.has(key)) this.sent.set(key, this.waiting.get(key));
      place.set(key, edit.refused ? { ...edit, status: "refused", message: edit.refused } : edit);
    }
  }

  entries() {
    return [...this.sent.values(), ...this.waiting.values(), ...this.held.values()];
  }

  persist() {
    const mine = this.entries().map(({ lesson, pupil, text, base, seq, reason, status, message }) =>
      status === "refused" ? { lesson, pupil, text, base, seq, refused: message } : { lesson, pupil, text, base, seq, reason },
    );
    // The tab believed dead may have typed on: what it added since is not ours to erase.
    const foreign = this.isAdopted ? (storage.read(this.storedKey) ?? []).filter((edit) => !this.known.has(edit.seq)) : [];
    const all = [...mine, ...foreign].sort((a, b) => a.seq - b.seq);
    storage.write(this.storedKey, all.length ? all : null);
    if (!this.isAdopted || !all.length) this.beat();
  }

  beat() {
    storage.write(STORED_PULSE + this.client, this.isEmpty ? null : Date.now());
  }

  get isEmpty() {
    return !this.sent.size && !this.waiting.size && !this.held.size;
  }

  put(lesson, pupil, text, base, reason = null) {
    const key = cellKey(lesson, pupil);
    const earlier = this.waiting.get(key);
    const edit = { lesson, pupil, text, base: earlier?.base ?? base, seq: ++this.seq, reason };
    this.held.delete(key);
    this.waiting.delete(key);
    if (text !== edit.base || pupil === null) this.waiting.set(key, edit);
    this.persist();
  }

  hold(edit, status, answer) {
    this.held.set(cellKey(edit.lesson, edit.pupil), { ...edit, status, ...answer });
    this.persist();
  }

  drop(key) {
    if (this.held.delete(key)) this.persist();
  }

  // The batch to send now: the frozen one again, or the next edits, or (alone in its request) attendance.
  batch() {
    if (!this.sent.size) {
      const ready = [...this.waiting.entries()];
      const edits = ready.filter(([, edit]) => edit.pupil !== null);
      for (const [key, edit] of (edits.length ? edits : ready).slice(0, BATCH_LIMIT)) {
        this.sent.set(key, edit);
        this.waiting.delete(key);
      }
      if (this.sent.size) this.persist();
    }
    return [...this.sent.values()];
  }

  get hasWork() {
    return this.sent.size > 0 || this.waiting.size > 0;
  }
}

// Sends the queues of one user for one address from this tab and tells the grids what became of each cell.
class Outbox {
  constructor(user, saveUrl) {
    this.user = user;
    this.saveUrl = saveUrl;
    this.owner = ownerOf(user, saveUrl);
    this.own = new EditQueue(this.owner, newClientId(), false);
    this.adopted = [];
    this.acknowledged = new Map();
    this.views = new Set();
    this.trouble = ""; // "", "offline", "signed_out" or "unavailable": the server says in `words` why it saves nothing
    this.words = "";
    this.notice = "";
    this.savedAt = null; // by the clock of the school, or "" where its server did not say
    this.isBusy = false;
    this.retryMs = RETRY_MS[0];
    this.retryAt = 0;
    this.firstUnsentAt = null;
    this.adoptTheDead();
    setInterval(() => this.pulse(), PULSE_MS);
  }

  get queues() {
    return [...this.adopted, this.own];
  }

  pulse() {
    if (this.own.hasWork || this.own.held.size) this.own.beat();
    if (this.views.size) this.adoptTheDead();
  }

  adoptTheDead() {
    const prefix = `${STORED_QUEUE}${this.owner}:`;
    const living = new Set(this.queues.map((queue) => queue.client));
    for (const key of storage.keys(prefix)) {
      const client = key.slice(prefix.length);
      const pulse = storage.read(STORED_PULSE + client) ?? 0;
      if (living.has(client) || Date.now() - pulse < DEAD_AFTER_MS) continue;
      const queue = new EditQueue(this.owner, client, true);
      this.adopted.push(queue);
      this.tell(queue.entries());
      this.schedule();
    }
  }

  // The newest unsettled text of a cell, or undefined.
  pending(key) {
    for (const queue of [this.own, ...[...this.adopted].reverse()]) {
      if (queue.waiting.has(key)) return { text: queue.waiting.get(key).text, phase: "typed" };
      if (queue.sent.has(key)) return { text: queue.sent.get(key).text, phase: "sent" };
    }
    return undefined;
  }

  held(key) {
    return this.queues.map((queue) => queue.held.get(key)).findLast(Boolean);
  }

  allHeld() {
    return this.queues.flatMap((queue) => [...queue.held.values()]);
  }

  get unsaved() {
    return this.queues.reduce((sum, queue) => sum + queue.waiting.size + queue.sent.size, 0);
  }

  enter(lesson, pupil, text, serverText, reason = null) {
    const key = cellKey(lesson, pupil);
    const base = this.pending(key)?.text ?? serverText;
    this.dropHeld(key);
    this.own.put(lesson, pupil, text, base, reason);
    this.tell([{ lesson, pupil }]);
    this.schedule();
  }

  confirmAttendance(lesson) {
    this.own.put(lesson, null, "", "");
    this.tell([]);
    this.schedule();
  }

  refuse(lesson, pupil, text, message, serverText) {
    this.dropHeld(cellKey(lesson, pupil));
    this.own.hold({ lesson, pupil, text, base: serverText, seq: ++this.own.seq, reason: null }, "refused", { message });
    this.tell([{ lesson, pupil }]);
  }

  dropHeld(key) {
    this.queues.forEach((queue) => queue.drop(key));
  }

  letGo(held) {
    this.dropHeld(cellKey(held.lesson, held.pupil));
    this.tell([held]);
  }

  schedule() {
    const now = performance.now();
    this.firstUnsentAt ??= now;
    const due = Math.max(Math.min(now + IDLE_MS, this.firstUnsentAt + TYPING_MS), this.retryAt);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.pump(), Math.max(0, due - now));
  }

  tryNow() {
    this.retryAt = 0;
    if (this.nextQueue()) this.schedule();
  }

  // After a sign-out only a register that is open again for this very user is a reason to try.
  get maySend() {
    return activeUser === this.user && (this.trouble !== "signed_out" || this.views.size > 0);
  }

  async pump() {
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      for (let queue = this.nextQueue(); queue && this.maySend; queue = this.nextQueue()) {
        const batch = queue.batch();
        this.tell(batch);
        const isAnswered = await this.deliver(queue, batch);
        if (!isAnswered) {
          this.schedule();
          break;
        }
      }
    } finally {
      this.isBusy = false;
      this.firstUnsentAt = null;
      this.adopted = this.adopted.filter((queue) => !queue.isEmpty);
      this.tell([]);
    }
  }

  nextQueue() {
    return this.queues.find((queue) => queue.hasWork);
  }

  // Whether the server has answered for the whole batch; if not, `retryAt` says when to ask again.
  async deliver(queue, batch) {
    let response;
    let body;
    try {
      response = await post(this.saveUrl, requestBody(this.user, queue.client, batch), AbortSignal.timeout(REQUEST_MS));
      body = await response.json().catch(() => ({}));
    } catch {
      return this.failed("offline");
    }
    if (response.status === 401) return this.failed("signed_out", SIGNED_OUT_RETRY_MS);
    if (response.status === 400 || response.status === 413) {
      const message = body.message || "Журнал не принял запись. Обновите страницу и введите ещё раз.";
      body = { results: batch.map(({ lesson, pupil, seq }) => ({ lesson, pupil, seq, status: "refused", message })) };
    } else if (body.error === "unavailable") {
      this.words = body.message ?? "";
      return this.failed("unavailable");
    } else if (!response.ok || !Array.isArray(body.results)) {
      return this.failed("offline");
    }
    this.settle(queue, body);
    return queue.sent.size ? this.failed("offline") : this.worked(body.at);
  }

  failed(trouble, retryMs = this.retryMs) {
    this.trouble = trouble;
    this.retryAt = performance.now() + retryMs;
    this.retryMs = Math.min(this.retryMs * 2, RETRY_MS[1]);
    return false;
  }

  worked(at = "") {
    this.trouble = "";
    this.retryAt = 0;
    this.retryMs = RETRY_MS[0];
    this.savedAt = at;
    return true;
  }

  settle(queue, body) {
    for (const result of body.results) {
      const key = cellKey(result.lesson, result.pupil);
      const edit = queue.sent.get(key);
      if (!edit || edit.seq !== result.seq) continue;
      queue.sent.delete(key);
      this.settleOne(queue, key, edit, result, body.version ?? null);
    }
    queue.persist();
    this.views.forEach((view) => view.figuresArrived(body));
    this.tell(body.results);
  }

  settleOne(queue, key, edit, result, version) {
    const isTaken = result.status === "saved" || (result.status === "conflict" && result.text === edit.text);
    if (edit.pupil === null) {
      if (!isTaken) this.notice = result.message ?? "";
      return;
    }
    this.rebase(key, edit.text, isTaken ? (result.text ?? edit.text) : edit.base);
    if (isTaken || result.status === "conflict") {
      this.acknowledged.set(key, { text: result.text ?? edit.text, late: Boolean(result.late), version, at: Date.now() });
    }
    const isSuperseded = queue.waiting.has(key) || this.own.waiting.has(key);
    if (!isTaken && !isSuperseded) queue.hold(edit, result.status, { message: result.message ?? "", by: result.by ?? "" });
  }

  // An edit typed over a pending one was typed over what that one has now become.
  rebase(key, assumed, actual) {
    for (const { waiting } of this.queues) {
      const edit = waiting.get(key);
      if (edit?.base === assumed) waiting.set(key, { ...edit, base: actual });
    }
  }

  // Fresh data may have been read before the last commits: keep what the server acknowledged after that reading.
  forgetAcknowledged(dataVersion) {
    for (const [key, { version, at }] of this.acknowledged) {
      const isInData = version === null ? Date.now() - at > UNVERSIONED_ACK_MS : dataVersion >= version;
      if (isInData) this.acknowledged.delete(key);
    }
  }

  tell(edits) {
    const keys = edits.map(({ lesson, pupil }) => cellKey(lesson, pupil));
    this.views.forEach((view) => view.cellsChanged(keys));
  }

  // The page goes away: a last try that survives it, and the queue is free for the next page at once.
  leave() {
    const isWorthTrying = this.maySend && this.trouble !== "signed_out";
    for (const queue of this.queues.filter((each) => each.hasWork && isWorthTrying)) {
      post(this.saveUrl, requestBody(this.user, queue.client, queue.batch()), undefined, true).catch(() => {});
    }
    storage.write(STORED_PULSE + this.own.client, null);
  }
}

function requestBody(user, client, batch) {
  const edits = batch.filter((edit) => edit.pupil !== null);
  const attendance = batch.filter((edit) => edit.pupil === null).map(({ lesson, seq }) => ({ lesson, seq }));
  return { user_id: user, client, edits, ...(attendance.length ? { attendance } : {}) };
}

function post(url, body, signal, keepalive = false) {
  const headers = { "Content-Type": "application/json" };
  return fetch(url, { method: "POST", credentials: "same-origin", headers, body: JSON.stringify(body), signal, keepalive });
}

const ownerOf = (user, saveUrl) => `${user}@${saveUrl}`;

const outboxes = new Map();
let activeUser = null;

// The outbox of the person now signed in for this address; everybody else's queue rests until they sign in again.
function outboxOf(user, saveUrl) {
  activeUser = user;
  const addresses = new Set([...storedAddresses(user), saveUrl]);
  for (const address of addresses) {
    const owner = ownerOf(user, address);
    if (!outboxes.has(owner)) outboxes.set(owner, new Outbox(user, address));
    outboxes.get(owner).tryNow();
  }
  return outboxes.get(ownerOf(user, saveUrl));
}

// Where edits of this person still wait to go: whichever grid they open next sends them all.
function storedAddresses(user) {
  const prefix = STORED_QUEUE + ownerOf(user, "");
  return storage.keys(prefix).map((key) => key.slice(prefix.length, key.lastIndexOf(":")));
}

const tryNow = () => outboxes.forEach((outbox) => outbox.tryNow());
addEventListener("online", tryNow);
addEventListener("pageshow", tryNow);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && tryNow());
addEventListener("pagehide", () => outboxes.forEach((outbox) => outbox.leave()));
