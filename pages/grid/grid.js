// The grid itself: mouse, clipboard, merging of new data, one instance per mounted element.

class MarkGrid {
  // parent: what Streamlit gave; place: where in it the grid stands.
  constructor(parent, place = parent) {
    this.parent = parent;
    this.undo = [];
    this.keyboard = new Keyboard(this);
    this.texts = new TextInput(this);
    this.pad = new Pad(this);
    this.root = element("div", "mark-grid");
    this.bar = element("div", "bar", "", { role: "status" });
    this.scroller = element("div", "scroll");
    this.panel = new Panel({
      go: (held) => this.goTo(held),
      drop: (held) => this.outbox.letGo(held),
      insist: (held) => this.outbox.enter(held.lesson, held.pupil, held.text, this.theirs(held), held.reason),
      explain: (asked, reason) => this.explain(asked, reason),
      questionOf: (held) => (this.data.reason_is_told ? held.message : (this.data.reason_question ?? MARK_QUESTION)),
      asksEach: () => Boolean(this.data.reason_is_told),
      reasons: () => this.data.reasons ?? MARK_REASONS,
      names: (held) => this.nameOf(held),
      theirs: (held) => this.theirs(held),
    });
    this.saved = element("span", "saved", "", { role: "status", "aria-live": "polite" });
    this.here = element("span", "here", "", { "aria-live": "polite" });
    this.historyButton = element("button", "plain", "История", { type: "button", title: "Кто и когда менял клетку (Alt+I)" });
    this.voice = new Voice((ids) => this.nameOf(ids));
    this.history = new CellHistory(() => this.focusCell());
    const foot = element("div", "foot");
    this.fillButton = element("button", "plain", "", { type: "button", title: "Alt+P; клавиша + заполняет одну клетку" });
    // In the head of a column the same is too small for a finger.
    this.presentButton = element("button", "plain present", "Все присутствуют", { type: "button" });
    this.letterLink = element("a", "plain", "Написать об отметке", { title: "Письмо семье, а о чужой отметке — учителю, который её поставил" });
    this.letterLink.hidden = true;
    foot.append(this.saved, this.here, this.presentButton, this.fillButton, this.letterLink, this.historyButton);
    this.bar.hidden = true;
    this.root.append(this.bar, this.scroller, this.panel.node, foot, this.pad.node, this.history.node, this.voice.node);
    this.listen();
    place.append(this.root);
  }

  listen() {
    const on = (node, event, act) => node.addEventListener(event, act.bind(this));
    this.scroller.addEventListener("keydown", (event) => this.keyboard.keyPressed(event));
    this.texts.listen(this.scroller);
    this.scroller.addEventListener("pointerdown", (event) => event.pointerType === "touch" && this.pad.touched());
    on(this.scroller, "mousedown", this.mousePressed);
    on(this.scroller, "click", this.clicked);
    on(this.scroller, "dblclick", this.doubleClicked);
    on(this.scroller, "focusin", this.focused);
    on(this.root, "copy", this.copied);
    on(this.root, "cut", this.copied);
    on(this.root, "paste", this.pasted);
    on(this.root, "keydown", (event) => event.stopPropagation()); // Streamlit has single-letter shortcuts
    on(this.historyButton, "click", this.showHistory);
    on(this.fillButton, "click", this.fillColumn);
    this.presentButton.addEventListener("click", () => this.confirmAttendance(this.at.column));
    this.fitHeight = () => fitHeight(this);
    addEventListener("resize", this.fitHeight);
  }

  destroy() {
    if (this.keyboard.editor) this.keyboard.commit();
    removeEventListener("resize", this.fitHeight);
    this.outbox?.views.delete(this);
    this.root.remove();
  }

  // ---- data

  update(data, selectLesson) {
    this.selectLesson = selectLesson;
    if (data === this.data) return; // a change of theme calls again with what we have
    const isSame = this.data !== undefined && shapeOf(data) === shapeOf(this.data);
    if (!isSame && this.keyboard.editor) this.keyboard.commit();
    const isMoved = this.data && this.data.selected_lesson !== data.selected_lesson;
    this.useOutbox(data);
    this.data = data;
    this.pad.show(data);
    if (!isSame) this.build();
    this.paintAll();
    if (isMoved && data.info && this.at) this.select({ row: this.at.row, column: this.startColumn() }, false);
    if (isMoved) showColumn(this, this.startColumn());
    else if (!isSame) showColumn(this, this.at?.column);
    this.fitHeight();
  }

