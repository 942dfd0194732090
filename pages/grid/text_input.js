// What comes as text, not as keys: from an on-screen keyboard, a dictation, an input method.
//
// Only something editable is given text, so the selected cell is; nothing stays in it but what the grid paints. Its own
// keyboard a phone leaves closed (inputmode): there is the pad, and a double tap opens the editor with the keyboard.

class TextInput {
  constructor(grid) {
    this.grid = grid;
    this.isTaken = false; // the text that is being composed has gone into the register already
  }

  listen(scroller) {
    scroller.addEventListener("beforeinput", (event) => this.comes(event));
    scroller.addEventListener("compositionstart", () => {
      this.isTaken = false;
    });
    scroller.addEventListener("input", (event) => this.composing(event));
    scroller.addEventListener("compositionend", (event) => this.composed(event));
  }

  receiveIn(cell, isSelected) {
    const isReceiving = isSelected && !this.grid.data.read_only;
    setOrRemove(cell, "contenteditable", isReceiving ? "true" : "");
    setOrRemove(cell, "inputmode", isReceiving ? "none" : "");
    setOrRemove(cell, "spellcheck", isReceiving ? "false" : "");
  }

  comes(event) {
    if (!event.target.matches("td.cell") || event.inputType === "insertCompositionText") return;
    event.preventDefault();
    if (event.inputType.startsWith("delete")) this.grid.keyboard.erase();
    else if (["insertLineBreak", "insertParagraph"].includes(event.inputType)) this.grid.move(1);
    else if (event.data) this.take(event.data);
  }

  // A mark or an absence is whole with its first sign; a word is waited for.
  composing(event) {
    if (!event.target.matches("td.cell") || this.isTaken || !/^[2-5нбуо]$/i.test(event.data ?? "")) return;
    this.isTaken = true;
    this.restore(event.target);
    this.take(event.data);
  }

  composed(event) {
    if (!event.target.matches("td.cell")) return;
    this.restore(event.target);
    if (!this.isTaken && event.data) this.take(event.data);
  }

  take(text) {
    const { keyboard } = this.grid;
    if (text.trim().length === 1) keyboard.entryOf(text.trim())();
    else if (text.trim()) keyboard.edit(text.trim());
  }

  restore(cell) {
    cell.replaceChildren(document.createTextNode(""));
    const { row, column } = this.grid.placeOf(cell);
    this.grid.paint(row, column);
  }
}
