// The grid's keyboard: what a key does to the selected cell, and the editor that opens in it.

const SEPARATOR_KEYS = new Set(["/", "\\", ".", " "]);
const WORD_GOES_ON_MS = 1500;
const PAGE_ROWS = 10;
const SECOND_MARK = /^(?:[нбуо]\s?[/ ]?\s?[2-5]|[2-5]\/[2-5])$/i;

class Keyboard {
  // grid: the MarkGrid whose selected cell the keys speak to.
  constructor(grid) {
    this.grid = grid;
    this.editor = null;
    this.just = null; // the entry that went down a row with the last key
    this.isLeaving = false; // after Escape the next Tab leaves the grid
  }

  keyPressed(event) {
    event.stopPropagation();
    if (event.isComposing || this.editor) return;
    if (event.target.matches("button")) this.keyInHead(event);
    else if (event.target.matches("td.cell")) this.keyInCell(event);
  }

  keyInCell(event) {
    const isChord = event.ctrlKey || event.metaKey || event.altKey;
    const act = isChord ? CHORDS[chordName(event)] : (MOVES[event.key] ?? this.entryFor(event));
    if (!act || act(this, event) === LEAVE_TO_BROWSER) return;
    event.preventDefault();
  }

  keyInHead(event) {
    const column = Number(event.target.closest("th")?.dataset.column);
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "ArrowDown") this.grid.select({ row: 0, column });
    else if (step) this.grid.days[column + step]?.querySelector("button").focus();
    else return;
    event.preventDefault();
  }

  // What a plain key does to the selected cell, or undefined when it is not a key of entry.
  entryFor(event) {
    if (this.grid.data.read_only || (event.key.length !== 1 && !ERASERS.has(event.key))) return undefined;
    if (event.repeat) return () => {}; // a key held down must not fill the column
    if (event.key === "+") return () => (this.grid.data.fills ? this.grid.fillCell() : this.grid.confirmAttendance(this.grid.at.column));
    if (ERASERS.has(event.key)) return () => this.erase();
    return this.entryOf(event.code === "NumpadDecimal" ? "/" : event.key);
  }

  // What a character does to the selected cell; step: where the cursor goes after a mark or an absence.
  entryOf(character, step = DOWN) {
    const { single_mark: isSingle, look_alikes: lookAlikes } = this.grid.data;
    if (SEPARATOR_KEYS.has(character)) return () => isSingle || this.continueMark();
    if (/\d/.test(character)) return () => this.enterAndGoOn(character, "mark", step);
    if (!isSingle && absenceLetter(character.toLowerCase(), lookAlikes)) return () => this.enterAndGoOn(character, "absence", step);
    return () => this.startWord(character);
  }

  enterAndGoOn(character, kind, { rows, columns }) {
    const { row, column } = this.grid.at;
    const text = this.grid.shownText(this.grid.keyAt(row, column));
    const isTaken = this.grid.enter(row, column, character);
    if (this.grid.whyClosed(column)) return;
    this.grid.move(rows, columns);
    this.just = { row, column, kind, isTaken, before: text, at: performance.now() };
  }

  erase() {
    this.just = null;
    this.grid.outbox.letGo(this.grid.idsAt(this.grid.at));
    if (this.grid.shownText(this.grid.keyAt(this.grid.at.row, this.grid.at.column))) this.grid.enter(this.grid.at.row, this.grid.at.column, "");
  }

  // Of the pad: the finger that has just gone on takes back what it entered, not what stands where it went.
  takeBack() {
    const { just } = this;
    this.just = null;
    if (just?.isTaken && !this.grid.shownText(this.grid.keyAt(this.grid.at.row, this.grid.at.column))) {
      this.grid.undoLast();
      return;
    }
    if (just && !just.isTaken) this.grid.select(just);
    this.erase();
  }

  // «5» has already gone down a row, so «/» right after it means the cell above.
  continueMark() {
    const { row, column } = this.just?.isTaken ? this.just : this.grid.at;
    const text = this.grid.shownText(this.grid.keyAt(row, column));
    if (!text || text.includes("/") || this.grid.whyClosed(column)) return;
    this.grid.select({ row, column });
    this.edit(`${text}/`, true);
  }

  // «осв»: the «о» was the start of a word after all, so it is taken back and the word goes on.
  startWord(character) {
    const { just } = this;
    const goesOn = just?.kind === "absence" && performance.now() - just.at < WORD_GOES_ON_MS;
    if (!goesOn) {
      this.edit(character);
      return;
    }
    const letter = this.grid.shownText(this.grid.keyAt(just.row, just.column));
    this.grid.enter(just.row, just.column, just.before, true);
    this.grid.undo.pop();
    this.grid.select(just);
    this.edit(letter + character);
  }

  escape() {
    this.grid.history.hide();
    this.isLeaving = true;
    this.grid.outbox.letGo(this.grid.idsAt(this.grid.at));
    this.grid.describe();
  }

  tab(step) {
    if (this.isLeaving || this.grid.data.read_only) return LEAVE_TO_BROWSER;
    this.grid.move(step);
    return undefined;
  }

  up() {
    if (this.grid.at.row > 0) this.grid.move(-1);
    else this.grid.days[this.grid.at.column].querySelector("button").focus();
  }

  // ---- the editor in a cell

  edit(text, isSecondMark = false) {
    if (this.grid.whyClosed(this.grid.at.column)) {
      this.grid.say(this.grid.whyClosed(this.grid.at.column));
      return;
    }
    const input = element("input", "editor", "", { "aria-label": "Отметка или пропуск", maxlength: 40, autocomplete: "off" });
    input.value = text;
    if (isSecondMark && this.grid.pad.isOn) input.setAttribute("inputmode", "none"); // the pad goes on
    this.grid.texts.receiveIn(this.grid.cell, false);
    this.editor = { input, cell: this.grid.cell, ...this.grid.at, isSecondMark };
    this.grid.cell.classList.add("editing");
    this.grid.cell.append(input);
    input.addEventListener("keydown", (event) => this.keyInEditor(event));
    input.addEventListener("input", () => this.typedInEditor());
    input.addEventListener("blur", () => this.commit());
    input.focus();
    input.setSelectionRange(text.length, text.length);
  }

  typedInEditor() {
    if (this.editor?.isSecondMark && SECOND_MARK.test(this.editor.input.value)) this.commit(1);
  }

  keyInEditor(event) {
    event.stopPropagation();
    if (event.isComposing) return;
    const step = EDITOR_STEPS[event.key];
    if (event.key === "Escape") this.closeEditor();
    else if (step) this.commit(event.shiftKey ? -1 : step);
    else return;
    event.preventDefault();
  }

  // Without a step the focus stays where the person has put it.
  commit(step = 0) {
    if (!this.editor) return;
    const { input, row, column } = this.editor;
    const raw = input.value.replace(/[/\s]+$/, "");
    this.closeEditor(step !== 0);
    if (raw !== this.grid.shownText(this.grid.keyAt(row, column))) this.grid.enter(row, column, raw);
    else this.grid.outbox.letGo(this.grid.idsAt({ row, column }));
    this.just = null;
    if (step) this.grid.move(step);
  }

  closeEditor(withFocus = true) {
    const { input, cell } = this.editor;
    this.editor = null;
    cell.classList.remove("editing");
    input.remove();
    this.grid.texts.receiveIn(cell, cell === this.grid.cell);
    if (withFocus) this.grid.focusCell();
  }

  editCurrent() {
    if (this.grid.data.read_only) return;
    const { text, kind } = this.grid.look(this.grid.at.row, this.grid.at.column);
    if (kind !== "blocked") this.edit(text);
  }
}

