// The table's elements: built once per list of pupils and lessons, then only painted.

function element(tag, className = "", text = "", attributes = {}) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

const HEAD_ROWS = 3;
const ABSENT = /^[нбуо]/;

function buildTable(data) {
  const table = element("table", [data.term_marks && "with-term", data.forecasts && "with-forecast", data.is_wide && "wide", data.by_day && "by-day"].filter(Boolean).join(" "), "", {
    role: "grid",
    "aria-label": data.label ?? "Журнал класса",
    "aria-rowcount": data.pupils.length + HEAD_ROWS,
    "aria-colcount": lastColumn(data) + endColumns(data).length,
    "aria-readonly": String(Boolean(data.read_only)),
  });
  table.append(columnGroup(data), tableHead(data), tableBody(data));
  return table;
}

// Columns are counted from 1: names, words about the pupil, lessons, the mean; words stand in place of a mean.
const wordsOf = (data) => data.info ?? [];
const firstColumn = (data) => wordsOf(data).length + 2;
const lastColumn = (data) => firstColumn(data) + data.lessons.length - (data.info ? 1 : 0);

// Beyond the mean: what stands at the end of a term, and what is likely to.
const endColumns = (data) =>
  [data.term_marks && { name: "term", title: "За период" }, data.forecasts && { name: "forecast", title: "Прогноз" }].filter(Boolean);

function columnGroup(data) {
  const group = element("colgroup");
  group.append(element("col", "names"), ...wordsOf(data).map(({ px }) => element("col", "info", "", { style: `width: ${Number(px) || 84}px` })));
  group.append(...data.lessons.map(() => element("col", "lesson")));
  if (!data.info) group.append(element("col", "mean"));
  group.append(...endColumns(data).map(({ name }) => element("col", name)));
  return group;
}

function headRow(index) {
  return element("tr", "", "", { role: "row", "aria-rowindex": index });
}

function tableHead(data) {
  const head = element("thead", "", "", { role: "rowgroup" });
  const months = headRow(1);
  const days = headRow(2);
  const works = headRow(3);
  months.append(element("th", "names corner", "Ученик", { rowspan: HEAD_ROWS, role: "columnheader", "aria-colindex": 1 }));
  if (data.info) months.append(element("th", "month", data.info_title ?? "", { colspan: data.info.length, role: "presentation" }));
  months.append(...monthCells(data));
  days.append(...wordsOf(data).map(infoHead));
  data.lessons.forEach((lesson, column) => {
    days.append(dayCell(lesson, column, data));
    works.append(element("th", "work", "", { "data-column": column, role: "columnheader", "aria-colindex": column + firstColumn(data), ...dayStart(data, column) }));
  });
  const last = lastColumn(data);
  if (!data.info) {
    months.append(element("th", "mean corner", data.summary_title ?? "Средний", { rowspan: HEAD_ROWS, role: "columnheader", "aria-colindex": last }));
  }
  endColumns(data).forEach(({ name, title }, index) => {
    const attributes = { rowspan: HEAD_ROWS, role: "columnheader", "aria-colindex": last + 1 + index };
    months.append(element("th", `${name} corner`, title, attributes));
  });
  head.append(months, days, works);
  return head;
}

function monthCells({ lessons, by_day: byDay }) {
  const spans = [];
  for (const { month, date, day, weekday } of lessons) {
    const [name, title] = byDay ? [date, `${weekday}, ${day} ${month}`] : [`${month} ${date.slice(0, 4)}`, month];
    if (spans.at(-1)?.name === name) spans.at(-1).width += 1;
    else spans.push({ name, title, width: 1 });
  }
  return spans.map(({ title, width }) => {
    const cell = element("th", "month", "", { colspan: width, role: "presentation" });
    cell.append(element("span", "", title));
    return cell;
  });
}

function infoHead({ title, hint }, index) {
  return element("th", "info", title, { rowspan: HEAD_ROWS - 1, role: "columnheader", "aria-colindex": index + 2, title: hint ?? "" });
}

