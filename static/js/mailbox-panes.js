// The panes of the mailbox: the separators between them, and which pane is seen where there is room for one alone.
// A separator is dragged, or moved by arrows, Home and End, → layout.js keeps the size → panes.css divides the window by it.
// With one pane a message lies over its list: the list is neither left nor loaded again, so that the way back ends on the same row.

const root = document.documentElement;
const message = () => document.getElementById("message");
const list = () => document.getElementById("list");
const scroller = () => document.getElementById("rows");

/** Whether there is room, or wish, for one pane alone: the list or a message. */
export const onePane = () => matchMedia("(max-width: 52rem)").matches || root.dataset.reading === "none";
/** Whether the reading pane holds a message, or says why it doesn't. */
export const isReading = () => Boolean(message()?.querySelector(":scope > :is(.read-scroll, [role=alert])"));

// ---------- separators ----------

const STEP = 16, LARGE_STEP = 96;  // pixels

// Which pane the separator sizes now, along which side, and between what; the limits are those of panes.css.
function facts(sash) {
  const rem = parseFloat(getComputedStyle(root).fontSize), flat = sash.dataset.sash === "list" && root.dataset.reading === "bottom";
  if (sash.dataset.sash === "side") return { pane: "side", element: document.getElementById("folders"), flat, least: 11 * rem, most: 24 * rem };
  if (flat) return { pane: "top", element: list(), flat, least: 10 * rem, most: innerHeight - 12 * rem };
  const before = document.getElementById("folders")?.checkVisibility() ? document.getElementById("folders").offsetWidth : 0;
  return { pane: "list", element: list(), flat, least: 18 * rem, most: innerWidth - before - 22 * rem };
}

const sizeOf = ({ element, flat }) => (flat ? element.offsetHeight : element.offsetWidth);
const within = ({ least, most }, size) => Math.round(Math.max(least, Math.min(most, size)));

function tell(sash) {
  const at = facts(sash);
  sash.setAttribute("aria-orientation", at.flat ? "horizontal" : "vertical");
  sash.setAttribute("aria-valuemin", Math.round(at.least));
  sash.setAttribute("aria-valuemax", Math.round(Math.max(at.least, at.most)));
  sash.setAttribute("aria-valuenow", sizeOf(at));
}
function tellAll() {
  for (const sash of document.querySelectorAll("[data-sash]")) {
    sash.hidden = false;
    tell(sash);
  }
}

let held = null;  // the separator under a pointer, and where both began
document.addEventListener("pointerdown", (event) => {
  const sash = event.target.closest?.("[data-sash]");
  if (!sash || event.button) return;
  const at = facts(sash);
  held = { sash, at, from: at.flat ? event.clientY : event.clientX, size: sizeOf(at), now: null };
  sash.setPointerCapture(event.pointerId);
  sash.classList.add("is-moved");
  root.classList.add("is-dividing");
  root.classList.toggle("is-flat", at.flat);
});
document.addEventListener("pointermove", (event) => {
  if (!held) return;
  const { at, from, size } = held, way = at.flat || root.dir !== "rtl" ? 1 : -1;
  held.now = within(at, size + way * ((at.flat ? event.clientY : event.clientX) - from));
  root.style.setProperty(`--pane-${at.pane}`, `${held.now}px`);
});
for (const happening of ["pointerup", "pointercancel"]) {
  document.addEventListener(happening, () => {
    if (!held) return;
    const { sash, at, now } = held;
    held = null;
    sash.classList.remove("is-moved");
    root.classList.remove("is-dividing", "is-flat");
    if (now) window.layout.choose(at.pane, now);
  });
}
// A browser may take the movement for the drag of a link that lies beneath.
document.addEventListener("dragstart", (event) => held && event.preventDefault(), true);
document.addEventListener("dblclick", (event) => {
  const sash = event.target.closest?.("[data-sash]");
  if (sash) window.layout.choose(facts(sash).pane, null);
});
document.addEventListener("keydown", (event) => {
  const sash = event.target.closest?.("[data-sash]");
  if (!sash || event.ctrlKey || event.altKey || event.metaKey) return;
  const size = moved(facts(sash), event);
  if (size === undefined) return;
  event.preventDefault();
  window.layout.choose(facts(sash).pane, size);
});

