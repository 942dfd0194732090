// What is typed into a form and not sent yet: said in words below the form, and asked about before one leaves it.
// A form's fields reach the server when it is sent, so only the browser knows of them. Tables that people type into have a
// hidden button that hands the server a draft (pages/ui/typing/typed_table.py): it is pressed here when the typing pauses.
(() => {
  const FORM = '[data-testid="stForm"]';
  // A text that is written outside of a form, such as an announcement's, is sent by a button of its page; a line of text is so
  // where its key says it, since most of them search.
  const LOOSE = '[data-testid="stTextArea"], [class*="st-key-typed_"]';
  const BUTTON = '[data-testid="stButton"] button';
  const SENDING = '[data-testid="stFormSubmitButton"] button';
  const KEPT = '[class*="st-key-drop_draft"]';
  const DRAFT = '[class*="st-key-keep_draft"] button';
  // What one presses in a form without sending it, and what Streamlit draws outside of the form for its fields.
  const PRESSED = '[data-testid="stButtonGroup"] button, [data-testid^="stNumberInputStep"], [data-testid="stElementToolbar"] button';
  const OUTSIDE = '#portal, [data-baseweb="popover"], [role="listbox"], [role="dialog"] [role="grid"]';
  const CHOSEN = '[role="option"], [role="gridcell"]';
  // Links, and the buttons that put another part of a page in a form's place: their key says so.
  const AWAY = 'a[href], [class*="st-key-parts_"] button';
  const PAUSE = 1200;
  const QUESTION = "Введённое не сохранено и пропадёт. Уйти со страницы?";
  // Passwords and codes are no drafts.
  const NO_DRAFT = 'input[type="password"], input[autocomplete="one-time-code"]';

  const unsaved = new Set();
  let current = null;
  let pause = 0;

  const isEmpty = () => {
    for (const form of unsaved) if (!form.isConnected) unsaved.delete(form);
    return unsaved.size === 0;
  };

  const forget = (form) => {
    unsaved.delete(form);
    delete form.dataset.unsaved;
  };

  const isRunning = () => document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState === "running";

  const keepDraft = (form) => {
    const button = form.isConnected && unsaved.has(form) ? form.querySelector(DRAFT) : null;
    if (!button) return;
    if (document.querySelector("#portal")?.childElementCount || isRunning()) waitForPause(form);
    else button.click();
  };

  const waitForPause = (form) => {
    clearTimeout(pause);
    pause = setTimeout(keepDraft, PAUSE, form);
  };

  const note = (form) => {
    if (!form || form.querySelector(NO_DRAFT)) return;
    unsaved.add(form);
    form.dataset.unsaved = "";
    if (form.querySelector(DRAFT)) waitForPause(form);
  };

  // A refused form is not saved either: its fields still stand there, and only there. Of a table the server has a draft.
  const awaitAnswer = (form) => {
    forget(form);
    if (form.querySelector(DRAFT)) return;
    const look = () => {
      if (isRunning()) setTimeout(look, 200);
      else if (form.isConnected && document.querySelector('[data-testid="stAlertContentError"]')) note(form);
    };
    setTimeout(look, 700);
  };

  const cellsOf = (target) => target.closest('[data-testid="stDataFrame"]')?.querySelector("canvas")?.textContent;

  // A table is drawn as a picture; what it reads out tells whether a press or a key changed it.
  const noteChangedCells = (target, form) => {
    const before = cellsOf(target);
    if (before !== undefined) setTimeout(() => cellsOf(target) !== before && note(form), 250);
  };

  const formOf = (target) => target.closest(FORM) ?? target.closest(LOOSE) ?? (target.closest(OUTSIDE) ? current : null);

  document.addEventListener("focusin", ({ target }) => {
    if (!target.closest(OUTSIDE)) current = target.closest(FORM);
  }, true);
  document.addEventListener("input", ({ target }) => note(formOf(target)), true);
  document.addEventListener("paste", ({ target }) => {
    if (target.closest?.(FORM)) noteChangedCells(target, target.closest(FORM));
  }, true);
  document.addEventListener("keydown", ({ key, target }) => {
    const form = target.closest?.(FORM);
    if (!form) return;
    if (target.matches("canvas")) {
      if (["Delete", "Backspace", " ", "Enter"].includes(key)) noteChangedCells(target, form);
    } else if (key === "Enter" && target.matches("input") && !target.closest('[data-baseweb="select"]')) awaitAnswer(form);
  }, true);
  document.addEventListener("pointerdown", ({ target }) => {
    const form = target.closest(FORM);
    if (form) noteChangedCells(target, form);
  }, true);
  document.addEventListener("click", (event) => {
    const { target } = event;
    const sending = target.closest(SENDING);
    if (sending) awaitAnswer(sending.closest(FORM));
    else if (target.closest(BUTTON)) unsaved.forEach((each) => each.matches(LOOSE) && awaitAnswer(each));
    else if (target.closest(PRESSED)) note(target.closest(FORM));
    else if (target.closest(CHOSEN) && target.closest(OUTSIDE)) note(current);
    const link = target.closest(AWAY);
    if (!link || link.target === "_blank" || link.hasAttribute("download") || link.getAttribute("href")?.startsWith("#")) return;
    if (isEmpty()) return;
    if (confirm(QUESTION)) unsaved.clear();
    else {
      event.preventDefault();
      event.stopPropagation();
    }
  }, true);
  addEventListener("beforeunload", (event) => {
    // A draft that the server has is of this visit: a new one begins without it.
    if (!isEmpty() || document.querySelector(KEPT)) event.preventDefault();
  });
})();
