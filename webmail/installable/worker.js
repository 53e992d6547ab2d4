// The service worker: the product where there is no network. What stands in BUILD is written above this by views.py.
//
// Pages: network first → keep() stores the last lists, and the panes and texts of the last messages, each with its hour, for the reader that
// the answer names (X-Reader) → without network offline() shows them, marked with that hour. Files with a hash in their name: cache first.
// Another reader, or nobody, at the end of any request: all that was kept goes before anything else is stored. Acts are never repeated from
// here: what is no GET passes by. Killed in mid-work, a page is kept or it is not; what belongs to whom stands before it is stored.

const FILES = "files", READ = "read", STATE = "state";
const MOST = { message: 50, list: 10 };
const LONGEST = 400_000; // characters of one page or text: with the numbers above, this bounds what lies on the device
const OLDEST = 30 * 24 * 3600_000; // milliseconds
const PATIENCE = 8_000; // milliseconds, after which a page that is kept comes before an answer does
const HASHED = /\.[0-9a-f]{12}\.\w+$/;
const KINDS = [
  ["list", /^\/mail\/\d+\/[^/]+\/$/],
  ["message", /^\/mail\/\d+\/[^/]+\/\d+\/\d+\/$/],
  ["body", /^\/mail\/\d+\/[^/]+\/\d+\/\d+\/body\/$/],
];
const PASSING = /^\/(admin\/|static\/|mail\/\d+\/[^/]+\/\d+\/\d+\/(?!body\/).)/; // what is saved or shown beside a mail: the browser's own business
const PANE = /(<article\b[^>]*\bid="message"[^>]*>)([\s\S]*)(<\/article>)/;
const POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

// What a page of an earlier build asks for is there under its present name.
const bare = (name) => name.replace(/\.[0-9a-f]{12}(?=\.\w+$)/, "");
const PRESENT = new Map(BUILD.files.map((file) => [bare(file), file]));

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("fetch", answer);
addEventListener("message", (event) => {
  if (event.data?.keep !== undefined) event.waitUntil(inTurn(() => choose(event.data.keep)));
});

async function install() {
  const files = await caches.open(FILES);
  for (const file of BUILD.files) if (!await files.match(file)) await files.add(file);
  await skipWaiting();
}

async function activate() {
  const files = await caches.open(FILES);
  for (const request of await files.keys()) if (!BUILD.files.includes(new URL(request.url).pathname)) await files.delete(request);
  await registration.navigationPreload?.enable();
  await clients.claim();
}

function answer(event) {
  const { request } = event, url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method !== "GET") {
    if (url.pathname === BUILD.signOut) event.waitUntil(inTurn(() => become("nobody")));
    return;
  }
  if (PRESENT.has(bare(url.pathname))) return event.respondWith(file(request, url.pathname));
  const fragment = request.headers.has("HX-Request") && !request.headers.has("HX-History-Restore-Request");
  if ((request.mode === "navigate" || fragment) && !PASSING.test(url.pathname)) event.respondWith(page(event, url, fragment));
}

// A module that another one imports has no hash in its name: it may be newer than this worker.
async function file(request, path) {
  const ours = () => caches.match(PRESENT.get(bare(path)), { cacheName: FILES });
  if (!HASHED.test(path)) return fetch(request).catch(ours);
  return await caches.match(request, { cacheName: FILES }) ?? fetch(request).catch(ours);
}

// -- pages

async function page(event, url, fragment) {
  const kind = url.searchParams.has("q") ? undefined : KINDS.find(([, address]) => address.test(url.pathname))?.[0];
  const asked = Date.now();
  try {
    const found = await inTime(network(event), () => kind && !url.searchParams.has("live") && kept(kind, url, fragment));
    if (found.headers.has("X-Kept")) return found;
    if (found.status >= 502 && !found.headers.has("X-Reader")) throw new Error("a proxy has nobody behind it");
    const copy = kind ? found.clone() : found; // a copy that nobody reads would hold all of the answer in memory
    event.waitUntil(inTurn(() => keep(kind, url, fragment, copy, asked)));
    return found;
  } catch {
    return offline(kind, url, fragment);
  }
}

async function network(event) {
  return await event.preloadResponse ?? fetch(event.request);
}

async function inTime(answer, instead) {
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const first = await Promise.race([answer.catch((error) => error), late]);
  if (first instanceof Error) throw first;
  return first ?? await instead() ?? answer;
}

// -- keeping. One after the other: what belongs to whom is asked and written in one step.

let turn = Promise.resolve();
function inTurn(work) {
  return turn = turn.then(work).catch(() => {}); // a full disk keeps nothing, and breaks nothing
}

async function state() {
  const stored = await (await caches.open(STATE)).match("/state");
  return stored ? stored.json() : { reader: "nobody", since: 0, off: false, language: "" };
}

async function write(changed) {
  const next = { ...await state(), ...changed };
  await (await caches.open(STATE)).put("/state", Response.json(next));
  return next;
}

async function become(reader) {
  await caches.delete(READ);
  return write({ reader, since: Date.now() });
}

async function choose(on) {
  if (!on) await caches.delete(READ);
  await write({ off: !on });
}

