// What has become of an entry, said to who does not see the colour of its cell: «Иванов Иван, 12 ноя: 4 — сохранено».

const MOST_SPOKEN = 3;
const OUTCOMES = {
  saved: () => "сохранено",
  conflict: ({ by, text }) => `не сохранено: уже стоит ${text || "пусто"}${by ? ` (${by})` : ""}`,
  reason_required: () => "не сохранено: нужна причина исправления",
  refused: ({ message }) => `не принято. ${message ?? ""}`.trim(),
};

class Voice {
  // nameOf: {lesson, pupil} → who and when, in words.
  constructor(nameOf) {
    this.nameOf = nameOf;
    this.node = element("div", "voice", "", { role: "status", "aria-live": "polite" });
  }

  // results: what the server answered for each edit; where many were taken at once, only how many.
  tell(results) {
    const cells = results.filter(({ pupil }) => pupil !== null && pupil !== undefined);
    const saved = cells.filter(({ status }) => status === "saved");
    const others = cells.filter(({ status }) => status !== "saved");
    const isMany = saved.length > MOST_SPOKEN;
    const lines = [...(isMany ? [] : saved), ...others.slice(0, MOST_SPOKEN)].map((each) => this.sentence(each));
    if (isMany) lines.push(`Сохранено клеток: ${saved.length}`);
    if (others.length > MOST_SPOKEN) lines.push(`Не сохранено клеток: ${others.length}`);
    if (lines.length) this.node.textContent = lines.join(". ");
  }

  sentence(result) {
    const said = OUTCOMES[result.status];
    const typed = result.status === "saved" ? ` ${result.text || "пусто"} —` : "";
    return `${this.nameOf(result)}:${typed} ${said ? said(result) : ""}`;
  }
}
