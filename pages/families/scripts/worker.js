// The diary's worker: keeps the pages opened last on a phone whose family asked for it, shows them without a connection, shows
// notices. Of each page the server says whether it may be kept and whose it is («Diary-Keep: OWNER page»). An answer without
// that word takes away all that was kept: a refusal, the way to the sign-in page, another person's page. Only GET is kept,
// nothing is ever sent again, and nothing of the register's other pages is touched.
const FILES = ["FILES"];
const ICON = "ICON";
const OFFLINE = "OFFLINE";
const ENTRY = "entry-page";
const PAGES = "diary-pages-";
const ASSETS = "diary-assets";
const [MOST_PAGES, MOST_ASSETS, MOST_DAYS] = [20, 12, 14];
const ASSET = /^\/family\/[a-z0-9-]+\.[0-9a-f]{12}\.(css|js|svg|png)$/;
const DIARY = /^\/family(\/|$)/;
const STAFF = /^\/[a-z_]*$/;
const WEEK = /^\/family(\/\d+)?$/;
const WORDS = "В дневнике есть новое";
const TOLD = ["Content-Type", "Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options"];

async function forget(but = "") {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PAGES) && name !== but).map((name) => caches.delete(name)));
}

async function cutTo(cache, most) {
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(keys.length - most, 0)).map((key) => cache.delete(key)));
}

// What an answer says of the pages that are kept. A server that is out of order says nothing of them.
async function note(url, answer) {
  if (answer.status > 404) return;
  const [owner, mayKeep] = (answer.headers.get("Diary-Keep") ?? "").split(" ");
  await forget(owner ? PAGES + owner : "");
  if (!owner || (answer.ok && !mayKeep)) return;
  const pages = await caches.open(PAGES + owner);
  await pages.delete(url);
  if (!answer.ok) return;
  const headers = new Headers({ "Kept-At": String(Date.now()) });
  for (const name of TOLD) if (answer.headers.has(name)) headers.set(name, answer.headers.get(name));
  await pages.put(url, new Response(await answer.text(), { headers }));
  await cutTo(pages, MOST_PAGES);
}

// All pages that are kept and not too old, the last opened first: [address, answer].
async function keptPages() {
  const found = [];
  for (const name of await caches.keys()) {
    if (!name.startsWith(PAGES)) continue;
    const pages = await caches.open(name);
    for (const key of (await pages.keys()).reverse()) {
      const answer = await pages.match(key);
      if (Date.now() - Number(answer.headers.get("Kept-At")) < MOST_DAYS * 24 * 3600_000) found.push([key.url, answer]);
    }
  }
  return found;
}

function momentOf(answer) {
  const at = new Date(Number(answer.headers.get("Kept-At")));
  const two = (number) => String(number).padStart(2, "0");
  return `${two(at.getDate())}.${two(at.getMonth() + 1)} в ${two(at.getHours())}:${two(at.getMinutes())}`;
}

async function withoutConnection(url, why) {
  const kept = await keptPages();
  const address = new URL(url);
  if (kept.length && address.pathname === "/") return Response.redirect("/family");
  const isStart = address.pathname === "/family" && address.search === "";
  const isWanted = (each) => each === url;
  const isWeek = (each) => isStart && WEEK.test(new URL(each).pathname);
  const [, found] = kept.find(([each]) => isWanted(each)) ?? kept.find(([each]) => isWeek(each)) ?? [];
  if (found) {
    const said = `${why} Показано то, что было открыто ${momentOf(found)}. Кнопки появятся, когда связь вернётся.`;
    const html = (await found.text())
      .replace('<html lang="ru">', '<html lang="ru" class="offline">')
      .replace(/<main[^>]*>/, (main) => `${main}\n<p class="note" role="status">${said}</p>`);
    return new Response(html, { headers: found.headers });
  }
  return kept.length ? listOf(kept, why) : null;
}

// A page that is not kept: which ones are.
async function listOf(kept, why) {
  const rows = await Promise.all(
    kept.map(async ([url, answer]) => {
      const { pathname, search } = new URL(url);
      const title = /<title>([^<]*)<\/title>/.exec(await answer.clone().text())?.[1] ?? "Дневник";
      return `<li><a href="${pathname}${search.replaceAll("&", "&amp;").replaceAll('"', "%22")}">${title}</a>, открыто ${momentOf(answer)}</li>`;
    }),
  );
  const style = FILES.find((each) => each.endsWith(".css"));
  return new Response(
    `<!doctype html><html lang="ru" class="offline"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${why}</title><link rel="stylesheet" href="${style}"></head><body><header><h1>${why}</h1></header>
<main id="content"><p>Этой страницы на телефоне нет. Сохранены:</p><ul>${rows.join("")}</ul></main></body></html>`,
    { headers: kept[0][1].headers },
  );
}

// Of the staff's pages nothing is kept: one that names nobody says what waits to be sent.
async function instead(url, why) {
  const { pathname } = new URL(url);
  const isDiary = DIARY.test(pathname);
  const kept = isDiary || pathname === "/" ? await withoutConnection(url, why) : null;
  return kept ?? (isDiary ? undefined : (await caches.open(ENTRY)).match(OFFLINE));
}

async function page(event) {
  const { url } = event.request;
  let answer;
  try {
    answer = await fetch(event.request);
  } catch {
    return (await instead(url, "Нет связи.")) ?? Response.error();
  }
  if ([502, 503, 504].includes(answer.status)) return (await instead(url, "Дневник сейчас не отвечает.")) ?? answer;
  if (DIARY.test(new URL(url).pathname)) event.waitUntil(note(url, answer.clone()));
  return answer;
}

async function asset(request) {
  const assets = await caches.open(ASSETS);
  const found = await assets.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) {
    await assets.put(request, answer.clone());
    await cutTo(assets, MOST_ASSETS);
  }
  return answer;
}

async function keepEntryPage() {
  const entry = await caches.open(ENTRY);
  await entry.add(OFFLINE);
  for (const key of await entry.keys()) if (new URL(key.url).pathname !== OFFLINE) await entry.delete(key);
}

async function openDiary() {
  const tabs = await self.clients.matchAll({ type: "window" });
  const tab = tabs.find((each) => DIARY.test(new URL(each.url).pathname));
  if (!tab) return self.clients.openWindow("/family");
  await tab.focus();
  return tab.navigate("/family");
}

self.addEventListener("install", (event) => {
  // Each by itself: one file that is not there must not stop the rest.
  const kept = [...FILES.map((file) => asset(new Request(file))), keepEntryPage()];
  event.waitUntil(Promise.allSettled(kept).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.method !== "GET") {
    // Somebody signs in or out.
    if (pathname.startsWith("/api/session/")) event.waitUntil(forget());
  } else if (ASSET.test(pathname)) event.respondWith(asset(request));
  else if (request.mode === "navigate" && (STAFF.test(pathname) || DIARY.test(pathname))) event.respondWith(page(event));
});
self.addEventListener("message", (event) => {
  // A page that was opened before there was a worker, to be kept like any other.
  const url = new URL(event.data, self.location.origin);
  if (url.origin !== self.location.origin || !DIARY.test(url.pathname)) return;
  url.hash = "";
  event.waitUntil(fetch(url, { redirect: "manual" }).then((answer) => note(url.href, answer)));
});
self.addEventListener("push", (event) => {
  const text = event.data?.text() || WORDS;
  event.waitUntil(self.registration.showNotification(text, { lang: "ru", icon: ICON, tag: "news" }));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openDiary());
});
