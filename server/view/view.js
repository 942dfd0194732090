// How somebody wants to see the register: read from the cookie before anything is drawn, and again when a tab comes back to sight.
(() => {
  "use strict";

  const html = document.documentElement;
  const show = () => {
    const [size, contrast, ...ticked] = document.cookie.match(/(?:^|; )school_view="?([\w.]+)/)?.[1].split(".") ?? [];
    const view = { size, contrast: contrast === "usual" ? undefined : contrast, still: ticked.includes("still") ? "" : undefined };
    for (const [name, value] of Object.entries(view)) {
      if (value === undefined) delete html.dataset[name];
      else if (html.dataset[name] !== value) html.dataset[name] = value;
    }
  };
  show();
  document.addEventListener("visibilitychange", show);
})();
