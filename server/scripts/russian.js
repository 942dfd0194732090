// Streamlit has no translations: its own words on the screen are exchanged as they appear.
(() => {
  // Calendars and numbers follow the browser's language: here it is Russian whatever the computer was set up in.
  Object.defineProperty(navigator, "language", { get: () => "ru-RU" });
  Object.defineProperty(navigator, "languages", { get: () => ["ru-RU", "ru"] });

  const WORDS = {
    "Show password": "Показать пароль",
    "Hide password": "Скрыть пароль",
    "Show password text": "Показать пароль",
    "Hide password text": "Скрыть пароль",
    "Expand sidebar": "Показать меню",
    "Collapse sidebar": "Скрыть меню",
    "Sidebar": "Меню",
    "App pages": "Страницы",
    "Navigate to home page": "На первую страницу",
    "Notifications": "Сообщения",
    "Skip to main content": "К содержанию страницы",
    "Close": "Закрыть",
    "Dismiss": "Скрыть",
    "Open": "Открыть",
    "Rerun": "Обновить",
    "Fullscreen": "На весь экран",
    "Close fullscreen": "Свернуть",
    "Search": "Поиск",
    "Type to search": "Поиск",
    "Close Search": "Закрыть поиск",
    "Previous Result": "Предыдущее",
    "Next Result": "Следующее",
    "Show/hide columns": "Столбцы",
    "Download as CSV": "Скачать CSV",
    "Sort ascending": "По возрастанию",
    "Sort descending": "По убыванию",
    "Autosize": "По содержимому",
    "Pin column": "Закрепить столбец",
    "Unpin column": "Открепить столбец",
    "Hide column": "Скрыть столбец",
    "Copy column name": "Скопировать название",
    "Dataframe column menu": "Меню столбца",
    "Statistics": "Статистика",
    "Format": "Формат",
    "Automatic": "Автоматически",
    "Add row": "Добавить строку",
    "Delete row(s)": "Удалить строки",
    "Delete row": "Удалить строку",
    "Copy to clipboard": "Скопировать",
    "Copied": "Скопировано",
    "empty": "пусто",
    "Select all": "Выбрать все",
    "Selected values": "Выбранное",
    "Clear all": "Очистить",
    "Clear value": "Очистить",
    "Clear date": "Очистить дату",
    "Clear dates": "Очистить даты",
    "Choose an option": "Выберите",
    "Choose options": "Выберите",
    "No results": "Ничего не найдено",
    "No options to select.": "Выбирать не из чего",
    "No options to select": "Выбирать не из чего",
    "Choose date": "Выберите дату",
    "dd": "дд",
    "mm": "мм",
    "yyyy": "гггг",
    "Choose date range": "Выберите даты",
    "Quick select a date range": "Быстрый выбор",
    "Previous month": "Предыдущий месяц",
    "Next month": "Следующий месяц",
    "Previous page": "Предыдущая страница",
    "Next page": "Следующая страница",
    "Increment": "Больше",
    "Decrement": "Меньше",
    "Upload": "Выбрать файл",
    "Browse files": "Выбрать файл",
    "file upload": "Выбор файла",
    "Link to heading": "Ссылка на заголовок",
    "Drag and drop file here": "Перетащите файл сюда",
    "Drag and drop a file here": "Перетащите файл сюда",
    "Drag and drop files here": "Перетащите файлы сюда",
    "Download plot": "Сохранить график",
    "Download plot as a PNG": "Сохранить график",
    "Download as PNG": "Сохранить график",
    "Zoom": "Приблизить область",
    "Zoom in": "Ближе",
    "Zoom out": "Дальше",
    "Pan": "Двигать",
    "Autoscale": "Показать всё",
    "Reset axes": "Вернуть масштаб",
    "Box Select": "Выделить прямоугольник",
    "Lasso Select": "Выделить область",
    "View less": "Свернуть",
  };
  const PHRASES = [
    [/^(\d+)\s?(MB|GB|KB) per file(.*)$/, "до $1 $2 на файл$3"],
    [/^Limit (\d+)\s?(MB|GB|KB) per file(.*)$/, "до $1 $2 на файл$3"],
    [/^View (\d+) more$/, "Ещё $1"],
    [/^Remove (.+)$/, "Убрать $1"],
    [/^Upload (.+)$/, "Выбрать файл: $1"],
    [/^Page (\d+)$/, "Страница $1"],
    [/^Add: (.+)$/s, "Вписать: $1"],
    [/^Select (\d+) matches$/, "Выбрать все найденные: $1"],
    [/^(\d+) options? available\.?$/, "Вариантов: $1"],
    [/^Use arrow keys.*$/s, "Стрелки выбирают, Enter подтверждает, Escape закрывает."],
    [/^Choose date, (.+)$/, "Выберите дату, $1"],
    [/^Help for (.+)$/, "Подсказка: $1"],
    [/^day, (.+)$/, "день, $1"],
    [/^month, (.+)$/, "месяц, $1"],
    [/^year, (.+)$/, "год, $1"],
    [/^\((\d+)\.(\d+) seconds?\)$/, "($1,$2 с)"],
    [/^\((\d+) minutes?, (\d+)\.(\d+) seconds?\)$/, "($1 мин $2,$3 с)"],
  ];
  const ATTRIBUTES = ["aria-label", "title", "placeholder"];

  const inRussian = (text) => {
    const words = text.trim();
    if (Object.hasOwn(WORDS, words)) return WORDS[words];
    const phrase = /^[A-Za-z\d(]/.test(words) && PHRASES.find(([pattern]) => pattern.test(words));
    return phrase ? words.replace(phrase[0], phrase[1]) : null;
  };

  const sayText = (node) => {
    const russian = inRussian(node.data);
    if (russian !== null) node.data = russian;
  };

  const sayAttributes = (element) => {
    for (const name of ATTRIBUTES) {
      const russian = element.hasAttribute(name) ? inRussian(element.getAttribute(name)) : null;
      if (russian !== null) element.setAttribute(name, russian);
    }
  };

  const sayAll = (root) => {
    if (root.nodeType === Node.TEXT_NODE) sayText(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = root; node; node = walker.nextNode()) {
      node.nodeType === Node.TEXT_NODE ? sayText(node) : sayAttributes(node);
    }
  };

  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach(sayAll);
      else if (change.type === "characterData") sayText(change.target);
      else sayAttributes(change.target);
    }
  }).observe(document, {
    childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES,
  });
})();
