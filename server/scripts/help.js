// «?» opens its answer over the page: what is half typed below stays as it is.
(() => {
  const windowOf = (content) => {
    const dialog = document.createElement("dialog");
    dialog.className = "page-help-window";
    dialog.setAttribute("aria-label", "Помощь");
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = "Закрыть";
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    dialog.append(close, content);
    return dialog;
  };

  document.addEventListener("click", async (event) => {
    const link = event.target instanceof Element && event.target.closest("a.page-help");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const answer = await fetch(`${link.href}/here${location.pathname}`).catch(() => null);
    const text = answer?.ok ? await answer.text() : "";
    const content = new DOMParser().parseFromString(text, "text/html").querySelector("main");
    if (!content) {
      window.open(link.href, "_blank", "noopener");
      return;
    }
    const dialog = windowOf(document.importNode(content, true));
    document.body.append(dialog);
    dialog.showModal();
  }, true);
})();
