// Marks that an earlier tab could not send go out with whichever page is opened next; a page that has none asks for nothing.
(() => {
  const hasUnsent = () => {
    try {
      return Object.keys(localStorage).some((key) => key.startsWith("mark-grid:queue:"));
    } catch {
      return false;
    }
  };

  function say({ sent, held }) {
    if (!sent && !held) return;
    const words = [
      sent && `Отправлено отметок, введённых без связи: ${sent}.`,
      held && `Ждут вашего решения: ${held}. Откройте журнал.`,
    ];
    const note = document.createElement("div");
    note.className = "unsent-note";
    note.setAttribute("role", "status");
    note.textContent = words.filter(Boolean).join(" ");
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
