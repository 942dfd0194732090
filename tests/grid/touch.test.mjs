import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { Browser, answered, startClock, stopClock, wait } from "./browser.mjs";

let browser;
let grid;

const lesson = (number) => ({
  id: `L${number}`, date: `2026-11-${16 + number}`, day: String(16 + number), month: "ноября", weekday: "пн", number, work_type: "",
  work_type_title: "", topic: "", editable: true, why_not: "", attendance_taken: number < 3, is_written_control: false,
});

// Three pupils by three lessons, the last of them today's.
const register = (changes = {}) => ({
  user_id: "17", read_only: false, save_url: "/save", history_url: "/history", today: "2026-11-19", selected_lesson: null,
  pupils: ["1", "2", "3"].map((id) => ({ id, name: `Ученик ${id}`, mean: "4,00", count: 3, minimum: 3, controls: "4" })),
  lessons: [1, 2, 3].map(lesson), cells: {}, blocked: {}, term_marks: null, version: 1, ...changes,
});

function mount(changes = {}, options = { hasFinger: true }) {
  browser = new Browser(options);
  grid = browser.window.document.createElement("div");
  browser.window.document.body.append(grid);
  browser.mount({ parentElement: grid, data: register(changes), setTriggerValue: () => {} });
}

const cell = (row, column = 2) => grid.querySelector(`tr[data-row="${row}"] td.cell[data-column="${column}"]`);
const column = () => [0, 1, 2].map((row) => cell(row).textContent);
const place = () => {
  const here = grid.querySelector("td.cell[aria-selected]");
  return [Number(here.parentNode.dataset.row), Number(here.dataset.column)];
};
const pad = () => grid.querySelector(".pad");
const keys = () => [...pad().querySelectorAll("button")].map(({ dataset }) => dataset.key).join(" ");
const happen = (node, type, details = {}) => {
  const event = Object.assign(new browser.window.Event(type, { bubbles: true, cancelable: true }), details);
  node.dispatchEvent(event);
  return event;
};
const tap = (...names) => names.forEach((name) => {
  const key = pad().querySelector(`[data-key="${name}"]`);
  happen(key, "pointerdown");
  happen(key, "click"); // as browsers do after a touch: it must not count twice
});

beforeEach(startClock);
afterEach(stopClock);

describe("the pad", () => {
  it("offers what the sheet takes", () => {
    mount();
    assert.equal(keys(), "2 3 4 5 / ⌫ н б у о куда далее");
    mount({ single_mark: true });
    assert.equal(keys(), "2 3 4 5 ⌫ далее");
    mount({ letters_only: true });
    assert.equal(keys(), "н б у о ⌫ куда");
  });

  it("stays away from a mouse until a finger comes, and from a register that is only read", () => {
    mount({}, {});
    assert.ok(pad().hidden);
    happen(grid.querySelector(".scroll"), "pointerdown", { pointerType: "mouse" });
    assert.ok(pad().hidden);
    happen(grid.querySelector(".scroll"), "pointerdown", { pointerType: "touch" });
    assert.ok(!pad().hidden);
    mount({ read_only: true });
    assert.ok(pad().hidden);
  });

  it("puts marks and absences down the column, each once", async () => {
    mount();
    tap("5", "н", "2");
    assert.deepEqual(column(), ["5", "н", "2"]);
    await wait(80);
    assert.deepEqual(browser.requests[0].body.edits.map(({ pupil, text }) => [pupil, text]), [["1", "5"], ["2", "н"], ["3", "2"]]);
  });

  it("answers a click that no touch came before: a reader of screens presses so", async () => {
    mount();
    await wait(1000);
    happen(pad().querySelector('[data-key="4"]'), "click");
    assert.deepEqual(column(), ["4", "", ""]);
  });

  it("keeps the cell's focus", () => {
    mount();
    assert.ok(happen(pad().firstChild, "mousedown").defaultPrevented);
  });

  it("goes on without writing, and across the lessons when asked to", () => {
    mount({ selected_lesson: "L1" });
    tap("далее");
    assert.deepEqual(place(), [1, 0]);
    tap("куда", "н", "далее");
    assert.deepEqual([place(), cell(1, 0).textContent], [[1, 2], "н"]);
  });

  it("adds a second mark to the one just put, in the same cell", () => {
    mount();
    tap("5", "/");
    assert.equal(grid.querySelector("input.editor").getAttribute("inputmode"), "none");
    tap("4");
    assert.deepEqual([column(), place()], [["5/4", "", ""], [1, 2]]);
  });

  it("takes back the mark just put, not what stands where it went", () => {
    mount({ cells: { "L3:1": { text: "3", late: false }, "L3:3": { text: "5", late: false } } });
    tap("4", "⌫");
    assert.deepEqual([column(), place()], [["3", "", "5"], [0, 2]]);
    tap("⌫");
    assert.deepEqual(column(), ["", "", "5"]);
    tap("далее", "⌫");
    assert.deepEqual(column(), ["", "", "5"]);
  });

  it("takes back what a closed cell refused", () => {
    mount({ blocked: { "L3:1": "не числился" } });
    tap("4");
    assert.equal(grid.querySelector(".saved").textContent, "Не сохранено: 1, нужно решение (выше)");
    tap("⌫");
    assert.equal(grid.querySelector(".saved").textContent, "Несохранённых отметок нет");
  });

  it("offers to say that all are present where that was not said", async () => {
    mount();
    const button = [...grid.querySelectorAll(".foot button")].find(({ textContent }) => textContent === "Все присутствуют");
    assert.ok(!button.hidden);
    happen(button, "click");
    await wait(80);
    assert.deepEqual(browser.requests[0].body.attendance.map((each) => each.lesson), ["L3"]);
  });
});

