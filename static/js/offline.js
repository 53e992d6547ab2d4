// Without a network: says so, shows how old a page is, and keeps acts from being lost in silence. What is kept on the device is the worker's
// (webmail/installable/worker.js); this page registers it for who is signed in, and forgets everything where nobody is.
//
// For settings: a checkbox with data-keep-mail switches keeping on this device; it shows what holds.

const root = document.documentElement;
const reader = document.querySelector("meta[name=reader]")?.content;
const template = (id) => document.getElementById(id).content.cloneNode(true);
const isOffline = () => !navigator.onLine || "kept" in root.dataset;

// -- the worker

const SWITCH = "offline-mail"; // in localStorage: "off" on a device that keeps nothing

async function tellWorker(message) {
  (await navigator.serviceWorker?.ready)?.active.postMessage(message);
}

if (reader && "serviceWorker" in navigator) navigator.serviceWorker.register("/worker.js").catch(() => {}); // a private window may refuse
// Nobody is signed in: a second wall, beside the worker's own.
if (reader === "") globalThis.caches?.delete("read");

for (const box of document.querySelectorAll("[data-keep-mail]")) box.checked = localStorage.getItem(SWITCH) !== "off";
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-keep-mail]")) return;
  if (event.target.checked) localStorage.removeItem(SWITCH);
  else localStorage.setItem(SWITCH, "off");
  tellWorker({ keep: event.target.checked });
});

// A worker that rests takes a moment to wake: it is called before the click.
let called = Date.now();
function call(event) {
  if (Date.now() - called < 20_000 || !event.target.closest?.(".row, .nav-item")) return;
  called = Date.now();
  navigator.serviceWorker?.controller?.postMessage({});
}
for (const happening of ["pointerover", "pointerdown", "focusin"]) document.addEventListener(happening, call, { passive: true });

// -- what the page says

function asOf(kept) {
  const then = new Date(kept), today = then.toDateString() === new Date().toDateString();
  const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }; // as the product writes the hour
  return new Intl.DateTimeFormat(root.lang, today ? clock : { day: "numeric", month: "short", ...clock }).format(then);
}

function showBar(kept = root.dataset.kept) {
  if (!reader) return;
  if (!document.querySelector(".offline-bar")) document.body.append(template("offline-bar"));
  const words = document.querySelector(".offline-bar [data-as-of]");
  words.textContent = kept ? words.dataset.asOf.replace("%s", asOf(kept)) : "";
}

function clearBar() {
  if ("kept" in root.dataset || "offline" in root.dataset) return location.reload();
  document.querySelector(".offline-bar")?.remove();
  const poll = document.getElementById("poll");
  if (poll) htmx.trigger(poll, "again");
}

addEventListener("offline", () => showBar());
addEventListener("online", clearBar);
if (isOffline()) showBar();
if ("kept" in root.dataset) for (const stale of document.querySelectorAll("#toasts > *, #known > *")) stale.remove();

// A part of the page that the worker has not, or has of an earlier hour.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target } = event.detail;
  if (xhr.getResponseHeader("X-Kept")) showBar(xhr.getResponseHeader("X-Kept"));
  else if (xhr.getResponseHeader("X-Reader") && !isOffline()) document.querySelector(".offline-bar")?.remove(); // the server is back
  if (!xhr.getResponseHeader("X-Offline")) return;
  showBar();
  if (target.id === "message") target.replaceChildren(paneWithWayBack());
});

function paneWithWayBack() {
  const pane = template("offline-pane"), list = document.querySelector("#list [role=search]")?.getAttribute("action");
  pane.firstElementChild.setAttribute("role", "alert"); // on a phone the pane shows for that (mailbox.css)
  if (list) pane.querySelector("[data-back]").href = list;
  return pane;
}

// A form that is no part of htmx would leave the page, and what was typed with it.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("hx-post") || event.defaultPrevented || !isOffline()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!form.dispatchEvent(new Event("offline", { cancelable: true }))) return; // it says so in its own words
  if (!document.querySelector("#toasts > [data-unreachable]")) document.getElementById("toasts")?.append(template("offline-toast"));
}, true);

// -- unsent mail (compose-kept.js): named where it is met again, and deleted at the end of a session only when the person says so

const device = document.querySelector("meta[name=reader][data-passing]") ? sessionStorage : localStorage;
const unsent = () => Object.keys(device).filter((key) => key.startsWith(`unsent:${reader}:`));
const SETTLED = 90_000; // milliseconds: younger ones may be written in another tab at this moment
const STALE = 14 * 24 * 3600_000; // milliseconds, anybody's: well before the server forgets that a mail of this id was sent (recovery.KEPT)

for (const key of Object.keys(localStorage)) {
  if (key.startsWith("unsent:") && Date.now() - JSON.parse(localStorage.getItem(key)).at > STALE) localStorage.removeItem(key);
}
// After Send the page names the mail that the server has. No other page proves anything: it may be an error's, or of somebody else.
if (reader) for (const { dataset } of document.querySelectorAll("[data-sent]")) device.removeItem(`unsent:${reader}:/compose/${dataset.sent}/`);

function tellUnsent() {
  if (document.getElementById("composer") || !document.getElementById("toasts")) return;
  const copies = unsent().map((key) => JSON.parse(device.getItem(key))).filter((copy) => Date.now() - copy.at > SETTLED);
  const [copy] = copies.sort((one, other) => other.at - one.at);
  if (!copy) return;
  const toast = template("unsent-toast");
  toast.querySelector("bdi").textContent = copy.fields.subject ?? "";
  toast.querySelector("a").href = copy.place;
  document.getElementById("toasts").append(toast);
}

if (reader) {
  tellUnsent();
  addEventListener("online", tellUnsent);
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[action='/sign-out/']") || !unsent().length) return;
  if (!confirm(document.getElementById("unsent-question").content.textContent)) return event.preventDefault();
  for (const key of unsent()) device.removeItem(key);
});

// -- the bar of the system has the colour of the page, also of a theme that is not the system's
function colourBar() {
  const colour = getComputedStyle(document.body).backgroundColor;
  for (const meta of document.querySelectorAll("meta[name=theme-color]")) meta.content = colour;
}
new MutationObserver(colourBar).observe(root, { attributeFilter: ["data-theme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", colourBar);
colourBar();

// -- modules that only a finger needs
for (const link of document.querySelectorAll("link[data-touch]")) if (matchMedia(link.media).matches) import(link.href);
