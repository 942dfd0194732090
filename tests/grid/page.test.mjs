import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { Browser, offline, settle, startClock, stopClock, wait } from "./browser.mjs";

const ADDRESS = { year: "2026", class: "11", subject: "21", term: "32", lesson: "L2" };
const HEAD = {
  lesson: "L2", title: "17 ноя, вт · 2", types: [["5", "контрольная работа, вес 2"]], planned: { id: "91", title: "Степени" }, has_more: false,
  values: { topic: "", type: "", homework: "", none: false, plan: "" },
};

const lesson = (id, day) => ({
  id, date: `2026-11-${day}`, day, month: "ноября", weekday: "пн", number: 1, work_type: "", work_type_title: "", topic: "", editable: true,
  why_not: "", attendance_taken: true, is_written_control: false,
});

const answer = (changes = {}) => ({
  address: ADDRESS,
  boxes: [
    { label: "Класс", options: [["class=11&group=", "7А"], ["class=12&group=", "8Б"]], chosen: "class=11&group=", is_row: false },
    { label: "Учебный период", options: [["term=31", "1-я четверть"], ["term=32", "2-я четверть"]], chosen: "term=32", is_row: true },
  ],
  buttons: [{ what: "term_marks", label: "Итоги", title: "" }],
  notes: [], asks: true, foresees: false, head: HEAD,
  grid: {
    user_id: "17", read_only: false, save_url: "/save", history_url: "/history", today: "2026-11-19", selected_lesson: "L2",
    pupils: [{ id: "1", name: "Алёшин Пётр", mean: "4,00", count: 3, minimum: 3, controls: 0 }], lessons: [lesson("L1", "16"), lesson("L2", "17")],
    cells: {}, blocked: {}, term_marks: null, version: 1,
  },
  ...changes,
});

let browser;
let page;
let opened;

async function open(answers, address = ADDRESS) {
  opened = [];
  page = browser.window.document.createElement("div");
  browser.window.document.body.append(page);
  browser.answers.push(...answers.map((each) => (typeof each === "function" ? each : () => each)));
  const data = { user_id: "17", load_url: "/page", ask_url: "/ask", lesson_url: "/lesson", address, version: 1 };
  browser.mount({ parentElement: page, data, setTriggerValue: (_name, wanted) => opened.push(wanted) });
  await settle();
  return data;
}

const find = (label) => page.querySelector(`[aria-label="${label}"]`);
const button = (text) => [...page.querySelectorAll("button")].find((each) => each.textContent === text);
const asked = (index) => new URLSearchParams(browser.requests.at(index).url.split("?")[1]);

async function type(label, text) {
  const field = find(label);
  field.value = text;
  field.dispatchEvent(new browser.window.Event("input", { bubbles: true }));
}

beforeEach(() => {
  startClock();
  browser = new Browser();
});
afterEach(stopClock);

describe("a page of the grid", () => {
  it("opens at the address it was given and says in the browser's what was chosen besides", async () => {
    await open([answer()], { class: "11" });
    assert.equal(browser.requests[0].url, "/page?class=11");
    assert.equal(browser.location.search, "?year=2026&class=11&subject=21&term=32&lesson=L2");
    assert.equal(find("Класс").value, "class=11&group=");
    assert.ok(page.querySelector("td.cell"));
  });

  it("asks for another class without a subgroup of the one before, and keeps step", async () => {
    await open([answer({ address: { ...ADDRESS, group: "5" } }), answer({ address: { ...ADDRESS, class: "12" } })]);
    find("Класс").value = "class=12&group=";
    find("Класс").dispatchEvent(new browser.window.Event("change"));
    await settle();
    assert.deepEqual([asked(-1).get("class"), asked(-1).get("group"), asked(-1).get("subject")], ["12", null, "21"]);
    assert.match(browser.location.search, /class=12/);
  });

  it("shows what was chosen last, however late the answer to an earlier choice comes", async () => {
    let late;
    const slow = () => new Promise((resolve) => { late = () => resolve(answer({ words: ["первая"] })); });
    await open([answer(), slow, answer({ words: ["вторая"] })]);
    button("1-я четверть").click();
    button("2-я четверть").click();
    await settle();
    late();
    await settle();
    assert.equal(page.querySelector(".state").textContent, "вторая");
  });

  it("says that there is no answer, and reads again when asked to", async () => {
    await open([offline, answer()]);
    assert.match(page.querySelector(".message").textContent, /Сервер не отвечает/);
    button("Повторить").click();
    await settle();
    assert.ok(page.querySelector("td.cell"));
    assert.equal(page.querySelector(".message").hidden, true);
  });

  it("says in the school's words why a register is not shown", async () => {
    await open([{ status: 403, error: "refused", message: "Это чужой журнал." }]);
    assert.match(page.querySelector(".message").textContent, /Это чужой журнал\./);
  });

  it("is not the grid's business when a term has no lessons", async () => {
    await open([answer({ grid: undefined, head: undefined, message: "В этом периоде уроков нет." })]);
    assert.equal(page.querySelector("table"), null);
    assert.equal(page.querySelector(".message").textContent, "В этом периоде уроков нет.");
    assert.ok(button("1-я четверть"));
  });

  it("reads again when something was done beside the grid, at the place where it is now", async () => {
    const data = await open([answer(), answer(), answer()]);
    button("1-я четверть").click();
    await settle();
    browser.mount({ parentElement: page, data: { ...data, version: 2 }, setTriggerValue: () => {} });
    await settle();
    assert.equal(browser.requests.length, 3);
  });

  it("asks for the forecasts only when they are wanted", async () => {
    await open([answer({ foresees: true }), answer({ foresees: true })]);
    assert.equal(asked(-1).get("forecasts"), null);
    button("Прогноз").click();
    await settle();
    assert.deepEqual([asked(-1).get("forecasts"), /forecasts/.test(browser.location.search)], ["1", false]);
  });

  it("finds whom to ask when it is asked, and not before", async () => {
    await open([answer(), { pupils: [{ name: "Жуков Иван", why: "отметок 2 из 6" }], more: 3 }]);
    assert.equal(browser.requests.length, 1);
    button("Спросить").click();
    await settle();
    assert.match(page.querySelector(".asked").textContent, /Жуков Иван: отметок 2 из 6и ещё 3/);
  });

  it("leads beside with the address that it shows", async () => {
    await open([answer()]);
    button("Итоги").click();
    button("Ещё").click();
    assert.deepEqual(opened, [{ what: "term_marks", address: ADDRESS }, { what: "more", address: ADDRESS, lesson: "L2" }]);
  });
});

