import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { Browser, startClock, stopClock, wait } from "./browser.mjs";

let browser;
let grid;

function lesson(number, changes = {}) {
  const day = 16 + number;
  return {
    id: `L${number}`, date: `2026-11-${day}`, day: String(day), month: "ноября", weekday: "пн", number, work_type: "",
    work_type_title: "", topic: "", editable: true, why_not: "", attendance_taken: true, is_written_control: false, ...changes,
  };
}

const pupil = (id, changes = {}) => ({ id, name: `Ученик ${id}`, mean: "4,00", count: 3, minimum: 3, controls: "4", ...changes });

// Three pupils by four lessons of one week; the fourth is tomorrow's.
const register = (changes = {}) => ({
  user_id: "17", read_only: false, save_url: "/save", history_url: "/history", today: "2026-11-19", selected_lesson: null,
  pupils: [pupil("1"), pupil("2"), pupil("3")], lessons: [1, 2, 3, 4].map((number) => lesson(number)),
  cells: { "L1:1": { text: "5/4", late: true }, "L2:2": { text: "н", late: false } }, blocked: {}, term_marks: null, version: 1, ...changes,
});

const all = (root, selector) => [...root.querySelectorAll(selector)];
const texts = (root, selector) => all(root, selector).map((node) => node.textContent);

function mount(changes) {
  const parent = browser.window.document.createElement("div");
  browser.window.document.body.append(parent);
  grid = parent;
  browser.mount({ parentElement: parent, data: register(changes), setTriggerValue: () => {} });
  return parent;
}

const cell = (row, column) => grid.querySelector(`tr[data-row="${row}"] td.cell[data-column="${column}"]`);
const place = () => {
  const here = grid.querySelector("td.cell[aria-selected]");
  return [Number(here.parentNode.dataset.row), Number(here.dataset.column)];
};

function press(key, options = {}) {
  const event = new browser.window.KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...options });
  const target = grid.querySelector("input.editor") ?? grid.querySelector("td.cell[aria-selected]");
  target.dispatchEvent(event);
  return event;
}

beforeEach(() => {
  startClock();
  browser = new Browser();
});
afterEach(stopClock);

describe("the table", () => {
  it("has a row for each pupil, a column for each lesson and the mean", () => {
    const table = browser.buildTable(register());
    assert.deepEqual([all(table, "tbody tr").length, all(table, "tbody tr:first-child td.cell").length], [3, 4]);
    assert.deepEqual([table.getAttribute("aria-rowcount"), table.getAttribute("aria-colcount")], ["6", "6"]);
    assert.deepEqual(all(table, "tbody tr").map((row) => row.getAttribute("aria-rowindex")), ["4", "5", "6"]);
    assert.deepEqual(texts(table, "th.corner"), ["Ученик", "Средний"]);
  });

  it("names a month once over its lessons, and the same month of another year again", () => {
    const lessons = [lesson(1), lesson(2), lesson(3, { month: "декабря", date: "2026-12-01" }), lesson(4, { date: "2027-11-02" })];
    const table = browser.buildTable(register({ lessons }));
    assert.deepEqual(all(table, "th.month").map((node) => [node.textContent, node.getAttribute("colspan")]), [["ноября", "2"], ["декабря", "1"], ["ноября", "1"]]);
  });

  it("names days instead of months where columns stand by day", () => {
    const lessons = [lesson(1), lesson(2, { date: "2026-11-17", day: "17" }), lesson(3)];
    const table = browser.buildTable(register({ lessons, by_day: true }));
    assert.deepEqual(texts(table, "th.month"), ["пн, 17 ноября", "пн, 19 ноября"]);
    assert.deepEqual(all(table, "th.day").map((node) => node.dataset.starts ?? ""), ["day", "", "day"]);
  });

  it("shows term marks and forecasts at the right, words of a pupil at the left in place of the mean", () => {
    const ends = browser.buildTable(register({ term_marks: {}, forecasts: {} }));
    assert.deepEqual(texts(ends, "th.corner"), ["Ученик", "Средний", "За период", "Прогноз"]);
    const words = browser.buildTable(register({ info: [{ id: "work", title: "Работа", px: 90 }], info_title: "О периоде" }));
    assert.deepEqual(texts(words, "th.info"), ["Работа"]);
    assert.equal(words.querySelector("td.mean"), null);
    assert.equal(words.querySelector("td.cell").getAttribute("aria-colindex"), "3");
  });

  it("keeps in sight what tells a namesake apart", () => {
    const parent = mount({ pupils: [pupil("1", { name: "Ким Анна (12.03.2014)" }), pupil("2", { name: "Ким Олег" })] });
    assert.deepEqual(texts(parent, "tbody th"), ["Ким Анна (12.03.2014)", "Ким Олег"]);
    assert.deepEqual(texts(parent, "tbody th .namesake > span"), ["Ким Анна", " (12.03.2014)"]);
  });

  it("leads from a cell that holds something to a letter about it", () => {
    mount({ letter_url: "/messages?about=mark", selected_lesson: "L1" });
    const link = grid.querySelector(".foot a");
    assert.deepEqual(place(), [0, 0]);
    assert.deepEqual([link.hidden, link.getAttribute("href")], [false, "/messages?about=mark&id=L1&of=1"]);
    press("ArrowDown");
    assert.equal(link.hidden, true);
    mount({ selected_lesson: "L1" });
    assert.equal(grid.querySelector(".foot a").hidden, true);
  });

  it("escapes what people typed", () => {
    const parent = mount({ pupils: [pupil("1", { name: "<b>Иванов</b>" })] });
    assert.equal(parent.querySelector("tbody th").textContent, "<b>Иванов</b>");
    assert.equal(parent.querySelector("tbody th b"), null);
  });
});

