// The head of a lesson above the grid: topic, work type and homework of its teacher, words for everybody else.
//
// What is typed stays in localStorage, by lesson, until the server has taken it: neither another lesson nor a reload loses it.

const STORED_HEADS = "lesson-heads:";
const HEAD_FIELDS = ["topic", "type", "homework", "none", "plan"];

class LessonHead {
  // acts: {write(values): Promise<refusal or "">, more(lesson), written(), resized()}
  constructor(acts) {
    this.acts = acts;
    this.node = element("form", "lesson-head", "", { "aria-label": "Урок", autocomplete: "off" });
    this.title = element("b", "title");
    this.topic = element("input", "topic", "", { type: "text", "aria-label": "Тема урока", maxlength: 1000 });
    this.plan = element("button", "plain", "Из плана", { type: "button" });
    this.type = element("select", "type", "", { "aria-label": "Вид работы" });
    this.homework = element("input", "homework", "", { type: "text", "aria-label": "Домашнее задание", placeholder: "Домашнее задание" });
    this.none = element("input", "", "", { type: "checkbox" });
    const none = element("label", "none");
    none.append(this.none, "без задания");
    this.more = element("button", "plain", "Ещё", { type: "button", title: "Срок задания, файлы, задания отдельным ученикам" });
    this.save = element("button", "main", "Записать", { type: "submit", title: "Ctrl+Enter" });
    this.said = element("span", "said", "", { role: "status", "aria-live": "polite" });
    this.others = element("span", "others");
    // What stands in place of the fields where there is little room (see the style sheet).
    this.line = element("span", "line");
    this.change = element("button", "plain change", "изменить", { type: "button" });
    this.isOpen = false;
    this.fields = [this.line, this.change, this.topic, this.plan, this.type, this.homework, none, this.more, this.save];
    this.listen();
  }

  listen() {
    for (const field of [this.topic, this.type, this.homework, this.none]) {
      field.addEventListener("input", () => this.typed(field === this.topic));
    }
    this.plan.addEventListener("click", () => this.takeFromPlan());
    this.change.addEventListener("click", () => {
      this.isOpen = true;
      this.paintDrafts();
      this.topic.focus();
      this.acts.resized();
    });
    this.more.addEventListener("click", () => this.acts.more(this.head.lesson));
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      this.write();
    });
    this.node.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !this.head?.values) return;
      if (event.altKey) this.takeFromPlan();
      else if (event.ctrlKey || event.metaKey) this.write();
      else if (event.target === this.topic || event.target === this.homework) event.preventDefault(); // a slip of the key writes nothing
      else return;
      event.preventDefault();
    });
  }

  // head: as the server answers it, or null; lessons: those of the grid.
  show(head, userId, lessons = []) {
    const isOther = this.head?.lesson !== head?.lesson;
    this.head = head;
    this.key = `${STORED_HEADS}${userId}`;
    this.lessons = lessons;
    this.node.hidden = !head;
    if (!head) return;
    if (isOther) {
      setText(this.said, "");
      this.isOpen = false;
    }
    const isEdited = Boolean(head.values);
    if (this.isEdited !== isEdited) this.node.replaceChildren(this.title, ...(isEdited ? this.fields : []), this.said, this.others);
    this.isEdited = isEdited;
    this.node.classList.toggle("words", !isEdited);
    setText(this.title, head.title);
    this.others.replaceChildren(...(isEdited ? [] : readOnlyWords(head)));
    if (isEdited) this.fill();
  }

  fill() {
    const { head } = this;
    this.topic.placeholder = head.planned ? `По плану: ${head.planned.title}` : "Тема урока";
    this.plan.disabled = !head.planned;
    this.plan.title = head.planned ? `Взять тему из плана (Alt+Enter): ${head.planned.title}` : "В плане темы для этого урока нет";
    this.type.replaceChildren(option("", "Вид работы"), ...head.types.map(([value, title]) => option(value, title)));
    this.more.classList.toggle("filled", head.has_more);
    const values = this.drafts()[head.lesson] ?? head.values;
    // A value set again would move the cursor of who is typing.
    if (this.topic.value !== values.topic) this.topic.value = values.topic;
    if (this.homework.value !== values.homework) this.homework.value = values.homework;
    this.type.value = values.type;
    this.none.checked = values.none;
    this.taken = values.plan;
    this.paintDrafts();
  }

  drafts() {
    return storage.read(this.key) ?? {};
  }

  keepDraft(values) {
    const drafts = this.drafts();
    const isStored = HEAD_FIELDS.every((field) => values[field] === this.head.values[field]);
    if (isStored) delete drafts[this.head.lesson];
    else drafts[this.head.lesson] = values;
    storage.write(this.key, Object.keys(drafts).length ? drafts : null);
    this.paintDrafts();
  }

  values() {
    return {
      topic: this.topic.value, type: this.type.value, homework: this.homework.value, none: this.none.checked,
      plan: this.topic.value ? this.taken : "",
    };
  }

  typed(isTopic) {
    if (isTopic && !this.topic.value) this.taken = "";
    setText(this.said, "");
    this.isOpen = true; // what is back to what is stored does not close under the fingers
    this.keepDraft(this.values());
  }

  takeFromPlan() {
    if (!this.head.planned) return;
    this.topic.value = this.head.planned.title;
    this.taken = this.head.planned.id;
    this.keepDraft(this.values());
  }

  paintDrafts() {
    const drafts = this.drafts();
    const isDraft = this.head.lesson in drafts;
    this.node.classList.toggle("draft", isDraft);
    this.node.classList.toggle("foldable", !isDraft && !this.isOpen);
    this.paintLine();
    const left = this.lessons.filter(({ id }) => id in drafts && id !== this.head.lesson);
    setText(this.others, left.length ? `Не записано: ${left.map(lessonName).join(", ")}. Откройте урок и нажмите «Записать».` : this.head.note ?? "");
  }

  paintLine() {
    const { topic, homework, none, type } = this.head.values;
    const kind = this.head.types.find(([value]) => value === type)?.[1];
    const isWhole = Boolean(topic && (homework || none));
    this.node.classList.toggle("whole", isWhole);
    setText(this.change, isWhole ? "изменить" : "записать");
    setText(this.line, [topic || "темы нет", homework || (none ? "без задания" : "задания нет"), kind].filter(Boolean).join(" · "));
    this.line.title = this.line.textContent;
  }

  async write() {
    const { lesson } = this.head;
    this.save.disabled = true;
    setText(this.said, "Записываем…");
    const refusal = await this.acts.write({ lesson, ...this.values() });
    this.save.disabled = false;
    this.node.classList.toggle("refused", Boolean(refusal));
    if (!refusal) {
      const drafts = this.drafts();
      delete drafts[lesson];
      storage.write(this.key, Object.keys(drafts).length ? drafts : null);
    }
    if (this.head?.lesson === lesson) setText(this.said, refusal || "Записано.");
    if (!refusal) {
      this.isOpen = false;
      this.acts.written();
    }
  }
}

function option(value, title) {
  const made = element("option", "", title);
  made.value = value;
  return made;
}

function readOnlyWords(head) {
  const links = head.files.map(({ title, address }) => element("a", "", title, { href: address, target: "_blank" }));
  const files = links.flatMap((link, index) => [index ? ", " : " · файлы: ", link]);
  return [` · ${head.words.join(" · ")}`, ...files];
}