describe("text that comes not as keys", () => {
  it("is taken by the selected cell, which alone is editable", () => {
    mount();
    assert.deepEqual([...grid.querySelectorAll("[contenteditable]")], [cell(0)]);
    const event = happen(cell(0), "beforeinput", { inputType: "insertText", data: "н" });
    assert.ok(event.defaultPrevented);
    assert.deepEqual([column(), place()], [["н", "", ""], [1, 2]]);
    assert.deepEqual([...grid.querySelectorAll("[contenteditable]")], [cell(1)]);
  });

  it("waits in the editor where it is a word, and goes down at a new line", () => {
    mount();
    happen(cell(0), "beforeinput", { inputType: "insertText", data: "осв" });
    assert.equal(grid.querySelector("input.editor").value, "осв");
    mount();
    happen(cell(0), "beforeinput", { inputType: "insertParagraph" });
    assert.deepEqual(place(), [1, 2]);
  });

  it("is taken once from a composition that the browser does not let us prevent", () => {
    mount();
    happen(cell(0), "compositionstart");
    cell(0).append("н");
    happen(cell(0), "input", { inputType: "insertCompositionText", data: "н" });
    happen(cell(0), "compositionend", { data: "н" });
    assert.deepEqual([column(), place()], [["н", "", ""], [1, 2]]);
    happen(cell(1), "compositionstart");
    happen(cell(1), "compositionend", { data: "5" });
    assert.deepEqual(column(), ["н", "5", ""]);
  });

  it("changes nothing in a register that is only read", () => {
    mount({ read_only: true });
    assert.equal(grid.querySelector("[contenteditable]"), null);
  });
});

describe("the footer", () => {
  it("never says that all is saved while a correction waits for its reason", async () => {
    mount({ cells: { "L3:1": { text: "3", late: false } } });
    browser.answers.push(answered("reason_required"));
    tap("4");
    await wait(80);
    assert.equal(grid.querySelector(".saved").textContent, "Не сохранено: 1, нужна причина (выше)");
  });

  it("shows the time of the school's clock", async () => {
    mount();
    tap("4");
    await wait(80);
    assert.equal(grid.querySelector(".saved").textContent, "Все отметки сохранены · 10:00:02");
  });
});

describe("what an earlier tab left", () => {
  const left = (user, address, client) => [`mark-grid:queue:${user}@${address}:${client}`, JSON.stringify([{ lesson: "L1", pupil: "1", text: "5", base: "", seq: 1, reason: null }])];

  it("goes out from a page without a grid, that of the person signed in alone", async () => {
    browser = new Browser();
    for (const [key, edits] of [left("17", "/save", "a"), left("17", "/term", "b"), left("18", "/save", "c")]) browser.localStorage.setItem(key, edits);
    assert.deepEqual(await browser.sendUnsent("17"), { sent: 2, held: 0, waiting: [] });
    assert.deepEqual(browser.requests.map(({ url, body }) => [url, body.user_id, body.client]), [["/save", "17", "a"], ["/term", "17", "b"]]);
    assert.equal(browser.stored("mark-grid:queue:").length, 1);
  });

  it("says what has to be decided", async () => {
    browser = new Browser();
    browser.localStorage.setItem(...left("17", "/save", "a"));
    browser.answers.push(answered("conflict", { text: "3", by: "Петрова А. И." }));
    assert.deepEqual(await browser.sendUnsent("17"), { sent: 0, held: 1, waiting: ["/save"] });
  });
});