describe("the head of a lesson", () => {
  it("takes the topic from the plan with the id that the plan gave it", async () => {
    await open([answer(), { message: "Записано." }, answer()]);
    button("Из плана").click();
    button("Записать").click();
    await settle();
    const { topic, plan, lesson: id, user_id: user } = browser.requests[1].body;
    assert.deepEqual([topic, plan, id, user], ["Степени", "91", "L2", "17"]);
  });

  it("keeps what is typed over another lesson, and over a reload", async () => {
    const other = answer({ head: { ...HEAD, lesson: "L1", title: "16 ноя, пн · 1" }, address: { ...ADDRESS, lesson: "L1" } });
    await open([answer(), other, answer()]);
    await type("Домашнее задание", "№ 12–15");
    page.querySelector("th.day button").click();
    await settle();
    assert.equal(find("Домашнее задание").value, "");
    assert.match(page.querySelector(".others").textContent, /Не записано: 17/);
    page.remove();
    browser = new Browser({ localStorage: browser.localStorage });
    await open([answer()]);
    assert.equal(find("Домашнее задание").value, "№ 12–15");
    assert.ok(page.querySelector(".lesson-head").classList.contains("draft"));
  });

  it("loses nothing to a refusal, and says it in the server's words", async () => {
    await open([answer(), { status: 403, error: "refused", message: "Тема длиннее 500 знаков. Сократите её." }]);
    await type("Тема урока", "Т");
    button("Записать").click();
    await settle();
    assert.match(page.querySelector(".said").textContent, /Тема длиннее/);
    assert.deepEqual([find("Тема урока").value, browser.stored("lesson-heads:17").length], ["Т", 1]);
  });

  it("loses nothing to a lost connection", async () => {
    await open([answer(), offline]);
    await type("Тема урока", "Степени");
    button("Записать").click();
    await settle();
    assert.match(page.querySelector(".said").textContent, /Сервер не отвечает/);
    assert.equal(browser.stored("lesson-heads:17").length, 1);
  });

  it("forgets the draft once it is written, and reads the register again", async () => {
    await open([answer(), { message: "Записано." }, answer({ head: { ...HEAD, values: { ...HEAD.values, topic: "Степени" } } })]);
    await type("Тема урока", "Степени");
    button("Записать").click();
    await settle();
    await wait(0);
    assert.deepEqual([page.querySelector(".said").textContent, browser.stored("lesson-heads:17")], ["Записано.", []]);
    assert.equal(browser.requests.length, 3);
  });

  it("is words for who may not write it", async () => {
    const head = { title: "17 ноября, вторник, 2-й урок", words: ["тема: Степени"], files: [{ title: "лист.pdf", address: "/f/1" }] };
    await open([answer({ head })]);
    assert.equal(find("Тема урока"), null);
    assert.match(page.querySelector(".lesson-head").textContent, /тема: Степени · файлы: лист\.pdf/);
  });
});

describe("where there is little room", () => {
  it("says in one line what is written of the lesson, until somebody changes it", async () => {
    const values = { topic: "Степени", type: "5", homework: "№ 12", none: false, plan: "" };
    await open([answer({ head: { ...HEAD, values } })]);
    const head = page.querySelector(".lesson-head");
    assert.equal(head.querySelector(".line").textContent, "Степени · № 12 · контрольная работа, вес 2");
    assert.deepEqual([head.classList.contains("foldable"), head.classList.contains("whole")], [true, true]);
    button("изменить").dispatchEvent(new browser.window.Event("click", { bubbles: true }));
    assert.ok(!head.classList.contains("foldable"));
  });

  it("asks for what is missing, and folds nothing that is typed and not written", async () => {
    await open([answer()]);
    const head = page.querySelector(".lesson-head");
    assert.equal(head.querySelector(".line").textContent, "темы нет · задания нет");
    assert.ok(button("записать") && !head.classList.contains("whole"));
    await type("Тема урока", "Т");
    await type("Тема урока", "");
    assert.ok(!head.classList.contains("foldable"));
  });

  it("names on a phone what is chosen, and opens the boxes", async () => {
    await open([answer()]);
    const where = page.querySelector(".where");
    assert.equal(where.textContent, "7А · 2-я четверть");
    where.dispatchEvent(new browser.window.Event("click", { bubbles: true }));
    assert.equal(where.getAttribute("aria-expanded"), "true");
  });
});