describe("painting", () => {
  const painted = (look) => {
    const node = browser.window.document.createElement("td");
    node.append("");
    browser.paintCell(node, { text: "", ...look });
    return node;
  };

  it("distinguishes a two, an absence, two marks and a late mark", () => {
    assert.equal(painted({ text: "2" }).className, "cell two");
    assert.equal(painted({ text: "н" }).className, "cell absent");
    assert.equal(painted({ text: "о 4" }).className, "cell");
    assert.equal(painted({ text: "н 5/4" }).className, "cell long");
    assert.equal(painted({ text: "5", late: true }).className, "cell late");
  });

  it("says what is refused, closed and struck out, to the eye and to a reader of screens", () => {
    const refused = painted({ text: "9", kind: "refused", title: "Отметки «9» нет." });
    assert.deepEqual([refused.className, refused.getAttribute("aria-invalid"), refused.title], ["cell refused", "true", "Отметки «9» нет."]);
    const closed = painted({ text: "5", isClosed: true, isStruck: true });
    assert.deepEqual([closed.className, closed.getAttribute("aria-readonly")], ["cell closed struck", "true"]);
    browser.paintCell(closed, { text: "" });
    assert.deepEqual([closed.className, closed.textContent, closed.hasAttribute("aria-readonly")], ["cell", "", false]);
  });

  it("shows how many marks a mean is made of and how many are wanted", () => {
    const parent = mount({ pupils: [pupil("1"), pupil("2", { count: 1, mean: "5,00" }), pupil("3", { count: 0, mean: "", minimum: null, controls: "" })] });
    assert.deepEqual(texts(parent, "td.mean"), ["4,003/3", "5,001/3", "–0"]);
    assert.deepEqual(texts(parent, "td.mean .short"), ["1/3"]);
    assert.match(all(parent, "td.mean")[1].title, /^Отметок 1, нужно не менее 3 \(п\. 5\.2\)/);
  });

  it("shows the lesson's state in its head", () => {
    const lessons = [lesson(1, { attendance_taken: false }), lesson(2, { editable: false, why_not: "Срок прошёл" }), lesson(3), lesson(4)];
    const days = all(mount({ lessons, selected_lesson: "L2" }), "th.day");
    const state = (name) => days.map((day) => day.classList.contains(name));
    assert.deepEqual(state("untaken"), [true, false, false, false]);
    assert.deepEqual(state("closed"), [false, true, false, true]);
    assert.deepEqual(state("today"), [false, false, true, false]);
    assert.deepEqual(state("chosen"), [false, true, false, false]);
    assert.match(days[1].querySelector("button").title, /Срок прошёл$/);
    assert.equal(all(grid, "button.confirm").length, 1);
  });

  it("shows what is stored, then what is typed over it", () => {
    mount();
    assert.deepEqual([cell(0, 0).textContent, cell(1, 1).textContent], ["5/4", "н"]);
    assert.ok(cell(0, 0).classList.contains("late"));
    press("Home");
    press("3");
    assert.deepEqual([cell(0, 0).textContent, cell(0, 0).className], ["3", "cell typed"]);
  });
});

