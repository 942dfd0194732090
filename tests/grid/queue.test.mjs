import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { answered, Browser, offline, saved, settle, startClock, stopClock, wait } from "./browser.mjs";

const QUEUE = "mark-grid:queue:";
const PULSE = "mark-grid:pulse:";
const URL_OF_SAVING = "/api/register/save";
const IDLE = 80;
const DEAD_AFTER = 15000;

let browser;
let outbox;
let view;

function open(stand = new Browser(), user = "17") {
  browser = stand;
  outbox = browser.outboxOf(user, URL_OF_SAVING);
  view = { changed: [], figures: [], cellsChanged: (keys) => view.changed.push(...keys), figuresArrived: (body) => view.figures.push(body) };
  outbox.views.add(view);
  return outbox;
}

const sentEdits = () => browser.requests.map(({ body }) => body.edits.map(({ lesson, pupil, text, seq }) => [lesson, pupil, text, seq]));
const storedEdits = () => browser.stored(QUEUE).flat();

beforeEach(() => {
  startClock();
  open();
});
afterEach(stopClock);

describe("batches", () => {
  it("gathers what is typed within the idle time, with rising numbers", async () => {
    outbox.enter("L1", "1", "5", "");
    outbox.enter("L1", "2", "4", "");
    outbox.enter("L1", "3", "н", "");
    await wait(IDLE - 1);
    assert.equal(browser.requests.length, 0);
    await wait(1);
    assert.deepEqual(sentEdits(), [[["L1", "1", "5", 1], ["L1", "2", "4", 2], ["L1", "3", "н", 3]]]);
    assert.equal(browser.requests[0].url, URL_OF_SAVING);
    assert.equal(browser.requests[0].body.user_id, "17");
    assert.equal("attendance" in browser.requests[0].body, false);
  });

  it("does not wait longer than a quarter of a second for fast fingers to stop", async () => {
    for (let pupil = 1; pupil <= 6; pupil += 1) {
      outbox.enter("L1", String(pupil), "5", "");
      await wait(50);
    }
    assert.equal(browser.requests.length, 1);
    assert.equal(browser.requests[0].body.edits.length, 5);
  });

  it("sends at most two hundred edits at once and the rest after the answer", async () => {
    for (let pupil = 1; pupil <= 230; pupil += 1) outbox.enter("L1", String(pupil), "5", "");
    await wait(IDLE);
    assert.deepEqual(browser.requests.map(({ body }) => body.edits.length), [200, 30]);
    assert.equal(outbox.unsaved, 0);
  });

  it("keeps only the newest text of a cell that has not gone yet", async () => {
    outbox.enter("L1", "1", "5", "3");
    outbox.enter("L1", "1", "4", "3");
    await wait(IDLE);
    assert.deepEqual(sentEdits(), [[["L1", "1", "4", 2]]]);
    assert.equal(browser.requests[0].body.edits[0].base, "3");
  });

  it("sends nothing when a cell gets back what it held", async () => {
    outbox.enter("L1", "1", "5", "3");
    outbox.enter("L1", "1", "3", "3");
    await wait(1000);
    assert.equal(browser.requests.length, 0);
    assert.deepEqual(storedEdits(), []);
  });

  it("sends attendance in a request of its own, after the marks", async () => {
    outbox.confirmAttendance("L1");
    outbox.enter("L1", "1", "5", "");
    await wait(IDLE);
    const [marks, attendance] = browser.requests.map(({ body }) => body);
    assert.deepEqual([marks.edits.length, marks.attendance], [1, undefined]);
    assert.deepEqual([attendance.edits, attendance.attendance], [[], [{ lesson: "L1", seq: 1 }]]);
  });
});

