// Windows at the bottom of the page in which mail is written, side by side: each is a frame of the compose page (webmail/compose/views/framing.py),
// with ids, keys and scripts of its own, beside a mailbox that is used on meanwhile.
//
// open() → a frame of the address with "framed" → its page loads: title and focus → closed: the page within saves what was typed (compose.js,
// "put-away") and only then its window goes, or stays and says why not → Send: the answer says that the work is done (data-left), its toasts
// come over here. A frame is never moved in the document, for that would load it anew: order and size are looks alone.
// The list of windows stands in sessionStorage at any moment. A page that is left in mid-word loses nothing: what was typed lies on the device
// (compose-kept.js), and the window that comes back with the next page puts it back without a question, by the draft's id.

const reader = document.querySelector("meta[name=reader]").content;
const STORE = `windows:${reader}`;
const MOST_OPEN = 3;
const parts = document.getElementById("windows-parts").content;
const strip = Object.assign(document.createElement("div"), { className: "windows", id: "windows" });
const all = []; // as they stand, oldest first: { section, frame, address, draft, from, held, state: open, minimised or maximised, used }
let clock = 0;

const looks = new Promise((resolve) => {
  const link = document.importNode(parts.querySelector("link"));
  for (const happening of ["load", "error"]) link.addEventListener(happening, resolve);
  document.head.append(link);
});
document.body.append(strip);

// -- opening

/** Open the compose page of this address in a window, or come back to the one that has it; `from` gets the focus back. */
export async function open(address, { from = null, state = "open", draft = "", title = "", quietly = false } = {}) {
  const there = all.find((each) => each.draft && each.draft === address.split("?")[0]);
  if (there) return show(there);
  const section = document.importNode(parts.querySelector(".window"), true), frame = document.createElement("iframe");
  const made = { section, frame, address, draft, from, state, quietly, used: ++clock };
  frame.src = address + (address.includes("?") ? "&" : "?") + "framed=1";
  if (draft) frame.dataset.again = draft;
  frame.addEventListener("load", () => loaded(made));
  section.append(frame);
  all.push(made);
  name(made, title || section.querySelector("bdi").textContent);
  strip.append(section);
  arrange();
  if (!quietly) frame.focus(); // what is typed before its page is there is no command to the mailbox
  await looks;
}

/** Those that were open when the last page of this tab was left. */
export function reopen() {
  let kept = [];
  try {
    kept = JSON.parse(sessionStorage.getItem(STORE)) ?? [];
  } catch {
    // what an older version wrote
  }
  for (const { address, ...rest } of kept) open(address, { ...rest, quietly: true });
}

function loaded(made) {
  const page = made.frame.contentDocument;
  if (page?.URL === "about:blank") return;
  made.section.querySelector(".window-failed").hidden = Boolean(page);
  made.frame.hidden = !page;
  if (page?.querySelector("[data-left]")) leave(made, page);
  else if (page?.getElementById("composer")) begin(made, page);
  else if (made.quietly) remove(made); // a draft that is no longer there
  else fail(made);
}

// It was refused the frame: an error, or the end of the session.
function fail(made) {
  made.frame.hidden = true;
  made.section.querySelector(".window-failed").hidden = false;
  made.section.querySelector("[data-window=again]").focus();
}

function begin(made, page) {
  const form = page.getElementById("composer"), subject = form.elements.subject;
  const title = () => name(made, subject.value.trim() || page.querySelector("h1").textContent);
  made.draft = form.getAttribute("action");
  const twin = all.find((each) => each !== made && each.draft === made.draft);
  if (twin) return remove(made), show(twin);
  delete made.frame.dataset.again; // what it says holds for one load
  form.addEventListener("input", title);
  form.addEventListener("put-back", () => { made.draft = form.getAttribute("action"); title(); });
  page.addEventListener("focusin", (event) => Object.assign(made, { used: ++clock, held: event.target }));
  page.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && !page.querySelector("dialog[open]") && escape(made, event));
  title();
  if (!made.quietly && made.state !== "minimised") focus(made);
  made.quietly = false;
  store();
}

function focus({ frame, held = frame.contentDocument?.activeElement }) {
  const page = frame.contentDocument;
  frame.focus();
  if (!page) return;
  frame.contentWindow.focus(); // the element may have had the focus since before its page was loaded
  if (held?.isConnected && held !== page.body) return held.focus();
  const wanted = [page.querySelector("[autofocus]"), ...page.querySelectorAll(".composer-to input, #editor, textarea")];
  const first = wanted.find((each) => each?.checkVisibility?.() ?? each?.offsetParent);
  first?.focus();
}

function name({ section, frame }, title) {
  section.querySelector("bdi").textContent = title;
  section.setAttribute("aria-label", title);
  frame.title = title;
}

// -- how they stand

function room() {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  return Math.max(1, Math.min(MOST_OPEN, Math.floor(innerWidth / (22 * rem))));
}