const LEAVE_TO_BROWSER = Symbol("leave to browser");
const ERASERS = new Set(["Delete", "Backspace"]);
const EDITOR_STEPS = { Enter: 1, Tab: 1, ArrowDown: 1, ArrowUp: -1 };

// A movement ends «just entered»: «/» after it belongs to the selected cell.
const moving = (act) => (keyboard, event) => {
  keyboard.just = null;
  return act(keyboard, event);
};

const MOVES = {
  ArrowUp: moving((keyboard) => keyboard.up()),
  ArrowDown: moving(({ grid }) => grid.move(1)),
  ArrowLeft: moving(({ grid }) => grid.move(0, -1)),
  ArrowRight: moving(({ grid }) => grid.move(0, 1)),
  Enter: moving(({ grid }, event) => grid.move(event.shiftKey ? -1 : 1)),
  Tab: moving((keyboard, event) => keyboard.tab(event.shiftKey ? -1 : 1)),
  PageUp: moving(({ grid }) => grid.move(-PAGE_ROWS)),
  PageDown: moving(({ grid }) => grid.move(PAGE_ROWS)),
  Home: moving(({ grid }) => grid.select({ row: grid.at.row, column: 0 })),
  End: moving(({ grid }) => grid.select({ row: grid.at.row, column: Infinity })),
  F2: moving((keyboard) => keyboard.editCurrent()),
  Escape: moving((keyboard) => keyboard.escape()),
};

const CHORDS = {
  "ctrl KeyZ": ({ grid }) => grid.data.read_only || grid.undoLast(),
  "ctrl Home": moving(({ grid }) => grid.select({ row: 0, column: grid.at.column })),
  "ctrl End": moving(({ grid }) => grid.select({ row: Infinity, column: grid.at.column })),
  "alt KeyI": ({ grid }) => grid.showHistory(),
  "alt Enter": ({ grid }) => grid.panel.reasonInput.focus(),
  "alt KeyP": ({ grid }) => grid.fillColumn(),
};

const chordName = (event) => `${event.altKey ? "alt" : "ctrl"} ${event.code}`;
