// The only script of the diary, which does without it: leads to the search by Ctrl+K, starts the worker on a phone that keeps
// pages, and turns notices on.
(() => {
  document.addEventListener("keydown", (event) => {
    const find = document.querySelector('.tabs a[href$="/find"]');
    if (!find || event.code !== "KeyK" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    find.click();
  });
  const workers = navigator.serviceWorker;
  if (!workers) return;
  const keeps = /(^|; )diary_keep=/.test(document.cookie);
  const isPhonePage = location.pathname === "/family/phone";
  const form = document.querySelector("form[data-key]");

  async function keepPages() {
    const isNew = !workers.controller;
    await workers.register("/sw.js");
    const { active } = await workers.ready;
    if (isNew || isPhonePage) active.postMessage(isPhonePage ? "/family" : location.href);
  }

  async function tidyUp() {
    if (localStorage.getItem("entry-offline")) return; // of a teacher, who types marks here too
    const registration = await workers.getRegistration("/");
    if (registration && !(await registration.pushManager?.getSubscription())) await registration.unregister();
  }

  async function turnOn() {
    if ((await Notification.requestPermission()) !== "granted") throw new Error("refused");
    await workers.register("/sw.js");
    const { pushManager } = await workers.ready;
    // One of former keys would stand in the way.
    await (await pushManager.getSubscription())?.unsubscribe();
    const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: form.dataset.key });
    form.elements.subscription.value = JSON.stringify(subscription);
    form.submit();
  }

  (keeps ? keepPages() : tidyUp()).catch(() => {});
  if (form && "PushManager" in window && "Notification" in window) {
    const said = document.getElementById("push-said");
    document.getElementById("push-cannot").hidden = true;
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      turnOn().catch((problem) => {
        said.textContent =
          problem.message === "refused"
            ? "Уведомления запрещены в настройках браузера. Разрешите их для этого сайта и нажмите снова."
            : "Телефон не смог подключиться к службе уведомлений. Проверьте связь и нажмите снова.";
      });
    });
  }
})();