const dayStart = ({ lessons }, column) => (lessons[column - 1]?.date === lessons[column].date ? {} : { "data-starts": "day" });

function dayCell(lesson, column, data) {
  const place = { "aria-colindex": column + firstColumn(data), "data-column": column, ...dayStart(data, column) };
  const cell = element("th", "day", "", { role: "columnheader", ...place });
  cell.append(element("button", "pick", "", { type: "button", tabindex: -1, "data-lesson": lesson.id }));
  return cell;
}

function tableBody(data) {
  const body = element("tbody", "", "", { role: "rowgroup" });
  const pattern = element("tr", "", "", { role: "row" });
  pattern.append(element("th", "names", "", { role: "rowheader", scope: "row", "aria-colindex": 1 }));
  wordsOf(data).forEach((_, index) => pattern.append(element("td", "info", "", { role: "gridcell", "aria-colindex": index + 2 })));
  data.lessons.forEach((_, column) => {
    const place = { "aria-colindex": column + firstColumn(data), "data-column": column, ...dayStart(data, column) };
    const cell = element("td", "cell", "", { role: "gridcell", tabindex: -1, ...place });
    cell.append("");
    pattern.append(cell);
  });
  const last = lastColumn(data);
  if (!data.info) pattern.append(element("td", "mean", "", { role: "gridcell", "aria-colindex": last }));
  endColumns(data).forEach(({ name }, index) => {
    pattern.append(element("td", name, "", { role: "gridcell", "aria-colindex": last + 1 + index }));
  });
  for (const index of data.pupils.keys()) {
    const row = pattern.cloneNode(true);
    row.setAttribute("aria-rowindex", index + HEAD_ROWS + 1);
    row.dataset.row = index;
    // cloneNode drops empty text nodes, and painting writes into one.
    for (const cell of row.querySelectorAll("td.cell")) if (!cell.firstChild) cell.append("");
    body.append(row);
  }
  return body;
}

const DAYS = { пн: "понедельник", вт: "вторник", ср: "среда", чт: "четверг", пт: "пятница", сб: "суббота", вс: "воскресенье" };

function lessonName(lesson) {
  return lesson.name ?? `${lesson.day} ${lesson.month}`;
}

function lessonTitle(lesson) {
  const when = lesson.name ?? `${lesson.day} ${lesson.month}, ${DAYS[lesson.weekday] ?? lesson.weekday}, ${lesson.number}-й урок`;
  const why = lesson.editable ? "" : lesson.why_not;
  return [when, lesson.work_type_title, lesson.topic && `Тема: ${lesson.topic}`, why].filter(Boolean).join("\n");
}

function lessonState(lesson, data) {
  const isFuture = lesson.date > data.today;
  return {
    chosen: lesson.id === data.selected_lesson,
    today: lesson.date === data.today,
    future: isFuture,
    untaken: !isFuture && !lesson.attendance_taken,
    closed: isFuture || !lesson.editable,
    control: Boolean(lesson.is_written_control),
    cancelled: Boolean(lesson.cancelled),
  };
}

function paintHead(day, work, column, lesson, data) {
  const state = lessonState(lesson, data);
  for (const painted of [day, work, column]) {
    for (const [name, isOn] of Object.entries(state)) painted.classList.toggle(name, isOn);
  }
  const button = day.querySelector("button");
  const names = data.by_day ? [["b", lesson.number]] : [["b", lesson.day], ["i", lesson.weekday], ["sup", lesson.number]];
  // With spaces: what is read begins with what is seen, for who says it to the browser.
  button.replaceChildren(...names.flatMap(([tag, name]) => [" ", element(tag, "", String(name))]).slice(1));
  button.title = lessonTitle(lesson);
  button.setAttribute("aria-label", `${button.textContent}: ${lessonTitle(lesson).replaceAll("\n", ". ")}`);
  button.setAttribute("aria-pressed", String(state.chosen));
  work.replaceChildren(element("span", "badge", lesson.work_type, { title: lessonTitle(lesson) }), ...presence(lesson, state, data));
}