describe("keys", () => {
  it("starts at the last lesson that has passed, or at the chosen one", () => {
    mount();
    assert.deepEqual(place(), [0, 2]);
    browser = new Browser();
    mount({ selected_lesson: "L1" });
    assert.deepEqual(place(), [0, 0]);
  });

  it("stays where it was when the grid is mounted again", () => {
    mount();
    press("ArrowDown");
    grid.remove();
    mount();
    assert.deepEqual(place(), [1, 2]);
  });

  it("moves by arrows, Enter, Tab, Home, End and pages, and stops at the edges", () => {
    mount();
    const steps = [
      ["ArrowDown", [1, 2]], ["ArrowLeft", [1, 1]], ["ArrowRight", [1, 2]], ["Enter", [2, 2]], ["ArrowDown", [2, 2]], ["Home", [2, 0]],
      ["ArrowLeft", [2, 0]], ["End", [2, 3]], ["ArrowRight", [2, 3]], ["PageUp", [0, 3]], ["Tab", [1, 3]], ["PageDown", [2, 3]],
    ];
    for (const [key, expected] of steps) {
      assert.ok(press(key).defaultPrevented, key);
      assert.deepEqual(place(), expected, key);
    }
    press("Enter", { shiftKey: true });
    assert.deepEqual(place(), [1, 3]);
    press("Home", { ctrlKey: true, code: "Home" });
    assert.deepEqual(place(), [0, 3]);
  });

  it("leaves Tab to the browser in a register that is only read", () => {
    mount({ read_only: true });
    assert.equal(press("Tab").defaultPrevented, false);
    press("5");
    assert.equal(cell(0, 2).textContent, "");
  });

  it("puts a mark into the cell, goes down, and sends it", async () => {
    mount();
    press("5");
    press("4");
    assert.deepEqual([cell(0, 2).textContent, cell(1, 2).textContent, place()], ["5", "4", [2, 2]]);
    await wait(80);
    assert.deepEqual(browser.requests[0].body.edits.map(({ lesson: id, pupil: whose, text }) => [id, whose, text]), [["L3", "1", "5"], ["L3", "2", "4"]]);
  });

  it("reads the key of the Latin layout as an absence", () => {
    mount();
    press("y");
    assert.equal(cell(0, 2).textContent, "н");
  });

  it("does not fill a column from a key held down", () => {
    mount();
    press("5", { repeat: true });
    assert.deepEqual([cell(0, 2).textContent, place()], ["", [0, 2]]);
  });

  it("goes on with the mark just put when «/» follows", () => {
    mount();
    press("5");
    press("/");
    assert.deepEqual([grid.querySelector("input.editor").value, place()], ["5/", [0, 2]]);
    press("Escape");
    assert.deepEqual([grid.querySelector("input.editor"), cell(0, 2).textContent], [null, "5"]);
  });

  it("clears a cell, and takes the last step back", () => {
    mount();
    press("Home");
    press("Delete");
    assert.equal(cell(0, 0).textContent, "");
    press("z", { ctrlKey: true, code: "KeyZ" });
    assert.equal(cell(0, 0).textContent, "5/4");
  });

  it("takes nothing for tomorrow, for a closed lesson or for a blocked cell", async () => {
    mount({ blocked: { "L3:1": "Освобождён" }, lessons: [lesson(1), lesson(2, { editable: false }), lesson(3), lesson(4)] });
    for (const key of ["End", "5", "ArrowLeft", "5", "ArrowLeft", "5"]) press(key);
    await wait(1000);
    assert.equal(browser.requests.length, 0);
    assert.equal(cell(0, 2).title, "Освобождён");
  });

  it("holds a mark that does not exist and says why", async () => {
    mount();
    press("9");
    assert.ok(cell(0, 2).classList.contains("refused"));
    assert.match(grid.querySelector(".questions").textContent, /Отметки «9» нет/);
    await wait(1000);
    assert.equal(browser.requests.length, 0);
  });

  it("does nothing in a class without pupils", () => {
    mount({ pupils: [] });
    assert.equal(grid.querySelector("td.cell"), null);
  });
});

describe("a block from a spreadsheet", () => {
  it("gives its filled cells by their place", () => {
    assert.deepEqual(browser.readBlock("5\t4\r\n\t н \r\n"), [{ down: 0, right: 0, text: "5" }, { down: 0, right: 1, text: "4" }, { down: 1, right: 1, text: "н" }]);
  });
});
