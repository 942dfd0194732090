// A pad for the thumb, under the grid: what a cell takes, for who has no keyboard at hand.

const ERASE = "⌫";
const NEXT = "далее";
const TURN = "куда";
const PAD_NAMES = {
  2: "Отметка 2", 3: "Отметка 3", 4: "Отметка 4", 5: "Отметка 5", "н": "Не был", "б": "Болел", "у": "Уважительная причина", "о": "Опоздал",
  "/": "Вторая отметка", [ERASE]: "Стереть", [NEXT]: "К следующей клетке без записи",
};
const DOWN = { rows: 1, columns: 0, text: "↓", name: "После записи: к следующему ученику" };
const ACROSS = { rows: 0, columns: 1, text: "→", name: "После записи: к следующему уроку" };
const SAME_TOUCH_MS = 700;

// The keys of a sheet, six in a row.
function padKeys({ single_mark: isSingle, letters_only: isLetters }) {
  if (isSingle) return [..."2345", ERASE, NEXT];
  if (isLetters) return [..."нбуо", ERASE, TURN];
  return [..."2345", "/", ERASE, ..."нбуо", TURN, NEXT];
}

class Pad {
  // grid: the MarkGrid whose selected cell the keys speak to.
  constructor(grid) {
    this.grid = grid;
    this.step = DOWN;
    this.pressedAt = -Infinity;
    this.isOn = false;
    this.node = element("div", "pad", "", { role: "group", "aria-label": "Отметки и пропуски" });
    this.node.hidden = true;
    this.node.addEventListener("mousedown", (event) => event.preventDefault()); // the cell keeps the focus
    // At the touch itself: of two quick thumbs a browser makes one click.
    this.node.addEventListener("pointerdown", (event) => {
      this.pressedAt = performance.now();
      this.pressed(event);
    });
    this.node.addEventListener("click", (event) => performance.now() - this.pressedAt > SAME_TOUCH_MS && this.pressed(event));
    this.isTouched = matchMedia("(pointer: coarse)").matches;
  }

  // A finger on the grid of a computer that has a mouse too.
  touched() {
    if (this.isTouched) return;
    this.isTouched = true;
    this.show(this.grid.data);
    fitHeight(this.grid);
  }

  show(data) {
    this.isOn = this.isTouched;
    this.node.hidden = !this.isOn || Boolean(data.read_only);
    this.grid.root.classList.toggle("touch", this.isOn);
    const keys = padKeys(data);
    if (keys.join() === this.keys) return;
    this.keys = keys.join();
    this.node.replaceChildren(...keys.map((key) => element("button", key === NEXT ? "word" : "", key, { type: "button", tabindex: -1, "data-key": key, "aria-label": PAD_NAMES[key] ?? "" })));
    this.paintStep();
  }

  paintStep() {
    const turn = this.node.querySelector(`[data-key="${TURN}"]`);
    if (!turn) return;
    turn.textContent = this.step.text;
    turn.setAttribute("aria-label", this.step.name);
  }

  pressed(event) {
    const { key } = event.target.closest("button")?.dataset ?? {};
    if (!key || !this.grid.at) return;
    if (key === TURN) {
      this.step = this.step === DOWN ? ACROSS : DOWN;
      this.paintStep();
      this.grid.say(this.step.name);
    } else if (this.grid.keyboard.editor) this.pressedInEditor(key);
    else if (key === ERASE) this.grid.keyboard.takeBack();
    else if (key === NEXT) this.grid.move(this.step.rows, this.step.columns);
    else this.grid.keyboard.entryOf(key, this.step)();
  }

  pressedInEditor(key) {
    const { keyboard } = this.grid;
    const { input } = keyboard.editor;
    if (key === NEXT) keyboard.commit(1);
    else if (key !== ERASE) input.value += key;
    else if (input.value) input.value = input.value.slice(0, -1);
    else keyboard.closeEditor();
    keyboard.typedInEditor();
  }
}
