// What a screen reader or the keyboard finds wrong in Streamlit's own elements: lists hold what is no item, tables keep Tab.
(() => {
  "use strict";

  const LISTS = new Set(["UL", "OL", "MENU"]);

  const mendItem = (item) => {
    const parent = item.parentElement;
    if (!parent || LISTS.has(parent.tagName) || item.hasAttribute("role")) return;
    // The heading of a room stands among its items: a list may hold nothing else.
    if (!parent.hasAttribute("role")) parent.setAttribute("role", "group");
    item.setAttribute("role", "presentation");
  };

  const mendList = (list) => {
    if (list.hasAttribute("role")) return;
    if ([...list.children].some((child) => child.tagName !== "LI")) list.setAttribute("role", "presentation");
  };

  const mend = (root) => {
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    for (const each of [root, ...root.querySelectorAll("li, ul")]) {
      if (each.tagName === "LI") mendItem(each);
      else if (each.tagName === "UL") mendList(each);
    }
    const list = root.closest("ul");
    if (list) mendList(list);
  };

  // A table that is only read takes Tab from cell to cell, fifteen times before one is out of it. The arrows do that: Tab leaves
  // it. In a table that people type into Tab goes on to the next cell, and Escape lets it leave.
  const isRead = (target) => target.closest?.('[data-testid="stDataFrame"] canvas') && !target.closest('[data-testid="stForm"]');
  document.addEventListener("keydown", (event) => {
    if (event.key === "Tab" && isRead(event.target)) event.stopImmediatePropagation();
  }, true);

  new MutationObserver((changes) => {
    for (const change of changes) change.addedNodes.forEach(mend);
  }).observe(document, { childList: true, subtree: true });
})();
