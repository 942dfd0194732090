// The history of a cell: who changed it and when, read when somebody asks.

class CellHistory {
  // leave: what happens when the history is closed by hand.
  constructor(leave) {
    this.leave = leave;
    this.node = element("div", "history", "", { role: "dialog", "aria-label": "История клетки", tabindex: -1 });
    this.node.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    this.hide();
  }

  async show(url, { lesson, pupil }, name) {
    const asked = {};
    this.asked = asked;
    const title = element("h4", "", name);
    const close = element("button", "plain", "закрыть", { type: "button" });
    close.addEventListener("click", () => this.close());
    const show = (...rows) => this.node.replaceChildren(title, ...rows, close);
    show(element("p", "", "Читаем…"));
    this.node.hidden = false;
    close.focus();
    try {
      show(...historyRows(await fetchHistory(url, lesson, pupil)));
    } catch {
      show(element("p", "", "История сейчас недоступна: журнал не ответил. Попробуйте ещё раз позже."));
    }
    if (this.asked === asked && !this.node.hidden) close.focus();
  }

  hide() {
    this.node.hidden = true;
  }

  close() {
    this.hide();
    this.leave();
  }
}

function historyRows(events) {
  if (!events.length) return [element("p", "", "В этой клетке ещё ничего не меняли.")];
  return events.map(({ at, who, old, new: now, reason }) => {
    const row = element("p");
    row.append(element("b", "", `${old || "пусто"} → ${now || "пусто"}`), element("span", "", `${at} · ${who}`));
    if (reason) row.append(element("em", "", reason));
    return row;
  });
}

async function fetchHistory(url, lesson, pupil) {
  const query = new URLSearchParams({ lesson, pupil });
  const response = await fetch(`${url}?${query}`, { credentials: "same-origin", signal: AbortSignal.timeout(REQUEST_MS) });
  if (!response.ok) throw new Error(String(response.status));
  return (await response.json()).events;
}
