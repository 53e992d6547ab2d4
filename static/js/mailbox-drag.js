// Mail is dragged onto a folder of the column: the row under the pointer, or the whole selection. What moves it is the list's own form, as
// if the folder had been chosen in its menu; so the way back is the same too. Only folders of the same account take mail: between two
// accounts it would be a copy and a deletion, and what breaks in between would lose mail or double it.

const HOVER_MS = 700, EDGE = 40, STEP = 12;
const form = () => document.getElementById("acts");
const rows = () => [...document.querySelectorAll("#rows .row")];
const picked = () => rows().filter((row) => row.querySelector(".check").checked);
const tree = () => document.querySelector("#folders .nav-tree:has([aria-current])") ?? ownTree();
let dragged = null;  // the rows that are on their way
/** How many go with them where all of the folder is selected, beyond this page (mailbox-select.js). */
function allOfFolder() {
  const box = document.querySelector("[data-pick-everything]:checked");
  return box && Number(box.dataset.pickEverything);
}
let over = null, waiting = null;

// A search, or an address without a folder: the account is the one of the list's form.
function ownTree() {
  const account = form()?.getAttribute("action").split("/")[2];
  return document.getElementById(`side-${account}`)?.querySelector(".nav-tree") ?? null;
}

// A row can be dragged once somebody points at it: fifty of them need no attribute.
document.addEventListener("pointerover", (event) => {
  const row = event.pointerType === "mouse" && event.target.closest?.("#rows .row");
  if (row) row.draggable = true;
});
// What is written in a row is marked with Alt, as in a link.
document.addEventListener("pointerdown", (event) => {
  const row = event.target.closest?.("#rows .row");
  if (row) row.draggable = event.pointerType === "mouse" && !event.altKey;
});

const counter = document.createElement("div");
counter.className = "drag-count";

document.addEventListener("dragstart", (event) => {
  const row = event.target.closest?.("#rows .row");
  if (!row) return;
  const selection = picked();
  dragged = selection.includes(row) ? selection : [row];
  const words = document.querySelector("#list [data-picked]");
  const number = allOfFolder() ?? dragged.length, one = new Intl.PluralRules(document.documentElement.lang).select(number) === "one";
  counter.textContent = (one ? words.dataset.one : words.dataset.many).replace(/\d+/, number.toLocaleString(document.documentElement.lang));
  document.body.append(counter);
  event.dataTransfer.setDragImage(counter, -12, -4);
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.map((each) => each.querySelector(".row-subject").textContent).join("\n"));
  setTimeout(begin);  // what is changed at once would end the dragging in Chromium
});

function begin() {
  if (!dragged) return;
  document.body.classList.add("is-dragging");
  for (const row of dragged) row.classList.add("is-dragged");
  mark();
}
function mark() {
  for (const item of tree()?.querySelectorAll("a.nav-item[data-name]:not([aria-current])") ?? []) item.classList.add("is-target");
}
// The column may be drawn anew meanwhile, with new counts.
document.addEventListener("htmx:afterSwap", () => dragged && mark());

function leave() {
  over?.classList.remove("is-over");
  clearTimeout(waiting);
  over = waiting = null;
}

document.addEventListener("dragover", (event) => {
  if (!dragged) return;
  scroll(event);
  const item = event.target.closest?.("#folders .nav-item");
  if (item !== over) {
    leave();
    unfoldSoon(event.target);
  }
  if (!item?.classList.contains("is-target")) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "move";
  over = item;
  item.classList.add("is-over");
});

// Whoever waits over a folder that is folded up sees what is in it.
function unfoldSoon(target) {
  const fold = target.closest?.(".nav-line")?.querySelector(".nav-fold:not([open])") ?? target.closest?.("details.account:not([open]) > summary")?.parentElement;
  if (fold) waiting = setTimeout(() => { fold.open = true; }, HOVER_MS);
}

function scroll(event) {
  const box = event.target.closest?.(".side-body");
  if (!box) return;
  const { top, bottom } = box.getBoundingClientRect();
  if (event.clientY < top + EDGE) box.scrollTop -= STEP;
  if (event.clientY > bottom - EDGE) box.scrollTop += STEP;
}

document.addEventListener("drop", (event) => {
  const item = event.target.closest?.("#folders .nav-item.is-target");
  if (!dragged || !item) return;
  event.preventDefault();
  move(dragged, item.dataset.name);
});

// The form sends what is selected: for this one act that is what was dragged.
function move(those, name) {
  const uids = new Set(those.map((row) => row.dataset.uid));
  for (const row of rows()) row.querySelector(".check").checked = uids.has(row.dataset.uid);
  const button = document.createElement("button");
  Object.assign(button, { name: "target", value: name, hidden: true });
  form().append(button);
  button.click();  // htmx sends the button that was clicked last
  button.remove();
}

document.addEventListener("dragend", () => {
  leave();
  counter.remove();
  document.body.classList.remove("is-dragging");
  for (const row of document.querySelectorAll(".is-dragged")) row.classList.remove("is-dragged");
  for (const item of document.querySelectorAll(".is-target")) item.classList.remove("is-target");
  dragged = null;
});