  useOutbox(data) {
    const outbox = outboxOf(data.user_id, data.save_url);
    if (outbox !== this.outbox) {
      this.outbox?.views.delete(this);
      this.outbox = outbox;
    }
    outbox.views.add(this);
    outbox.forgetAcknowledged(data.version);
  }

  build() {
    const keep = this.outbox.place; // of the last grid, should Streamlit have mounted this one anew
    const hadFocus = this.focusedNode() !== null && this.root.contains(this.focusedNode());
    const place = { left: this.scroller.scrollLeft, top: this.scroller.scrollTop };
    this.table = buildTable(this.data);
    this.scroller.replaceChildren(this.table);
    this.columns = [...this.table.querySelectorAll("col.lesson")];
    this.days = [...this.table.querySelectorAll("th.day")];
    this.works = [...this.table.querySelectorAll("th.work")];
    this.rows = [...this.table.tBodies[0].rows];
    this.cells = this.rows.map((row) => [...row.querySelectorAll("td.cell")]);
    this.rowOf = new Map(this.data.pupils.map(({ id }, row) => [id, row]));
    this.columnOf = new Map(this.data.lessons.map(({ id }, column) => [id, column]));
    this.undo = [];
    this.keyboard.just = null;
    this.scroller.scrollTo(place);
    this.select(this.positionOf(keep) ?? { row: 0, column: this.startColumn() }, hadFocus);
    if (!this.data.read_only && document.activeElement === document.body) this.focusCell();
  }

  focusedNode() {
    return this.parent.activeElement ?? (this.root.contains(document.activeElement) ? document.activeElement : null);
  }

  startColumn() {
    const chosen = this.columnOf.get(this.data.selected_lesson);
    if (chosen !== undefined) return chosen;
    const past = this.data.lessons.findLastIndex(({ date }) => date <= this.data.today);
    return Math.max(past, 0);
  }

  // ---- painting

  paintAll() {
    this.data.lessons.forEach((lesson, column) => this.paintLesson(lesson, column));
    this.data.pupils.forEach((pupil, row) => {
      paintPupil(this.rows[row], pupil, this.data);
      this.data.lessons.forEach((lesson, column) => this.paint(row, column));
    });
    this.paintStatus();
  }

  paintLesson(lesson, column) {
    paintHead(this.days[column], this.works[column], this.columns[column], lesson, this.data);
  }

  paint(row, column) {
    paintCell(this.cells[row][column], this.look(row, column));
  }

  look(row, column) {
    const lesson = this.data.lessons[column];
    const key = cellKey(lesson.id, this.data.pupils[row].id);
    const server = this.serverCell(key);
    const title = server.title ?? (server.late ? "Поставлено после срока (п. 5.5)" : "");
    const base = { ...server, title, isStruck: lesson.cancelled };
    const blocked = this.data.blocked?.[key];
    if (blocked) Object.assign(base, { kind: "blocked", title: blocked });
    base.isClosed = Boolean(blocked) || lesson.date > this.data.today || !lesson.editable;
    const held = this.outbox.held(key);
    const pending = this.outbox.pending(key);
    if (pending) return { ...base, text: pending.text, late: false, kind: pending.phase };
    if (held?.status === "conflict") return { ...base, kind: "conflict", mine: held.text || "∅", title: `Вы ввели «${held.text}»` };
    if (held?.status === "reason_required") return { ...base, text: held.text, kind: "reason", title: "Нужна причина исправления" };
    if (held) return { ...base, text: held.text, late: false, kind: "refused", title: held.message };
    const hint = this.data.hints?.[key];
    return hint && !base.text ? { ...base, hint: hint.text, title: [base.title, hint.title].filter(Boolean).join(" · ") } : base;
  }

  serverCell(key) {
    return this.outbox.acknowledged.get(key) ?? this.data.cells[key] ?? { text: "", late: false };
  }