// Who was used last stays open; the others make room. One alone may be maximised.
function arrange() {
  const latest = all.toSorted((one, other) => other.used - one.used);
  const largest = latest.find((each) => each.state === "maximised");
  const standing = latest.filter((each) => each.state !== "minimised");
  for (const each of standing.slice(room())) each.state = "minimised";
  for (const each of all) {
    if (each.state === "maximised" && each !== largest) each.state = "open";
    each.section.dataset.state = each.state;
    for (const [act, state] of [["minimise", "minimised"], ["maximise", "maximised"]]) {
      const button = each.section.querySelector(`[data-window=${act}]`), turned = String(each.state === state);
      if (button.dataset.turned !== turned) turn(button, turned);
    }
  }
  for (const place of document.querySelectorAll("body > :is(main, .side, .bottom-bar)")) place.inert = Boolean(largest);
  store();
}

// What a button does next stands in its title.
function turn(button, turned) {
  const before = button.dataset.turned ?? "false";
  button.dataset.turned = turned;
  if (before === turned) return;
  [button.title, button.dataset.other] = [button.dataset.other, button.title];
  button.setAttribute("aria-label", button.title);
}

function show(made, state = "open") {
  if (made.state === "minimised" || state === "maximised") made.state = state;
  made.used = ++clock;
  arrange();
  focus(made);
}

function minimise(made) {
  made.state = "minimised";
  arrange();
  focusBack(made);
}

function escape(made, event) {
  event.preventDefault();
  if (made.state !== "maximised") return minimise(made);
  made.state = "open";
  arrange();
}

// To where one was, or else to what is read.
function focusBack({ from }) {
  const place = from?.isConnected && from !== document.body ? from : document.querySelector('#rows .row[aria-current="true"] .row-link');
  place?.focus({ preventScroll: true });
  if (!place) document.activeElement?.blur();
}

function store() {
  const kept = all.map((each) => ({ address: addressOf(each), draft: each.draft, state: each.state, title: each.section.querySelector("bdi").textContent }));
  if (kept.length) sessionStorage.setItem(STORE, JSON.stringify(kept));
  else sessionStorage.removeItem(STORE);
}

// Of a draft that has been saved, its own (compose.js puts it there).
function addressOf({ frame, address }) {
  const place = frame.contentWindow?.location, page = frame.contentDocument;
  if (!page?.getElementById("composer")) return address;
  const search = new URLSearchParams(place.search);
  search.delete("framed");
  return place.pathname + (search.size ? `?${search}` : "");
}

// -- closing

// The page within saves first. "saved": there is a draft; "nothing": nothing was written; "refused": it says why, and stays.
function putAway({ frame }) {
  const form = frame.contentDocument?.getElementById("composer");
  if (!form) return Promise.resolve("nothing");
  return new Promise((resolve) => form.dispatchEvent(new CustomEvent("put-away", { detail: resolve })));
}

async function close(made) {
  const outcome = await putAway(made);
  if (outcome === "refused") return show(made);
  const title = made.section.querySelector("bdi").textContent;
  remove(made);
  focusBack(made);
  if (outcome === "saved") tellSaved(made.draft, title);
}

function tellSaved(draft, title) {
  const toast = document.importNode(parts.querySelector(".toast"), true), form = toast.querySelector("form");
  toast.querySelector("bdi").textContent = title;
  form.setAttribute("hx-post", draft);
  form.setAttribute("action", draft);
  take(toast);
}

function take(toast) {
  document.getElementById("toasts").append(toast);
  htmx.process(toast);
}

async function toPage(made) {
  if (await putAway(made) === "refused") return show(made);
  const link = Object.assign(document.createElement("a"), { href: addressOf(made), target: "_blank", rel: "noopener" });
  remove(made);
  focusBack(made);
  if (navigator.userActivation?.isActive === false) location.assign(link.href); // the click is too long ago for another tab
  else link.click();
}

// Sent, or thrown away: what is said about it, and follows it, is said here.
function leave(made, page) {
  const toasts = [...page.querySelectorAll("#toasts > .toast")].map((toast) => document.importNode(toast, true));
  remove(made);
  focusBack(made);
  for (const toast of toasts) take(toast);
  const poll = document.getElementById("poll");
  if (poll) htmx.trigger(poll, "again");
}

function remove(made) {
  all.splice(all.indexOf(made), 1);
  made.section.remove();
  arrange();
}

const ACTS = {
  minimise: (made) => (made.state === "minimised" ? show(made) : minimise(made)),
  maximise: (made) => {
    made.state = made.state === "maximised" ? "open" : "maximised";
    made.used = ++clock;
    arrange();
    focus(made);
  },
  page: toPage,
  close,
  again: ({ frame }) => { frame.hidden = false; frame.src = frame.src; },
};

strip.addEventListener("click", (event) => {
  const made = all.find((each) => each.section.contains(event.target)), act = event.target.closest("[data-window]")?.dataset.window;
  if (act) ACTS[act](made);
  else if (event.target.closest(".window-bar")) ACTS.minimise(made);
});
strip.addEventListener("keydown", (event) => {
  const made = event.key === "Escape" && all.find((each) => each.section.contains(event.target));
  if (made) escape(made, event);
});
addEventListener("resize", arrange);
addEventListener("pagehide", store);