describe("nothing leaves before the server has answered", () => {
  it("stores an edit the moment it is typed, ids and text only", () => {
    outbox.enter("L1", "1", "5", "");
    assert.deepEqual(storedEdits(), [{ lesson: "L1", pupil: "1", text: "5", base: "", seq: 1, reason: null }]);
  });

  it("keeps it stored while the request is under way and forgets it after the answer", async () => {
    let answer;
    browser.answers.push(
      (body) =>
        new Promise((resolve) => {
          answer = () => resolve(saved(body));
        }),
    );
    outbox.enter("L1", "1", "5", "");
    await wait(IDLE);
    assert.deepEqual(outbox.pending("L1:1"), { text: "5", phase: "sent" });
    assert.equal(storedEdits().length, 1);
    answer();
    await settle();
    assert.equal(outbox.pending("L1:1"), undefined);
    assert.deepEqual([storedEdits(), browser.stored(PULSE)], [[], []]);
    assert.equal(outbox.acknowledged.get("L1:1").text, "5");
  });

  it("sends the very same batch again after a broken line, later each time", async () => {
    browser.answers.push(offline, () => ({ status: 503 }), offline);
    outbox.enter("L1", "1", "5", "");
    await wait(IDLE);
    assert.equal(outbox.trouble, "offline");
    for (const [pause, requests] of [[299, 1], [1, 2], [599, 2], [1, 3], [1199, 3], [1, 4]]) {
      await wait(pause);
      assert.equal(browser.requests.length, requests);
    }
    assert.equal(new Set(browser.requests.map(({ body }) => JSON.stringify(body))).size, 1);
    assert.deepEqual([outbox.trouble, outbox.unsaved, storedEdits()], ["", 0, []]);
    assert.ok(outbox.savedAt);
  });

  it("says in the server's words why nothing is saved, keeps all and saves it when the disk has room again", async () => {
    const words = "Запись в журнал остановлена: на диске сервера не осталось места.";
    browser.answers.push(() => ({ status: 507, error: "unavailable", message: words }));
    outbox.enter("L1", "1", "5", "");
    await wait(IDLE);
    assert.deepEqual([outbox.trouble, outbox.words, outbox.unsaved, storedEdits().length], ["unavailable", words, 1, 1]);
    await wait(300);
    assert.deepEqual([outbox.trouble, outbox.unsaved, storedEdits()], ["", 0, []]);
    assert.equal(new Set(browser.requests.map(({ body }) => JSON.stringify(body))).size, 1);
  });

  it("waits at most five seconds between tries, and tries at once when the line is back", async () => {
    browser.answers.push(...Array(8).fill(offline));
    outbox.enter("L1", "1", "5", "");
    await wait(IDLE);
    for (let repeat = 0; repeat < 7; repeat += 1) await wait(5000);
    assert.equal(browser.requests.length, 8);
    browser.happen("online");
    await wait(IDLE);
    assert.equal(outbox.unsaved, 0);
  });

  it("leaves a frozen batch as it was when more is typed, and sends the rest afterwards", async () => {
    browser.answers.push(offline);
    outbox.enter("L1", "1", "5", "");
    await wait(IDLE);
    outbox.enter("L1", "1", "4", "");
    outbox.enter("L1", "2", "3", "");
    await wait(300);
    assert.deepEqual(sentEdits(), [[["L1", "1", "5", 1]], [["L1", "1", "5", 1]], [["L1", "1", "4", 2], ["L1", "2", "3", 3]]]);
    assert.equal(browser.requests[2].body.edits[0].base, "5");
  });

  it("asks again for what an answer has left out", async () => {
    browser.answers.push((body) => ({ results: saved(body).results.slice(0, 1) }));
    outbox.enter("L1", "1", "5", "");
    outbox.enter("L1", "2", "4", "");
    await wait(IDLE);
    assert.equal(outbox.unsaved, 1);
    await wait(300);
    assert.deepEqual(sentEdits()[1], [["L1", "2", "4", 2]]);
  });

  it("does not take an answer for another number as its own", async () => {
    browser.answers.push(({ edits }) => ({ results: edits.map((edit) => ({ ...edit, seq: edit.seq + 1, status: "saved" })) }));
    outbox.enter("L1", "1", "5", "");
    await wait(IDLE);
    assert.deepEqual([outbox.unsaved, storedEdits().length], [1, 1]);
  });
});

