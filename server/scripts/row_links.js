// A press on any cell of a row that opens something opens it. Streamlit chooses a row by the box at its left alone, and its
// choice of cells would already answer to the keyboard's focus; so a press on a cell is handed on to the box of its row.
(() => {
  const OPENS = '[class*="st-key-opens_"]';
  const TABLE = '[data-testid="stDataFrame"]';
  const CELLS = "canvas, .dvn-scroller, .dvn-scroller *";
  const HEAD_PX = 36;
  const BOX_PX = 44;
  const MOVED_PX = 5;
  let began = null;

  const press = (target, clientX, clientY) => {
    const where = { bubbles: true, cancelable: true, composed: true, view: window, clientX, clientY, button: 0 };
    target.dispatchEvent(new PointerEvent("pointermove", where));
    target.dispatchEvent(new PointerEvent("pointerdown", { ...where, buttons: 1 }));
    target.dispatchEvent(new PointerEvent("pointerup", where));
    target.dispatchEvent(new MouseEvent("click", where));
  };

  document.addEventListener("pointerdown", (event) => {
    if (event.isTrusted) began = { x: event.clientX, y: event.clientY };
  }, true);
  document.addEventListener("click", (event) => {
    const { target, clientY } = event;
    const canvas = event.isTrusted && target.matches(CELLS) && target.closest(OPENS) && target.closest(TABLE)?.querySelector("canvas");
    if (!canvas || !began || Math.hypot(event.clientX - began.x, event.clientY - began.y) > MOVED_PX) return;
    const { left, top } = canvas.getBoundingClientRect();
    if (event.clientY - top < HEAD_PX || event.clientX - left < BOX_PX) return;
    setTimeout(() => press(target, left + BOX_PX / 2 - 4, clientY), 0);
  }, true);
})();
