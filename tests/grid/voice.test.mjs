import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { Browser, answered, settle, startClock, stopClock, wait } from "./browser.mjs";

let browser;
let grid;

const lesson = (day) => ({
  id: `L${day}`, date: `2026-11-${day}`, day: String(day), month: "ноя", weekday: "чт", number: 2, work_type: "", work_type_title: "",
  topic: "", editable: true, why_not: "", attendance_taken: true, is_written_control: false,
});
const pupil = (id, name) => ({ id, name, mean: "4,00", count: 3, minimum: 3, controls: "4" });
const names = ["Иванов Иван", "Петрова Анна", "Сидоров Пётр", "Юдин Олег"];

beforeEach(() => {
  startClock();
  browser = new Browser();
  grid = browser.window.document.createElement("div");
  browser.window.document.body.append(grid);
  const data = {
    user_id: "17", read_only: false, save_url: "/save", history_url: "/history", today: "2026-11-19", selected_lesson: null,
    pupils: names.map((name, index) => pupil(String(index + 1), name)), lessons: [lesson(12)], cells: {}, blocked: {}, term_marks: null, version: 1,
  };
  browser.mount({ parentElement: grid, data, setTriggerValue: () => {} });
});
afterEach(stopClock);

async function enter(...pupils) {
  const outbox = browser.outboxOf("17", "/save");
  for (const id of pupils) outbox.enter("L12", id, "4", "");
  await wait(1000);
  await settle();
}

const said = () => grid.querySelector(".voice").textContent;

describe("the voice of the grid", () => {
  it("says whose cell of which day was saved with what", async () => {
    await enter("1");
    assert.equal(said(), "Иванов Иван, 12 ноя: 4 — сохранено");
    assert.equal(grid.querySelector(".voice").getAttribute("aria-live"), "polite");
  });

  it("says why a cell was not saved", async () => {
    browser.answers.push(answered("refused", { message: "Урок закрыт" }));
    await enter("2");
    assert.equal(said(), "Петрова Анна, 12 ноя: не принято. Урок закрыт");
  });

  it("says what stands there when somebody was quicker", async () => {
    browser.answers.push(answered("conflict", { text: "5", by: "Орлова В." }));
    await enter("3");
    assert.equal(said(), "Сидоров Пётр, 12 ноя: не сохранено: уже стоит 5 (Орлова В.)");
  });

  it("counts what was saved at once instead of reading it all", async () => {
    await enter("1", "2", "3", "4");
    assert.equal(said(), "Сохранено клеток: 4");
  });
});

describe("the head of the grid", () => {
  it("has cells in each of its rows, and names of days that begin with what is seen", () => {
    for (const row of grid.querySelectorAll("thead tr")) {
      assert.ok(row.querySelector('[role="columnheader"]'), row.getAttribute("aria-rowindex"));
    }
    const button = grid.querySelector("button.pick");
    assert.equal(button.textContent, "12 чт 2");
    assert.ok(button.getAttribute("aria-label").startsWith("12 чт 2: 12 ноя, четверг, 2-й урок"));
  });
});