describe("what a person has to decide", () => {
  it("holds a conflict with what is there now until the person lets go", async () => {
    browser.answers.push(answered("conflict", { text: "3", by: "Петрова А. И." }));
    outbox.enter("L1", "1", "5", "4");
    await wait(IDLE);
    const held = outbox.held("L1:1");
    assert.deepEqual([held.status, held.text, held.by], ["conflict", "5", "Петрова А. И."]);
    assert.equal(outbox.acknowledged.get("L1:1").text, "3");
    await wait(10000);
    assert.equal(browser.requests.length, 1);
    outbox.letGo(held);
    assert.deepEqual([outbox.held("L1:1"), storedEdits()], [undefined, []]);
  });

  it("takes two people who typed the same for agreed", async () => {
    browser.answers.push(answered("conflict", { text: "5" }));
    outbox.enter("L1", "1", "5", "4");
    await wait(IDLE);
    assert.equal(outbox.held("L1:1"), undefined);
  });

  it("sends a conflict that the person insists on over what is there now", async () => {
    browser.answers.push(answered("conflict", { text: "3" }));
    outbox.enter("L1", "1", "5", "4");
    await wait(IDLE);
    outbox.enter("L1", "1", "5", outbox.acknowledged.get("L1:1").text);
    await wait(IDLE);
    assert.equal(browser.requests[1].body.edits[0].base, "3");
    assert.deepEqual([outbox.held("L1:1"), outbox.unsaved], [undefined, 0]);
  });

  it("asks for a reason and sends it", async () => {
    browser.answers.push(answered("reason_required", { message: "Почему?" }));
    outbox.enter("L1", "1", "5", "4");
    await wait(IDLE);
    assert.equal(outbox.held("L1:1").status, "reason_required");
    outbox.enter("L1", "1", "5", "4", "пересдача");
    await wait(IDLE);
    assert.equal(browser.requests[1].body.edits[0].reason, "пересдача");
    assert.deepEqual(outbox.allHeld(), []);
  });

  it("says of each edit why a whole batch was refused, and sends it no more", async () => {
    browser.answers.push(() => ({ status: 400, message: "Год закрыт." }));
    outbox.enter("L1", "1", "5", "");
    outbox.enter("L1", "2", "4", "");
    await wait(IDLE);
    assert.deepEqual(outbox.allHeld().map(({ status, message }) => [status, message]), Array(2).fill(["refused", "Год закрыт."]));
    await wait(10000);
    assert.equal(browser.requests.length, 1);
  });

  it("stores what the grammar did not take as refused, and never sends it", async () => {
    outbox.refuse("L1", "1", "9", "Отметки «9» нет.", "4");
    assert.deepEqual(storedEdits(), [{ lesson: "L1", pupil: "1", text: "9", base: "4", seq: 1, refused: "Отметки «9» нет." }]);
    await wait(10000);
    assert.equal(browser.requests.length, 0);
  });

  it("does not ask about a cell that has been typed over meanwhile", async () => {
    browser.answers.push((body) => {
      outbox.enter("L1", "1", "4", "");
      return answered("refused", { message: "нет" })(body);
    });
    outbox.enter("L1", "1", "5", "");
    await wait(IDLE);
    assert.deepEqual(outbox.allHeld(), []);
    assert.deepEqual(sentEdits()[1], [["L1", "1", "4", 2]]);
    assert.equal(browser.requests[1].body.edits[0].base, "");
  });
});