  shownText(key) {
    return this.outbox.pending(key)?.text ?? this.serverCell(key).text;
  }

  theirs(held) {
    return this.serverCell(cellKey(held.lesson, held.pupil)).text;
  }

  paintStatus() {
    setText(this.saved, statusText(this.outbox, this.data.read_only));
    const isAsking = !this.data.read_only && this.outbox.allHeld().length;
    this.saved.className = `saved ${this.outbox.trouble || (this.outbox.unsaved ? "busy" : isAsking ? "asking" : "")}`;
    const trouble = troubleText(this.outbox);
    setText(this.bar, trouble);
    const wasHidden = this.bar.hidden;
    this.bar.hidden = !trouble;
    const held = this.data.read_only ? [] : this.outbox.allHeld();
    const questions = held.map(({ lesson, pupil, seq, status }) => `${lesson}:${pupil}:${seq}:${status}`).join();
    if (questions !== this.shownQuestions) this.panel.render(held);
    if (questions !== this.shownQuestions || wasHidden !== this.bar.hidden) {
      this.fitHeight();
      if (this.focusedNode() === this.cell) this.focusCell();
    }
    this.shownQuestions = questions;
    this.paintFill();
  }

  // ---- what the outbox tells

  cellsChanged(keys) {
    for (const key of keys) {
      const [lesson, pupil] = splitKey(key);
      const position = this.positionOf({ lesson, pupil });
      if (position) this.paint(position.row, position.column);
    }
    this.paintStatus();
    if (this.outbox.notice) this.say(this.outbox.notice);
    this.outbox.notice = "";
  }

  figuresArrived({ results = [], rows = {}, lessons = {}, cells = {}, fills = {}, version = null }) {
    this.voice.tell(results);
    this.onSaved?.();
    if (this.data.fills) Object.assign(this.data.fills, fills);
    for (const [key, cell] of Object.entries(cells)) this.outbox.acknowledged.set(key, { ...cell, version, at: Date.now() });
    if (Object.keys(cells).length) this.cellsChanged(Object.keys(cells));
    for (const [id, figures] of Object.entries(rows)) {
      const row = this.rowOf.get(id);
      if (row !== undefined) paintPupil(this.rows[row], Object.assign(this.data.pupils[row], figures), this.data);
    }
    for (const [id, state] of Object.entries(lessons)) {
      const column = this.columnOf.get(id);
      if (column !== undefined) this.paintLesson(Object.assign(this.data.lessons[column], state), column);
    }
  }

  // ---- where we are

  idsAt({ row, column }) {
    return { lesson: this.data.lessons[column]?.id, pupil: this.data.pupils[row]?.id };
  }

  keyAt(row, column) {
    const { lesson, pupil } = this.idsAt({ row, column });
    return cellKey(lesson, pupil);
  }

  positionOf(ids) {
    const row = this.rowOf.get(ids?.pupil);
    const column = this.columnOf.get(ids?.lesson);
    return row === undefined || column === undefined ? null : { row, column };
  }

  nameOf({ lesson, pupil }) {
    const position = this.positionOf({ lesson, pupil });
    if (!position) return "Запись в другом журнале";
    return `${this.data.pupils[position.row].name}, ${lessonName(this.data.lessons[position.column])}`;
  }

  get cell() {
    return this.at && this.cells[this.at.row]?.[this.at.column];
  }

  select(position, withFocus = true) {
    if (!this.cells.length || !this.columns.length) {
      this.at = null; // a class without pupils, a term without lessons
      return;
    }
    const before = this.at;
    if (this.cell) this.texts.receiveIn(this.cell, false);
    this.cell?.setAttribute("tabindex", "-1");
    this.at = { row: clamp(position.row, this.rows.length), column: clamp(position.column, this.columns.length) };
    if (before) this.cross(before, false);
    this.cross(this.at, true);
    this.cell.setAttribute("tabindex", "0");
    this.texts.receiveIn(this.cell, true);
    if (withFocus) this.focusCell();
    this.outbox.place = this.idsAt(this.at);
    this.history.hide();
    this.describe();
  }

