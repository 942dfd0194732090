// Below the table: what a person has to decide, what is saved, who changed a cell.

const MARK_REASONS = ["ошибка при вводе", "пересдача", "апелляция"];
const MARK_QUESTION = "Отметка поставлена раньше. Почему исправляете?";
const SHOWN_QUESTIONS = 6;

function plural(count, one, few, many) {
  const tens = count % 100;
  const ones = count % 10;
  if (tens > 10 && tens < 20) return many;
  if (ones === 1) return one;
  return ones >= 2 && ones <= 4 ? few : many;
}

function countOfMarks(count) {
  return `${count} ${plural(count, "отметка", "отметки", "отметок")} ${plural(count, "ждёт", "ждут", "ждут")} отправки`;
}

class Panel {
  // acts: {go(held), drop(held), insist(held), explain(helds, reason), names(held), questionOf(held), asksEach(), reasons()}
  constructor(acts) {
    this.acts = acts;
    this.node = element("div", "questions", "", { role: "region", "aria-label": "Требует решения" });
    this.list = element("div", "list");
    this.reasons = this.buildReasons();
    this.node.append(this.list, this.reasons);
  }

  buildReasons() {
    const form = element("form", "reasons");
    this.reasonTitle = element("span", "ask");
    this.reasonInput = element("input", "", "", { type: "text", maxlength: 200, placeholder: "причина", "aria-label": "Причина исправления" });
    this.chips = element("span", "chips");
    const cancel = element("button", "plain", "не исправлять", { type: "button" });
    cancel.addEventListener("click", () => this.asked.forEach((held) => this.acts.drop(held)));
    this.only = this.button("plain", "только первой", () => this.explain(this.reasonInput.value.trim(), 1));
    form.append(this.reasonTitle, this.chips, this.reasonInput, element("button", "main", "Исправить", { type: "submit" }), this.only, cancel);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.explain(this.reasonInput.value.trim());
    });
    return form;
  }

  explain(reason, count = this.asked.length) {
    if (!reason) {
      this.reasonInput.focus();
      return;
    }
    this.reasonInput.value = "";
    this.acts.explain(this.asked.slice(0, count), reason);
  }

  render(allHeld) {
    const questions = allHeld.filter(({ status }) => status !== "reason_required");
    const unexplained = allHeld.filter(({ status }) => status === "reason_required");
    this.asked = unexplained.filter((held) => this.acts.questionOf(held) === this.acts.questionOf(unexplained[0]));
    const rows = questions.slice(0, SHOWN_QUESTIONS).map((held) => this.question(held));
    const rest = questions.length - rows.length;
    if (rest > 0) rows.push(element("div", "rest", `и ещё ${rest} ${plural(rest, "запись", "записи", "записей")}`));
    this.list.replaceChildren(...rows);
    this.reasons.hidden = !this.asked.length;
    this.only.hidden = !this.acts.asksEach() || this.asked.length < 2;
    if (this.asked.length) {
      this.reasonTitle.textContent = this.reasonText();
      this.chips.replaceChildren(...this.acts.reasons().map((reason) => this.button("chip", reason, () => this.explain(reason))));
    }
    this.node.hidden = !allHeld.length;
  }

  reasonText() {
    const [first] = this.asked;
    const what = `${this.acts.names(first)}: «${first.base || "пусто"}» → «${first.text || "пусто"}»`;
    const rest = this.asked.length > 1 ? ` и ещё ${this.asked.length - 1}` : "";
    return `${this.acts.questionOf(first)} ${what}${rest}`;
  }

  question(held) {
    const isConflict = held.status === "conflict";
    const row = element("div", `question ${held.status}`);
    const who = held.by ? ` (${held.by})` : "";
    const text = isConflict
      ? `Клетку изменили одновременно. Сейчас там «${this.acts.theirs(held) || "пусто"}»${who}, вы ввели «${held.text || "пусто"}».`
      : held.message;
    row.append(this.button("link", this.acts.names(held), () => this.acts.go(held)), element("span", "", text));
    if (isConflict) {
      row.append(this.button("plain", "оставить их", () => this.acts.drop(held)));
      row.append(this.button("main", "поставить моё", () => this.acts.insist(held)));
    } else row.append(this.button("plain", "убрать", () => this.acts.drop(held)));
    return row;
  }

  button(className, text, act) {
    const made = element("button", className, text, { type: "button" });
    made.addEventListener("click", act);
    return made;
  }
}

function statusText(outbox, isReadOnly) {
  if (isReadOnly && !outbox.unsaved) return "Только просмотр";
  if (outbox.trouble) return countOfMarks(outbox.unsaved);
  if (outbox.unsaved) return `Сохраняем ${outbox.unsaved}…`;
  const held = outbox.allHeld();
  if (held.length) return heldText(held);
  if (outbox.savedAt === null) return "Несохранённых отметок нет";
  return ["Все отметки сохранены", outbox.savedAt].filter(Boolean).join(" · ");
}

function heldText(held) {
  const isUnexplained = held.every(({ status }) => status === "reason_required");
  return `Не сохранено: ${held.length}, ${isUnexplained ? "нужна причина" : "нужно решение"} (выше)`;
}

function troubleText(outbox) {
  if (outbox.trouble === "signed_out") {
    return "Вы вышли из журнала. Введённое сохранено в этом браузере и отправится после входа.";
  }
  if (outbox.trouble === "unavailable" && outbox.words) return `${countOfMarks(outbox.unsaved)}. ${outbox.words}`;
  if (outbox.trouble) return `Нет связи. ${countOfMarks(outbox.unsaved)}: введённое сохранено в этом браузере, можно продолжать.`;
  if (!storage.works) return "Браузер не даёт хранить введённое: не закрывайте страницу, пока внизу не будет «Все отметки сохранены».";
  return "";
}