describe("who sends", () => {
  it("keeps everything after a sign-out and tries again only while a register is open", async () => {
    browser.answers.push(() => ({ status: 401 }));
    outbox.enter("L1", "1", "5", "");
    await wait(IDLE);
    assert.deepEqual([outbox.trouble, storedEdits().length], ["signed_out", 1]);
    outbox.views.delete(view);
    await wait(10000);
    assert.equal(browser.requests.length, 1);
    outbox.views.add(view);
    browser.outboxOf("17", URL_OF_SAVING);
    await wait(IDLE);
    assert.deepEqual([browser.requests.length, outbox.unsaved], [2, 0]);
  });

  it("never sends one person's edits while another is signed in", async () => {
    outbox.enter("L1", "1", "5", "");
    browser.outboxOf("18", URL_OF_SAVING);
    await wait(10000);
    assert.equal(browser.requests.length, 0);
    browser.outboxOf("17", URL_OF_SAVING);
    await wait(IDLE);
    assert.equal(browser.requests[0].body.user_id, "17");
  });

  it("takes over the queue of a tab that is gone, under its client and numbers", async () => {
    outbox.enter("L1", "1", "5", "");
    outbox.enter("L1", "2", "4", "");
    const dead = outbox.own.client;
    const { localStorage } = browser;
    stopClock();
    startClock();
    localStorage.setItem(PULSE + dead, JSON.stringify(Date.now() - DEAD_AFTER));
    open(new Browser({ localStorage }));
    await wait(IDLE);
    assert.deepEqual(sentEdits(), [[["L1", "1", "5", 1], ["L1", "2", "4", 2]]]);
    assert.equal(browser.requests[0].body.client, dead);
    assert.notEqual(outbox.own.client, dead);
    assert.deepEqual([storedEdits(), outbox.queues.length], [[], 1]);
  });

  it("leaves the queue of a living tab alone until it has been silent for fifteen seconds", async () => {
    outbox.enter("L1", "1", "5", "");
    const { localStorage } = browser;
    stopClock();
    startClock();
    open(new Browser({ localStorage }));
    await wait(2000);
    assert.deepEqual([browser.requests.length, outbox.queues.length], [0, 1]);
    for (let second = 2; second <= 18; second += 2) await wait(2000);
    assert.equal(browser.requests.length, 1);
  });

  it("makes a last try that outlives the page, and frees the queue for the next one", async () => {
    outbox.enter("L1", "1", "5", "");
    browser.happen("pagehide");
    await settle();
    assert.deepEqual([browser.requests.length, browser.requests[0].keepalive], [1, true]);
    assert.deepEqual([browser.stored(PULSE), storedEdits().length], [[], 1]);
  });

  it("goes on sending where the browser stores nothing, and knows it", async () => {
    browser.localStorage.fill();
    outbox.enter("L1", "1", "5", "");
    assert.equal(browser.storage.works, false);
    await wait(IDLE);
    assert.deepEqual([browser.requests.length, outbox.unsaved], [1, 0]);
  });
});

describe("after the answer", () => {
  it("announces to the open grids which cells changed and what else the server has sent", async () => {
    browser.answers.push((body) => ({ ...saved(body), rows: { 1: { mean: "5,00" } } }));
    outbox.enter("L1", "1", "5", "");
    view.changed.length = 0;
    await wait(IDLE);
    assert.deepEqual(view.changed, ["L1:1", "L1:1"]);
    assert.deepEqual(view.figures[0].rows, { 1: { mean: "5,00" } });
  });

  it("forgets an acknowledged mark once the page's data is as new as the answer", async () => {
    browser.answers.push((body) => ({ ...saved(body), version: 7 }));
    outbox.enter("L1", "1", "5", "");
    await wait(IDLE);
    outbox.forgetAcknowledged(6);
    assert.equal(outbox.acknowledged.get("L1:1").text, "5");
    outbox.forgetAcknowledged(7);
    assert.equal(outbox.acknowledged.size, 0);
  });

  it("says why attendance was not taken", async () => {
    browser.answers.push(({ attendance }) => ({
      results: attendance.map((each) => ({ ...each, pupil: null, status: "refused", message: "Урок закрыт." })),
    }));
    outbox.confirmAttendance("L1");
    await wait(IDLE);
    assert.deepEqual([outbox.notice, outbox.unsaved, outbox.allHeld()], ["Урок закрыт.", 0, []]);
  });
});
