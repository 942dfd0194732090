// The page around a grid: what it shows is chosen in its bar and read over HTTP; the address of the browser keeps step.

const SAY_AFTER_MS = 300;
const RECOUNT_AFTER_MS = 1200;
const NO_ANSWER = "Сервер не отвечает. Проверьте связь и повторите: введённое сохранено в этом браузере.";

class GridPage {
  constructor(parent) {
    this.parent = parent;
    this.isForeseen = false; // hidden at first, for the register is often on a classroom's screen
    this.first = 0;
    this.node = element("div", "grid-page");
    this.bar = element("div", "choices", "", { role: "group", "aria-label": "Что показать" });
    this.boxes = element("div", "boxes");
    // On a phone the boxes stand behind what is chosen in them (see the style sheet).
    this.where = this.button("", "Выбрать другое", () => this.toggleBoxes());
    this.where.classList.add("where");
    this.where.setAttribute("aria-expanded", "false");
    this.ask = this.button("Спросить", "Кого спросить сегодня: мало отметок (п. 5.2) или нет ни одной за пять уроков", () => this.toggleAsked());
    this.ask.setAttribute("aria-expanded", "false");
    this.foresee = this.button("Прогноз", "Вероятная отметка за период у каждого ученика", () => this.toggleForecast());
    this.buttons = element("span", "buttons");
    this.bar.append(this.where, this.boxes, this.ask, this.foresee, this.buttons);
    this.asked = element("div", "asked", "", { role: "region", "aria-label": "Кого спросить" });
    this.notes = element("div", "notes");
    this.words = element("div", "state");
    this.head = new LessonHead({
      write: (values) => this.write(values),
      more: (lesson) => this.open("more", { lesson }),
      written: () => this.load(this.address),
      resized: () => this.grid?.fitHeight(),
    });
    this.message = element("div", "message", "", { role: "status", "aria-live": "polite" });
    this.pupils = element("div", "pupils");
    this.place = element("div", "place");
    this.asked.hidden = this.words.hidden = this.head.node.hidden = this.message.hidden = this.bar.hidden = true;
    this.node.append(this.bar, this.asked, this.notes, this.words, this.head.node, this.message, this.pupils, this.place);
    this.node.addEventListener("keydown", (event) => event.stopPropagation()); // Streamlit has single-letter shortcuts
    parent.append(this.node);
  }

  button(text, title, act) {
    const made = element("button", "plain", text, { type: "button", title });
    made.addEventListener("click", act);
    return made;
  }

  destroy() {
    clearTimeout(this.counting);
    this.abort?.abort();
    this.grid?.destroy();
    this.node.remove();
  }

  // ---- what the page of Streamlit gives

  update(data, trigger) {
    this.trigger = trigger;
    if (data === this.data) return;
    const asked = JSON.stringify(data.address);
    const isOther = asked !== this.askedFor;
    const isNewer = this.data && data.version !== this.data.version;
    if (!this.data) keepForOffline();
    this.data = data;
    this.askedFor = asked;
    if (isOther) this.load(data.address);
    else if (isNewer) this.load(this.address);
    else this.keepStep();
  }

  open(what, more = {}) {
    this.trigger("open", { what, address: this.address, ...more });
  }

  // ---- reading

  async load(address) {
    this.abort?.abort();
    const abort = new AbortController(); // the newest choice is what a person waits for
    this.abort = abort;
    const busy = setTimeout(() => this.say("Открываем…"), SAY_AFTER_MS);
    try {
      const beside = { ...(this.isForeseen && { forecasts: "1" }), ...(this.first && { first: String(this.first) }) };
      const answer = await this.read(this.data.load_url, { ...address, ...beside }, abort.signal);
      if (!abort.signal.aborted) this.show(answer, address);
    } catch (problem) {
      if (!abort.signal.aborted) this.fail(problem.words ?? NO_ANSWER, () => this.load(address));
    } finally {
      clearTimeout(busy);
    }
  }

  async read(url, address, signal) {
    const response = await fetch(`${url}?${new URLSearchParams(address)}`, { signal, headers: { Accept: "application/json" } });
    const answer = await response.json();
    if (!response.ok) throw Object.assign(new Error(answer.error), { words: answer.message });
    return answer;
  }

  async write(values) {
    try {
      const body = JSON.stringify({ user_id: this.data.user_id, ...values });
      const response = await fetch(this.data.lesson_url, { method: "POST", headers: { "Content-Type": "application/json" }, body });
      const answer = await response.json();
      return response.ok ? "" : answer.message;
    } catch {
      return "Сервер не отвечает. Набранное осталось в полях: запишите, когда связь вернётся.";
    }
  }

  say(text, button) {
    this.message.replaceChildren(text, ...(button ? [button] : []));
    this.message.hidden = !text;
  }

  fail(text, again) {
    this.say(text, this.button("Повторить", "Прочитать ещё раз", again));
  }

  // ---- showing

  show(answer, address) {
    this.address = answer.address ?? address;
    this.keepStep();
    this.say(answer.message ?? "");
    this.bar.hidden = !answer.boxes;
    if (answer.boxes) this.paintBoxes(answer.boxes);
    this.ask.hidden = !answer.asks;
    this.foresee.hidden = !answer.foresees;
    this.foresee.setAttribute("aria-pressed", String(this.isForeseen));
    const buttons = answer.buttons ?? [];
    this.buttons.replaceChildren(...buttons.map((each) => this.leading(each)));
    this.words.hidden = !answer.words;
    setText(this.words, (answer.words ?? []).join(" · "));
    this.notes.replaceChildren(...(answer.notes ?? []).map((note) => this.noteNode(note)));
    this.paintPupils(answer.pupils);
    this.head.show(answer.head ?? null, this.data.user_id, answer.grid?.lessons);
    this.showGrid(answer.grid);
    if (!this.asked.hidden) this.readAsked();
  }