  cross({ row, column }, isOn) {
    this.rows[row]?.classList.toggle("crossed", isOn);
    this.columns[column]?.classList.toggle("crossed", isOn);
    this.days[column]?.classList.toggle("crossed", isOn);
    if (isOn) this.cells[row][column].setAttribute("aria-selected", "true");
    else this.cells[row]?.[column]?.removeAttribute("aria-selected");
  }

  focusCell() {
    this.cell?.focus({ preventScroll: true });
    this.cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  move(rows, columns = 0) {
    this.select({ row: this.at.row + rows, column: this.at.column + columns });
  }

  goTo(held) {
    const position = this.positionOf(held);
    if (position) this.select(position);
  }

  describe() {
    const { row, column } = this.at;
    const lesson = this.data.lessons[column];
    const title = this.look(row, column).title;
    const parts = [`${this.data.pupils[row].name} · ${lessonName(lesson)}`, lesson.work_type_title, title];
    this.say(parts.filter(Boolean).join(" · "));
    this.historyButton.disabled = !this.data.history_url;
    this.paintLetterLink();
    this.paintFill();
  }

  // A letter is about a cell that holds something.
  paintLetterLink() {
    const { lesson, pupil } = this.at ? this.idsAt(this.at) : {};
    this.letterLink.hidden = !this.data.letter_url || !lesson || !this.serverCell(cellKey(lesson, pupil)).text;
    if (!this.letterLink.hidden) this.letterLink.href = `${this.data.letter_url}&${new URLSearchParams({ id: lesson, of: pupil })}`;
  }

  showHistory() {
    if (this.data.history_url && this.at) this.history.show(this.data.history_url, this.idsAt(this.at), this.nameOf(this.idsAt(this.at)));
  }

  say(text) {
    setText(this.here, text);
  }

  // ---- entry

  whyClosed(column) {
    const lesson = this.data.lessons[column];
    if (this.data.read_only) return "Журнал открыт только для просмотра";
    if (lesson.date > this.data.today) return "Урок ещё не прошёл: отметки ставят в день урока";
    return lesson.editable ? "" : lesson.why_not || "Этот урок закрыт для записи";
  }

  // Puts what was typed into the queue; false when the cell does not take it.
  enter(row, column, raw, isUndo = false) {
    const closed = this.whyClosed(column);
    if (closed) {
      this.say(closed);
      return false;
    }
    const { lesson, pupil } = this.idsAt({ row, column });
    const key = cellKey(lesson, pupil);
    const blocked = this.data.blocked?.[key];
    const read = blocked ? { message: blocked } : this.read(raw);
    if (read.message) {
      this.outbox.refuse(lesson, pupil, raw.trim(), read.message, this.serverCell(key).text);
      this.say(read.message);
      return false;
    }
    if (!isUndo) this.undo.push({ lesson, pupil, before: this.shownText(key) });
    this.outbox.enter(lesson, pupil, read.text, this.serverCell(key).text);
    return true;
  }

  read(raw) {
    return (this.data.single_mark ? readSingleMark : readCell)(raw, this.data.look_alikes);
  }

  // What may be put into the empty cells of a column at once: [{row, text}].
  fillsOf(column) {
    if (!this.data.fills || this.data.read_only || column === undefined || this.whyClosed(column)) return [];
    return this.rows.flatMap((_, row) => {
      const key = this.keyAt(row, column);
      const isFree = !this.shownText(key) && !this.outbox.held(key) && !this.data.blocked?.[key];
      return isFree && this.data.fills[key] ? [{ row, text: this.data.fills[key] }] : [];
    });
  }

  paintFill() {
    const fills = this.fillsOf(this.at?.column);
    this.fillButton.hidden = !fills.length;
    setText(this.fillButton, fills.length ? `${this.data.fill_title}: ${fills.length}` : "");
    const isAsked = this.at && !this.data.attendance_is_fixed && !this.whyClosed(this.at.column) && !this.data.lessons[this.at.column].attendance_taken;
    this.presentButton.hidden = !this.pad.isOn || !isAsked;
  }

  fillColumn() {
    const { column } = this.at;
    for (const { row, text } of this.fillsOf(column)) this.enter(row, column, text);
    this.focusCell();
  }

  fillCell() {
    const { row, column } = this.at;
    const fill = this.fillsOf(column).find((each) => each.row === row);
    if (fill) this.enter(row, column, fill.text);
    this.move(1);
  }

  explain(asked, reason) {
    for (const { lesson, pupil, text } of asked) {
      this.outbox.enter(lesson, pupil, text, this.serverCell(cellKey(lesson, pupil)).text, reason);
    }
    this.focusCell();
  }

  undoLast() {
    const last = this.undo.pop();
    const position = this.positionOf(last);
    if (!position) return;
    this.enter(position.row, position.column, last.before, true);
    this.select(position);
  }

  confirmAttendance(column) {
    const closed = this.whyClosed(column);
    if (closed) this.say(closed);
    else if (!this.data.attendance_is_fixed && !this.data.lessons[column].attendance_taken) this.outbox.confirmAttendance(this.data.lessons[column].id);
  }

  // ---- mouse, focus, clipboard

  placeOf(target) {
    const cell = target.closest?.("td.cell");
    return cell && { row: Number(cell.parentNode.dataset.row), column: Number(cell.dataset.column) };
  }

  mousePressed(event) {
    const place = this.placeOf(event.target);
    if (!place || event.target.matches("input")) return;
    event.preventDefault();
    this.keyboard.just = null;
    this.select(place);
  }

  clicked(event) {
    const { lesson, attendance } = event.target.closest("button")?.dataset ?? {};
    if (attendance) this.confirmAttendance(this.columnOf.get(attendance));
    if (!lesson) return;
    this.data.selected_lesson = lesson;
    this.data.lessons.forEach((each, column) => this.paintLesson(each, column));
    this.selectLesson("lesson", lesson);
  }

  doubleClicked(event) {
    if (this.placeOf(event.target) && !this.keyboard.editor) this.keyboard.editCurrent();
  }

  focused(event) {
    const place = this.placeOf(event.target);
    this.keyboard.isLeaving = false;
    if (place && (place.row !== this.at.row || place.column !== this.at.column)) this.select(place, false);
  }

  copied(event) {
    if (this.keyboard.editor || event.composedPath()[0].matches?.("input") || !this.cell) return;
    event.clipboardData.setData("text/plain", this.look(this.at.row, this.at.column).text);
    event.preventDefault();
  }

  pasted(event) {
    if (event.composedPath()[0].matches?.("input") || this.data.read_only || !this.cell) return;
    event.preventDefault();
    const block = readBlock(event.clipboardData.getData("text/plain"));
    const { row, column } = this.at;
    const inside = block.filter((each) => row + each.down < this.rows.length && column + each.right < this.columns.length);
    const taken = inside.filter((each) => this.enter(row + each.down, column + each.right, each.text)).length;
    const left = block.length - inside.length;
    const beyond = left ? `, за краем таблицы осталось: ${left}` : "";
    this.say(this.whyClosed(column) || `Вставлено: ${taken}, не принято: ${inside.length - taken}${beyond}`);
  }
}

const clamp = (index, length) => Math.min(Math.max(index, 0), length - 1);
const splitKey = (key) => [key.slice(0, key.lastIndexOf(":")), key.slice(key.lastIndexOf(":") + 1)];

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function shapeOf(data) {
  const ids = (list) => list.map(({ id }) => id);
  const columns = [Boolean(data.term_marks), Boolean(data.forecasts), data.info?.map(({ id }) => id), data.info_title];
  return JSON.stringify([data.user_id, Boolean(data.read_only), columns, ids(data.pupils), ids(data.lessons)]);
}

const grids = new WeakMap();

// Streamlit calls this at the mount and again whenever `data` changes; the grid, or its page, is the same one throughout.
export default function mount({ parentElement, data, setTriggerValue }) {
  if (!grids.has(parentElement) && typeof SHEET === "string") parentElement.append(element("style", "", SHEET));
  if (!grids.has(parentElement)) grids.set(parentElement, data.load_url ? new GridPage(parentElement) : new MarkGrid(parentElement));
  grids.get(parentElement).update(data, setTriggerValue);
  return () => {
    grids.get(parentElement)?.destroy();
    grids.delete(parentElement);
  };
}