function moved(at, { key, shiftKey }) {
  const [less, more] = at.flat ? ["ArrowUp", "ArrowDown"] : root.dir === "rtl" ? ["ArrowRight", "ArrowLeft"] : ["ArrowLeft", "ArrowRight"];
  const by = shiftKey ? LARGE_STEP : STEP;
  const sizes = { [less]: sizeOf(at) - by, [more]: sizeOf(at) + by, Home: at.least, End: at.most };
  return key in sizes ? within(at, sizes[key]) : undefined;
}

document.addEventListener("layout", tellAll);
addEventListener("resize", tellAll);
tellAll();

// ---------- one pane: to a message and back ----------

// /mail/ACCOUNT/FOLDER/UIDVALIDITY/UID/ is a message of the list /mail/ACCOUNT/FOLDER/
function placeOf({ pathname, search }) {
  const [, folder, uid] = pathname.match(/^(\/mail\/\d+\/[^/]+\/)\d+\/(\d+)\/$/) ?? [null, pathname, null];
  return { list: folder + search, uid };
}

let place = 0;  // of the list, while a message lies over it
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id === "message" && !isReading()) place = scroller().scrollTop;
});

/** Close the message: its list is seen again, where it was left. */
export function close() {
  const row = document.querySelector('#rows .row[aria-current="true"]');
  message().replaceChildren(document.getElementById("nothing-open").content.cloneNode(true));
  document.title = document.querySelector("#list h1")?.textContent ?? document.title;
  if (!row) return;
  row.removeAttribute("aria-current");
  if (!onePane()) return;
  scroller().scrollTop = place;
  row.querySelector(".row-link").focus({ preventScroll: true });
  reveal(row);
}

/** Scroll the list, and nothing around it, so far that this row is seen. */
export function reveal(row, { middle = false } = {}) {
  const view = scroller().getBoundingClientRect(), box = row.getBoundingClientRect(), head = 32;  // the heading of a day lies over the rows
  if (box.top >= view.top + head && box.bottom <= view.bottom) return;
  const above = middle ? (view.height - box.height) / 2 : box.top < view.top + head ? head : view.height - box.height;
  scroller().scrollTop += box.top - view.top - above;
}

/** Close the message, and let the address be its list's. */
export function backToList() {
  const { fromList } = history.state ?? {};
  close();
  if (fromList) history.back();
  else history.pushState({ htmx: true }, "", list().dataset.address);
}
document.addEventListener("click", (event) => {
  const link = event.target.closest?.('#message [data-command="back"]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  event.stopPropagation();
  backToList();
}, true);

// With one pane, "back" leads to the list from whatever message one has gone on to; beside a list each message is a place of its own.
let replaying = false, wasReading = false, fromList = false;
document.addEventListener("htmx:beforeHistoryUpdate", (event) => {
  wasReading = isReading();
  if (event.detail.target.id === "message" && (replaying || (onePane() && wasReading))) event.detail.history.type = "replace";
  fromList = history.state?.fromList && event.detail.history.type === "replace";
});
document.addEventListener("htmx:pushedIntoHistory", () => {
  if (placeOf(location).uid && !wasReading) history.replaceState({ ...history.state, fromList: true }, "");
});
document.addEventListener("htmx:replacedInHistory", () => {
  if (fromList) history.replaceState({ ...history.state, fromList: true }, "");
});

// Before htmx hears of it: where the list is the same, nothing is loaded but the message.
addEventListener("popstate", (event) => {
  const there = placeOf(location);
  if (!list() || there.list !== list().dataset.address) return;
  if (!there.uid) {
    event.stopImmediatePropagation();
    if (isReading()) close();
    return;
  }
  const link = document.getElementById(`link-${there.uid}`);
  if (!link) return;
  event.stopImmediatePropagation();
  replaying = true;
  link.click();
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target.matches?.(".row-link")) replaying = false;
});

// Who comes by an address sees where in the list the message is.
const opened = document.querySelector('#rows .row[aria-current="true"]');
if (opened && !onePane()) reveal(opened, { middle: true });