// An answer that was asked for before the reader became another comes too late to say anything.
async function keep(kind, url, fragment, answer, asked) {
  const said = answer.headers.get("X-Reader");
  if (!said) return;
  const reader = said.split(";")[0];
  let known = await state();
  if (reader !== known.reader) {
    if (asked < known.since) return;
    known = await become(reader);
  }
  const language = answer.headers.get("Content-Language") ?? "";
  if (reader !== "nobody" && language !== known.language) known = await write({ language });
  if (known.off || reader === "nobody" || said !== reader || answer.status !== 200 || answer.redirected) return;
  if (kind === "list" && fragment) return url.searchParams.has("poll") ? renew(url) : undefined;
  if (kind) await store(kind, url, fragment, answer);
}

// New mail came into a list that is looked at: its page is kept as it is now.
async function renew(url) {
  const address = new URL(url.pathname, url);
  if (url.searchParams.has("page")) address.searchParams.set("page", url.searchParams.get("page"));
  const answer = await fetch(address, { signal: AbortSignal.timeout(PATIENCE) }); // whoever signs out waits for their turn
  if (answer.status === 200 && !answer.redirected && answer.headers.get("X-Reader") === (await state()).reader) await store("list", address, false, answer);
}

async function store(kind, url, fragment, answer) {
  let text = await answer.text();
  if (kind === "message" && !fragment) text = text.match(PANE)?.[2] ?? "";
  if (kind === "message") text = text.replace(/<form\b[^>]*hx-trigger="load\b[\s\S]*?<\/form>/g, ""); // it marks as read what is opened
  if (!text || text.length > LONGEST || (kind === "message" && !text.includes("read-scroll"))) return;
  const headers = new Headers({ "Content-Type": "text/html; charset=utf-8", "X-Kept": new Date().toISOString(), "X-Kind": kind });
  for (const name of ["Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options", "X-Frame-Options", "Content-Language"]) {
    if (answer.headers.has(name)) headers.set(name, answer.headers.get(name));
  }
  const read = await caches.open(READ);
  await read.put(keyOf(kind, url), new Response(text, { headers }));
  await bound(read);
}

// Of a message the page it was listed on says nothing; of a list it is the page.
function keyOf(kind, url) {
  const number = url.searchParams.get("page") ?? "1";
  return kind === "list" && number !== "1" ? `${url.pathname}?page=${number}` : url.pathname;
}

// A cache gives its entries in the order they were stored in: what was looked at last stands last.
async function bound(read) {
  const requests = await read.keys(), kinds = { message: [], list: [] };
  for (const request of requests) kinds[KINDS.find(([, address]) => address.test(new URL(request.url).pathname))[0]]?.push(request);
  for (const [kind, all] of Object.entries(kinds)) {
    for (const request of all.slice(0, -MOST[kind])) {
      await read.delete(request);
      if (kind === "message") await read.delete(`${request.url}body/`);
    }
  }
  const opened = new Set(kinds.message.map((request) => request.url));
  const texts = requests.filter((request) => request.url.endsWith("/body/"));
  for (const request of texts.slice(0, -MOST.message)) if (!opened.has(request.url.slice(0, -"body/".length))) await read.delete(request);
}

// -- without network

async function offline(kind, url, fragment) {
  const found = await kept(kind, url, fragment);
  if (found) return found;
  if (fragment) return new Response("", { status: 503, headers: { "X-Offline": "on" } });
  if (url.pathname === BUILD.home) {
    const list = await latestList();
    if (list) return Response.redirect(list.url);
  }
  const { language } = await state();
  const page = BUILD.pages[language] ?? BUILD.pages[navigator.language.slice(0, 2)] ?? Object.values(BUILD.pages)[0];
  return new Response(page, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY } });
}

async function kept(kind, url, fragment) {
  if (!kind || !await caches.has(READ)) return undefined;
  const read = await caches.open(READ), found = await read.match(keyOf(kind, url));
  if (!fresh(found)) return undefined;
  if (kind === "list") return fragment ? undefined : marked(found);
  if (kind === "body" || fragment) return found;
  const list = await latestList(url.pathname.split("/").slice(0, 4).join("/"));
  return list && marked(list.answer, await found.text());
}

const fresh = (answer) => answer && Date.now() - Date.parse(answer.headers.get("X-Kept")) < OLDEST;

// The page says by itself how old it is; a message is shown in the pane of a list.
async function marked(answer, pane) {
  let text = (await answer.text()).replace("<html ", `<html data-kept="${answer.headers.get("X-Kept")}" `);
  if (pane) text = text.replace(PANE, (whole, head, rest, tail) => head + pane + tail);
  return new Response(text, { headers: answer.headers });
}

async function latestList(folder = "") {
  const read = await caches.open(READ), requests = (await read.keys()).reverse();
  const lists = requests.filter((request) => KINDS[0][1].test(new URL(request.url).pathname));
  const request = lists.find((each) => new URL(each.url).pathname === `${folder}/`) ?? lists[0];
  const answer = request && await read.match(request);
  return fresh(answer) ? { url: request.url, answer } : undefined;
}
