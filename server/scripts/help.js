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

  // The whole answer of an address, or the paragraph that stands after «#» in it.
  const show = async (address, otherwise = address) => {
    const answer = await fetch(address).catch(() => null);
    const text = answer?.ok ? await answer.text() : "";
    const page = new DOMParser().parseFromString(text, "text/html");
    const [, anchor] = address.split("#");
    const content = anchor ? page.getElementById(anchor) : page.querySelector("main");
    if (!content) {
      window.open(otherwise, "_blank", "noopener");
      return;
    }
    const dialog = windowOf(document.importNode(content, true));
    document.body.append(dialog);
    dialog.showModal();
  };

  // What the search found.
  document.addEventListener("help", (event) => show(event.detail));

  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a.page-help");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(`${link.href}/here${location.pathname}`, link.href);
  }, true);
})();
