// What may be typed into a cell: school/register/rules/cells.py in the browser, word for word. The server decides finally.

// The absence letters as they come out when the keyboard is left in the Latin layout (the physical key),
// and Latin letters that look like them. Where the two readings disagree the physical key wins.
const LOOK_ALIKES = { y: "н", ",": "б", e: "у", j: "о", h: "н", o: "о" };
const ABSENCE_LETTERS = "нбуо";
const MARKS = new Set(["2", "3", "4", "5"]);
const MARKS_IN_A_CELL = 2;
const FORBIDDEN_ENTRIES = ["осв", "н/а", "н.а", "н\\а", "на", "неат", "не ат", "не/ат"]; // п. 5.3

function absenceLetter(character, lookAlikes = LOOK_ALIKES) {
  const letter = lookAlikes[character] ?? character;
  return letter && ABSENCE_LETTERS.includes(letter) ? letter : "";
}

// {text} in the one canonical spelling («5/4», «н», «о 4», «» clears the cell) or {message} why it is refused.
function readCell(raw, lookAlikes = LOOK_ALIKES) {
  const typed = raw.toLowerCase().trim().replace(/\s+/g, " ");
  const letter = absenceLetter(typed.slice(0, 1), lookAlikes);
  const marks = (letter ? typed.slice(1) : typed).split(/[ /]+/).filter(Boolean);
  const message = whyForbidden(typed) || whyNotMarks(marks, typed);
  return message ? { message } : { text: [letter, marks.join("/")].filter(Boolean).join(" ") };
}

// The same for a cell that takes one mark and nothing else: school/term_marks/rules/term_marks.py.
function readSingleMark(raw, lookAlikes = LOOK_ALIKES) {
  const read = readCell(raw, lookAlikes);
  if (!read.text) return read;
  if (absenceLetter(read.text.slice(0, 1), lookAlikes)) return { message: "Пропуск не ставят за период (п. 5.3). Ставят одну отметку: 2, 3, 4 или 5." };
  if (read.text.includes("/")) return { message: "За период ставят одну отметку. Выберите 2, 3, 4 или 5." };
  return read;
}

function whyForbidden(typed) {
  if (!FORBIDDEN_ENTRIES.some((entry) => typed.startsWith(entry))) return "";
  return `Запись «${typed}» не допускается (п. 5.3). Поставьте отметку от 2 до 5, пропуск (н, б, у, о) или оставьте клетку пустой.`;
}

function whyNotMarks(marks, typed) {
  const strange = marks.find((mark) => !MARKS.has(mark));
  if (strange && /^\p{Nd}$/u.test(strange)) return `Отметки «${strange}» нет. Ставят 2, 3, 4 или 5.`;
  if (strange) return `«${typed}» — не отметка и не пропуск. Введите 2–5, две отметки через «/» или пропуск: н, б, у, о.`;
  if (marks.length > MARKS_IN_A_CELL) return "В одной клетке не больше двух отметок. Третью поставьте на другом уроке.";
  return "";
}

export { LOOK_ALIKES, readCell, readSingleMark };

// A block copied from a spreadsheet; an empty cell of it leaves the register's cell alone.
function readBlock(pasted) {
  return pasted
    .replace(/(\r?\n)+$/, "")
    .split(/\r?\n/)
    .flatMap((line, down) => line.split("\t").map((text, right) => ({ down, right, text: text.trim() })))
    .filter(({ text }) => text);
}
