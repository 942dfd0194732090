// Links of the menu and of the views are followed within the page, and the search is opened by its key from anywhere.
(() => {
  const FOLDED = "stSidebarCollapsed-";
  const NARROW = 768;
  const PAUSE_MS = 120;
  const WORDS = {
    ask: "Экран, класс, учитель, ученик или вопрос",
    none: "Ничего не найдено. Попробуйте другое слово или начало фамилии.",
    failed: "Поиск не ответил. Проверьте связь и попробуйте ещё раз.",
    leave: "Стрелки выбирают, Enter открывает, Esc закрывает.",
  };

  if (/^(Mac|iP)/.test(navigator.platform)) document.documentElement.classList.add("apple");

  // A page that has the menu's width unfolds it for itself only: the next page begins as it should.
  const forgetFolding = () => localStorage.removeItem(FOLDED);
  forgetFolding();

  const open = (address) => {
    const isFolded = document.querySelector('[data-testid="stExpandSidebarButton"]');
    if (!isFolded && innerWidth <= NARROW) document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
    history.pushState({}, "", address);
    dispatchEvent(new PopStateEvent("popstate", { state: {} }));
  };

  const isPlain = (event) => event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);

  document.addEventListener("click", (event) => {
    setTimeout(forgetFolding);
    const link = event.target.closest?.(".places a, .views a, .ways a");
    if (link && isPlain(event) && link.origin === location.origin) {
      event.preventDefault();
      open(link.href);
    } else if (event.target.closest?.(".find")) {
      search();
    }
  });

  document.addEventListener("keydown", (event) => {
    const isKey = event.code === "KeyK" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    if (!isKey || !document.querySelector(".find")) return;
    event.preventDefault();
    event.stopPropagation();
    search();
  }, true);

  let dialog, field, list, notice, found = [], chosen = -1, timer, asked = 0, isAnswered = false, isHurried = false;

  const make = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };

  const build = () => {
    field = make("input", {
      type: "text", role: "combobox", "aria-expanded": "false", "aria-controls": "find_list", "aria-autocomplete": "list",
      "aria-label": WORDS.ask, placeholder: WORDS.ask, autocomplete: "off", spellcheck: "false", maxlength: "80",
    });
    list = make("div", { role: "listbox", id: "find_list", "aria-label": "Найденное" });
    notice = make("p", { role: "status" });
    dialog = make("dialog", { class: "finder", "aria-label": "Поиск" }, field, list, notice, make("p", { class: "ways_on" }, WORDS.leave));
    field.addEventListener("input", () => {
      isAnswered = isHurried = false;
      clearTimeout(timer);
      timer = setTimeout(ask, PAUSE_MS);
    });
    field.addEventListener("keydown", onKey);
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) follow(Number(option.dataset.number));
    });
    // A click beside the dialog is one on its backdrop, which is the dialog itself.
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    document.body.append(dialog);
  };

  const search = () => {
    if (!dialog) build();
    if (dialog.open) return;
    field.value = "";
    show([]);
    notice.textContent = "";
    dialog.showModal();
    field.focus();
    ask();
  };

  const ask = async () => {
    const number = ++asked, words = field.value;
    // An answer to other words than those that stand there by now is none.
    const isLate = () => number !== asked || field.value !== words;
    isAnswered = false;
    try {
      const answer = await fetch("/api/search", {
        method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ words }),
      });
      const said = await answer.json();
      if (isLate()) return;
      isAnswered = true;
      show(answer.ok ? said.groups : []);
      notice.textContent = answer.ok ? (found.length || !field.value.trim() ? "" : WORDS.none) : said.message ?? WORDS.failed;
      if (isHurried && chosen >= 0) follow(chosen);
      isHurried = false;
    } catch {
      if (isLate()) return;
      isAnswered = true;
      isHurried = false;
      show([]);
      notice.textContent = WORDS.failed;
    }
  };

  const show = (groups) => {
    found = [];
    const boxes = groups.map(({ title, found: rows }, number) => {
      const head = make("div", { class: "group", id: `find_group_${number}`, role: "presentation" }, title);
      const options = rows.map((row) => {
        const option = make(
          "div", { role: "option", id: `find_${found.length}`, "data-number": found.length, "aria-selected": "false" }, row.title,
        );
        if (row.about) option.append(make("small", {}, row.about));
        found.push(row.address);
        return option;
      });
      return make("div", { role: "group", "aria-labelledby": head.id }, head, ...options);
    });
    list.replaceChildren(...boxes);
    field.setAttribute("aria-expanded", String(found.length > 0));
    choose(found.length && field.value.trim() ? 0 : -1);
  };

  const choose = (number) => {
    chosen = number;
    for (const option of list.querySelectorAll("[role=option]")) {
      const isChosen = Number(option.dataset.number) === number;
      option.setAttribute("aria-selected", String(isChosen));
      if (isChosen) option.scrollIntoView({ block: "nearest" });
    }
    if (number < 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", `find_${number}`);
  };

  const onKey = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) {
      event.preventDefault();
      choose((chosen + step + found.length + (chosen < 0 && step < 0 ? 1 : 0)) % found.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      // Pressed before the answer to the last letter: what comes first in it is opened.
      if (!isAnswered) isHurried = true;
      else if (chosen >= 0) follow(chosen);
    }
  };

  const follow = (number) => {
    const address = found[number];
    dialog.close();
    // The diary and other own addresses are no pages within the page.
    if (address.startsWith("/family")) location.assign(address);
    else if (address.startsWith("/guide/")) document.dispatchEvent(new CustomEvent("help", { detail: address }));
    else open(address);
  };
})();
