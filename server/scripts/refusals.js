// A refusal that appears out of sight is brought into it: under the fields of a long form or of a pop-over nobody looks for it.
(() => {
  const BUTTONS = '[data-testid="stFormSubmitButton"] button, [data-testid="stButton"] button';
  const REFUSAL = '[data-testid="stAlertContentError"]';
  const ANSWERED_MS = 15_000;
  let pressedAt = -ANSWERED_MS;

  addEventListener("click", (event) => {
    if (event.target.closest?.(BUTTONS)) pressedAt = performance.now();
  }, true);

  const show = (refusal) => requestAnimationFrame(() => {
    const { top, bottom } = refusal.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight) refusal.scrollIntoView({ block: "center" });
  });

  new MutationObserver((changes) => {
    if (performance.now() - pressedAt > ANSWERED_MS) return;
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) {
        const refusal = node.nodeType === Node.ELEMENT_NODE && (node.matches(REFUSAL) ? node : node.querySelector(REFUSAL));
        if (refusal) show(refusal);
      }
    }
  }).observe(document, { childList: true, subtree: true });
})();