  showGrid(data) {
    const { class: classId, subject, group, term } = this.address;
    const register = [classId, subject, group, data?.info ? "" : term].join(); // all terms stand in one grid of term marks
    if (this.grid && (!data || register !== this.register)) {
      this.grid.destroy();
      this.grid = null;
    }
    this.register = register;
    if (!data) return;
    this.grid ??= new MarkGrid(this.parent, this.place);
    // What stands over the term marks counts them: it is read again when a series is over.
    this.grid.onSaved = data.info ? () => this.recount() : null;
    this.grid.update(data, (_name, lesson) => this.choose(data.lessons.find(({ id }) => id === lesson).part ?? `lesson=${lesson}`));
  }

  recount() {
    clearTimeout(this.counting);
    this.counting = setTimeout(() => this.load(this.address), RECOUNT_AFTER_MS);
  }

  keepStep() {
    if (!this.address) return;
    const search = `?${new URLSearchParams(this.address)}`;
    if (search !== location.search) history.replaceState(history.state, "", `${location.pathname}${search}`);
  }

  paintBoxes(boxes) {
    this.boxes.replaceChildren(...boxes.map((box) => this.boxNode(box)));
    const words = boxes.filter(({ label }) => label !== "Учебный год").map(({ options, chosen }) => options.find(([part]) => part === chosen)?.[1]);
    setText(this.where, words.filter(Boolean).join(" · "));
  }

  toggleBoxes() {
    const isOpen = this.bar.classList.toggle("open");
    this.where.setAttribute("aria-expanded", String(isOpen));
    this.grid?.fitHeight();
  }

  // A box that is there already stays: whoever chooses with the keyboard is in it.
  boxNode(box) {
    const known = [...this.boxes.children].find((node) => node.getAttribute("aria-label") === box.label);
    const node = known ?? this.newBox(box);
    if (box.is_row) {
      const focused = this.parent.activeElement?.textContent;
      node.replaceChildren(...box.options.map(([part, title]) => this.rowButton(part, title, part === box.chosen)));
      if (known && focused) [...node.children].find((button) => button.textContent === focused)?.focus();
      return node;
    }
    const shown = JSON.stringify(box.options);
    if (node.dataset.options !== shown) node.replaceChildren(...box.options.map(([part, title]) => option(part, title)));
    node.dataset.options = shown;
    node.value = box.chosen;
    return node;
  }

  newBox(box) {
    if (box.is_row) return element("span", "row", "", { role: "group", "aria-label": box.label });
    const select = element("select", "", "", { "aria-label": box.label, title: box.label });
    select.addEventListener("change", () => this.choose(select.value));
    return select;
  }

  rowButton(part, title, isChosen) {
    const made = this.button(title, "", () => this.choose(part));
    made.setAttribute("aria-pressed", String(isChosen));
    return made;
  }

  choose(part) {
    const address = { ...this.address, ...Object.fromEntries(new URLSearchParams(part)) };
    if (!part.startsWith("lesson=")) this.first = 0;
    this.load(Object.fromEntries(Object.entries(address).filter(([, value]) => value)));
  }

  // A button that leads out of the grid.
  leading({ what, label, title, is_main: isMain }) {
    const made = this.button(label, title, () => this.open(what));
    if (isMain) made.className = "main";
    return made;
  }

  noteNode({ title, text, kind, button }) {
    const note = element("p", `note ${kind}`);
    note.append(element("b", "", title), ` ${text} `, ...(button ? [this.leading(button)] : []));
    return note;
  }

  paintPupils(pupils) {
    this.pupils.hidden = !pupils;
    if (!pupils) return;
    const { first, shown, total } = pupils;
    const go = (place) => {
      this.first = place;
      this.load(this.address);
    };
    const back = this.button("‹", "Предыдущие ученики", () => go(Math.max(0, first - shown)));
    const on = this.button("›", "Следующие ученики", () => go(first + shown));
    back.disabled = first === 0;
    on.disabled = first + shown >= total;
    this.pupils.replaceChildren(back, ` ученики ${first + 1}–${first + shown} из ${total} `, on);
  }

  toggleForecast() {
    this.isForeseen = !this.isForeseen;
    this.load(this.address);
  }

  // ---- whom to ask

  toggleAsked() {
    this.asked.hidden = !this.asked.hidden;
    this.ask.setAttribute("aria-expanded", String(!this.asked.hidden));
    if (!this.asked.hidden) this.readAsked();
    else this.grid?.fitHeight();
  }

  async readAsked() {
    try {
      const { pupils, more } = await this.read(this.data.ask_url, this.address);
      const rows = pupils.map(({ name, why }) => {
        const row = element("li");
        row.append(element("b", "", name), `: ${why}`);
        return row;
      });
      const list = element("ol");
      list.append(...rows);
      const empty = "У всех достаточно отметок, и каждый спрошен за последние пять уроков.";
      this.asked.replaceChildren(rows.length ? list : empty, more ? `и ещё ${more}` : "");
    } catch (problem) {
      this.asked.replaceChildren(problem.words ?? NO_ANSWER);
    }
    this.grid?.fitHeight();
  }
}
