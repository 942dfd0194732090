// A browser for the grid: the joined text that Streamlit serves, over a clock, a storage and a server that the test holds.
import { readFileSync } from "node:fs";
import { mock } from "node:test";
import { Window } from "happy-dom";

const FOLDER = new URL("../../pages/grid/", import.meta.url);
const WIRING = readFileSync(new URL("__init__.py", FOLDER), "utf8");
const PARTS = [...WIRING.match(/_PARTS = \(([^)]*)\)/)[1].matchAll(/"(.+?)"/g)].map(([, name]) => name);
const SOURCE = PARTS.map((part) => readFileSync(new URL(part, FOLDER), "utf8"))
  .join("\n")
  .replace(/^export default /m, "")
  .replace(/^export \{.*\};$/gm, "");
const NAMES = "buildTable, cellKey, lessonTitle, mount, outboxOf, paintCell, paintHead, paintPupil, readBlock, sendUnsent, storage";
const START = new Date("2026-11-23T10:00:00Z").getTime();

// What localStorage is to the queue: own keys, and a browser that may refuse to write.
class Storage {
  #isFull = false;

  fill() {
    this.#isFull = true;
  }

  getItem(key) {
    return Object.hasOwn(this, key) ? this[key] : null;
  }

  setItem(key, value) {
    if (this.#isFull) throw new Error("QuotaExceededError");
    this[key] = value;
  }

  removeItem(key) {
    delete this[key];
  }
}

export class Browser {
  constructor({ localStorage = new Storage(), hasFinger = false } = {}) {
    this.localStorage = localStorage;
    this.requests = []; // {url, body, keepalive}
    this.answers = []; // one for each request to come: a function of its body, which may throw
    this.window = new Window();
    this.listeners = new Map();
    this.location = { pathname: "/grid", search: "" };
    // happy-dom's bodies of tables do not list their rows.
    Object.defineProperty(this.window.HTMLTableSectionElement.prototype, "rows", {
      configurable: true,
      get() {
        return this.querySelectorAll(":scope > tr");
      },
    });
    const environment = {
      localStorage,
      document: this.window.document,
      innerHeight: 800,
      navigator: {},
      matchMedia: () => ({ matches: hasFinger }),
      getComputedStyle: (node) => this.window.getComputedStyle(node),
      performance: { now: () => Date.now() },
      location: this.location,
      history: { state: null, replaceState: (_state, _title, address) => this.visit(address) },
      AbortSignal: { timeout: () => undefined },
      addEventListener: (name, act) => this.listeners.set(name, [...(this.listeners.get(name) ?? []), act]),
      removeEventListener: () => {},
      fetch: (url, request) => this.answer(url, request),
    };
    const names = Object.keys(environment);
    Object.assign(this, new Function(...names, `${SOURCE}\nreturn { ${NAMES} };`)(...Object.values(environment)));
  }

  async answer(url, { body, keepalive } = {}) {
    const sent = body === undefined ? null : JSON.parse(body);
    this.requests.push({ url, body: sent, keepalive });
    const answer = this.answers.shift() ?? saved;
    const { status = 200, ...rest } = await answer(sent);
    return { status, ok: status === 200, json: async () => rest };
  }

  visit(address) {
    [, this.location.search] = address.match(/(\?.*)?$/);
  }

  happen(name) {
    for (const act of this.listeners.get(name) ?? []) act({});
  }

  // Everything stored under a prefix, parsed.
  stored(prefix) {
    return Object.keys(this.localStorage)
      .filter((key) => key.startsWith(prefix))
      .map((key) => JSON.parse(this.localStorage.getItem(key)));
  }
}

export const saved = ({ edits, attendance = [] }) => ({
  results: [...edits, ...attendance].map((edit) => ({ pupil: null, ...edit, status: "saved", text: edit.text ?? "" })),
  at: "10:00:02",
});

export const offline = () => {
  throw new TypeError("Failed to fetch");
};

// A server that answers every edit with the same status.
export const answered = (status, details = {}) => ({ edits }) => ({
  results: edits.map(({ lesson, pupil, seq }) => ({ lesson, pupil, seq, status, ...details })),
});

export function startClock() {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: START });
}

export const stopClock = () => mock.timers.reset();

export const settle = () => new Promise((resolve) => setImmediate(resolve));

export async function wait(ms) {
  mock.timers.tick(ms);
  await settle();
}