function presence(lesson, state, data) {
  if (lesson.attendance_taken) return [element("span", "taken", "✓", { title: "Присутствие отмечено" })];
  if (state.closed || data.read_only || data.attendance_is_fixed) return [];
  const attributes = { type: "button", tabindex: -1, "data-attendance": lesson.id, title: "Все присутствуют (клавиша +)" };
  return [element("button", "confirm", "✓", { ...attributes, "aria-label": "Отметить: все, кроме записанных, присутствуют" })];
}

function paintPupil(row, pupil, data) {
  const name = row.querySelector("th");
  // What tells namesakes apart stands at the end, and stays in sight however long the name is.
  const [, named, note] = pupil.name.match(/^(.+?)( \([^()]*\))?$/s) ?? [null, pupil.name];
  if (note) {
    const line = element("span", "namesake");
    line.append(element("span", "", named), element("span", "", note));
    name.replaceChildren(line);
  } else name.textContent = pupil.name;
  name.title = pupil.name;
  if (data.info) {
    row.querySelectorAll("td.info").forEach((cell, index) => paintInfo(cell, pupil.info[data.info[index].id]));
    return;
  }
  const mean = row.querySelector("td.mean");
  if (pupil.summary) {
    paintSummary(mean, pupil.summary);
    return;
  }
  const isShort = pupil.minimum !== null && pupil.count < pupil.minimum;
  mean.replaceChildren(element("b", "", pupil.mean || "–"), element("span", isShort ? "short" : "", pupil.minimum ? `${pupil.count}/${pupil.minimum}` : `${pupil.count}`));
  const shortage = isShort ? `Отметок ${pupil.count}, нужно не менее ${pupil.minimum} (п. 5.2)` : `Отметок ${pupil.count}`;
  const controls = pupil.controls ? `за письменные и практические работы: ${pupil.controls}` : "нет отметок за письменные работы (п. 5.2)";
  mean.classList.toggle("nowritten", !pupil.controls && pupil.count > 0);
  mean.title = `${shortage}; ${controls}`;
  const term = row.querySelector("td.term");
  if (term) term.textContent = data.term_marks[pupil.id] ?? "";
  const forecast = row.querySelector("td.forecast");
  if (!forecast) return;
  const { text, title } = data.forecasts[pupil.id] ?? {};
  forecast.textContent = text ?? "";
  setOrRemove(forecast, "title", title);
}

function paintInfo(cell, { text, side, title, kind } = {}) {
  cell.className = ["info", kind].filter(Boolean).join(" ");
  cell.replaceChildren(text ?? "", ...(side ? [element("span", "", side)] : []));
  setOrRemove(cell, "title", title);
}

function paintSummary(place, { main, side, is_short: isShort, title }) {
  place.replaceChildren(element("b", "", main), element("span", isShort ? "short" : "", side));
  place.title = title;
}

// look: {text, late, kind, mine, hint, title, isClosed}; kind is "" | typed | sent | refused | conflict | reason | blocked.
function paintCell(cell, look) {
  cell.firstChild.data = look.text;
  const first = look.text.match(/[2-5]/);
  const classes = ["cell", look.kind, look.isClosed && "closed", look.late && "late", look.isStruck && "struck"];
  if (look.text.includes("2")) classes.push("two");
  if (!first && ABSENT.test(look.text)) classes.push("absent");
  if (look.text.length > 3) classes.push("long");
  if (cell.classList.contains("editing")) classes.push("editing");
  cell.className = classes.filter(Boolean).join(" ");
  setOrRemove(cell, "data-mine", look.mine);
  setOrRemove(cell, "data-hint", look.hint);
  setOrRemove(cell, "title", look.title);
  setOrRemove(cell, "aria-invalid", look.kind === "refused" ? "true" : "");
  setOrRemove(cell, "aria-readonly", look.isClosed ? "true" : "");
}

function setOrRemove(node, name, value) {
  if (value) node.setAttribute(name, value);
  else if (node.hasAttribute(name)) node.removeAttribute(name);
}
