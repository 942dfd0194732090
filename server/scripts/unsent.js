// Marks that an earlier tab could not send go out with whichever page is opened next; a page that has none asks for nothing.
(() => {
  const hasUnsent = () => {
    try {
      return Object.keys(localStorage).some((key) => key.startsWith("mark-grid:queue:"));
    } catch {
      return false;
    }
  };

  // Where the marks that were sent to an address had been typed.
  const TYPED_AT = [
    ["/api/term-marks/", "/term_marks", "Оценки за период"],
    ["/api/exams/", "/exams", "Экзамены и итог"],
    ["/api/homeroom/", "/absences", "Пропуски"],
    ["/", "/grid", "Журнал"],
  ];

  const wayTo = (address) => {
    const [, page, title] = TYPED_AT.find(([prefix]) => address.startsWith(prefix));
    const way = document.createElement("a");
    way.href = page;
    way.textContent = title;
    return way;
  };

  function say({ sent, held, waiting }) {
    if (!sent && !held) return;
    const note = document.createElement("div");
    note.className = "unsent-note";
    note.setAttribute("role", "status");
    if (sent) note.append(`Отправлено отметок, введённых без связи: ${sent}. `);
    if (held) note.append(`Ждут вашего решения, отметок: ${held}. Откройте: `, ...waiting.flatMap((each, place) => [place ? ", " : "", wayTo(each)]));
    note.addEventListener("click", () => note.remove());
    document.body.append(note);
    if (!held) setTimeout(() => note.remove(), 10_000);
  }

  addEventListener("load", async () => {
    if (!hasUnsent()) return;
    const { sendUnsent, user } = await import("/api/grid/unsent.js");
    if (user) say(await sendUnsent(user));
  });
})();
