// The list: which row is open, and what is opened after the open one has left. What is selected: mailbox-select.js.

import { onePane } from "./mailbox-panes.js";

const list = () => document.getElementById("list");
const rows = () => [...document.querySelectorAll("#rows .row:not([hidden])")];  // what is leaving (mailbox-acts.js) is no longer there
const openRow = () => document.querySelector('#rows .row[aria-current="true"]');

// The buttons of a row come when they are needed: fifty rows of them would be most of the page.
function furnish(row) {
  const model = document.getElementById("row-actions");
  if (!model || row.querySelector(".row-actions")) return;
  const actions = model.content.cloneNode(true);
  for (const button of actions.querySelectorAll("button")) button.value += ` ${row.dataset.uid}`;
  row.querySelector(".row-end").append(actions);
}
for (const happening of ["pointerover", "focusin"]) {
  document.addEventListener(happening, (event) => {
    const row = event.target.closest?.("#rows .row");
    if (row) furnish(row);
  });
}

// What has no undo asks.
document.addEventListener("htmx:confirm", (event) => {
  const words = event.detail.triggeringEvent?.submitter?.dataset.sure;
  if (words && !confirm(words)) event.preventDefault();
});

// The open row is marked at once; what the server says replaces it. A row that comes late, because its message was marked as read, must not
// take the mark back from the one opened since.
let openUid = openRow()?.dataset.uid;
export function markOpen(uid) {
  openUid = uid;
  for (const row of rows()) row.toggleAttribute("aria-current", false);
  document.getElementById(`row-${uid}`)?.setAttribute("aria-current", "true");
}
document.addEventListener("htmx:oobAfterSwap", (event) => event.target.matches?.("#rows .row") && markOpen(openUid));
document.addEventListener("htmx:beforeRequest", (event) => {
  const row = event.target.closest?.("#rows .row");
  if (row && event.target.matches(".row-link")) markOpen(row.dataset.uid);
});
// The pane is told, and not found out by a style of the rows: that would cost each step from row to row.
const awaited = new Set();  // requests
function wait(request, on) {
  awaited[on ? "add" : "delete"](request);
  document.getElementById("message")?.classList.toggle("is-awaited", awaited.size > 0);
}
document.addEventListener("htmx:beforeSend", ({ target, detail }) => target.matches?.(".row-link") && wait(detail.xhr, true));
document.addEventListener("htmx:afterRequest", ({ detail }) => awaited.has(detail.xhr) && wait(detail.xhr, false));
// No answer: the message of the address is still the one that is shown.
document.addEventListener("htmx:sendError", (event) => event.target.matches?.(".row-link") && markOpen(location.pathname.split("/").at(-2)));

function step(by) {
  const all = rows(), at = all.findIndex((row) => row === openRow());
  const next = at < 0 ? all[0] : all[at + by];
  next?.querySelector(".row-link").click();
  next?.scrollIntoView({ block: "nearest" });
}
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-step]");
  if (button) step(Number(button.dataset.step));
});

// Rows are replaced after every action. Whoever was in the list stays there, on the row that took the place; and after the open
// message was moved away the next one is opened, or what the person chose, where both panes are seen (on a phone the list is). Live rows in place of known ones
// (mailbox-known.js) open nothing: the open message may be on its way still.
let left = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== "rows") return;
  const focused = document.activeElement?.closest("#rows .row"), open = event.detail.requestConfig.verb === "post" && !event.detail.requestConfig.elt.matches("[data-carrier]") && openRow();
  left = { focused: focused && uidsFrom(focused), open: open && around(open) };
});
document.addEventListener("htmx:afterSettle", (event) => {
  showSteps();
  if (event.detail.target?.id !== "rows" || !left) return;
  const { focused, open } = left;
  left = null;
  if (focused && !document.activeElement?.closest("#rows .row")) firstOf(focused)?.focus();
  if (open && !document.querySelector("#message .mail") && !onePane()) firstOf(inOrder(open))?.click();
});

// What was taken back may be in this list again, or no longer. Asked for once the answer is dealt with.
document.addEventListener("undone", () => setTimeout(askAgain));
function askAgain() {
  const poller = document.getElementById("poll"), form = document.getElementById("acts");
  if (poller) {
    // Flags may be as they were when this list came, while its rows have been drawn anew: "nothing new" would not do.
    document.getElementById("have").value = "";
    return htmx.trigger(poller, "again");
  }
  const shown = new URLSearchParams(["page", "q"].map((name) => [name, form.elements[name].value]));
  const folder = list().querySelector("[role=search]").getAttribute("action");
  return htmx.ajax("GET", `${folder}?${shown}`, { target: "#list", swap: "outerHTML" });
}

/** The uids below a row, from the row's own on, and those above it, nearest first. */
function around(row) {
  const uids = rows().map((each) => each.dataset.uid), at = uids.indexOf(row.dataset.uid);
  return { below: uids.slice(at), above: uids.slice(0, at).reverse() };
}
function uidsFrom(row) {
  const { below, above } = around(row);
  return [...below, ...above];
}
/** As the person wants to go on: with what stood below, which is older; with what stood above; or not at all. */
function inOrder({ below, above }) {
  const wanted = document.documentElement.dataset.afterAct;
  return { previous: [...above, ...below], list: [] }[wanted] ?? [...below, ...above];
}
const firstOf = (uids) => uids.map((uid) => document.getElementById(`link-${uid}`)).find(Boolean);

function showSteps() {
  for (const button of document.querySelectorAll("[data-step]")) button.hidden = false;
}
showSteps();
