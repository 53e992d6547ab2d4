// The selection of the list: by the box or the avatar, with Shift from there to here, with Ctrl one more, by keys, and from all of a page to
// all of the folder. It is kept by uid while rows are drawn anew, until something was done with it.

const list = () => document.getElementById("list");
const rows = () => [...document.querySelectorAll("#rows .row:not([hidden])")];  // what is leaving (mailbox-acts.js) is no longer there
const check = (row) => row.querySelector(".check");
const isPicked = (row) => check(row).checked;
const everything = () => document.querySelector("[data-pick-everything]");
const language = document.documentElement.lang;

/** Tell what is selected, after any change of it. */
function show() {
  const all = rows(), picked = all.filter(isPicked);
  for (const row of all) row.setAttribute("aria-selected", isPicked(row));
  document.querySelector("#rows .rows")?.classList.toggle("is-picking", picked.length > 0);
  const box = list()?.querySelector("[data-pick-all]");
  if (!box) return;
  box.hidden = false;
  box.checked = picked.length > 0 && picked.length === all.length;
  box.indeterminate = picked.length > 0 && !box.checked;
  count(showWhole(box.checked) ?? picked.length);
}

/** The way from all of a page to all of the folder; how many that are, once it was taken. */
function showWhole(isWholePage) {
  const box = everything();
  if (!box) return null;
  const whole = document.getElementById("whole");
  if (!isWholePage) box.checked = false;
  whole.classList.toggle("is-open", isWholePage);
  whole.classList.toggle("is-everything", box.checked);
  whole.querySelector("[data-page-picked]").hidden = !isWholePage || box.checked;
  return box.checked ? Number(box.dataset.pickEverything) : null;
}

function count(number) {
  const told = list().querySelector("[data-picked]");
  const words = new Intl.PluralRules(language).select(number) === "one" ? told.dataset.one : told.dataset.many;
  const text = number ? words.replace(/\d+/, number.toLocaleString(language)) : "";
  if (told.textContent !== text) told.textContent = text;
}

function pick(chosen, on) {
  for (const row of chosen) check(row).checked = on;
  show();
}

/** All rows, or none; false where that is so already. */
export function pickAll(on) {
  const all = rows();
  if (!all.some((row) => isPicked(row) !== on)) return false;
  pick(all, on);
  return true;
}

// From where a range runs: the row that was picked last, else the open one.
let anchor = null;
const anchorRow = () => rows().find((row) => row.dataset.uid === anchor) ?? document.querySelector('#rows .row[aria-current="true"]');

function pickRange(to, on) {
  const all = rows(), [from, until] = [all.indexOf(anchorRow() ?? to), all.indexOf(to)].sort((a, b) => a - b);
  pick(all.slice(from, until + 1), on);
}

/** The row with the focus and the one beside it, as Shift and an arrow do in any list; back again lets go. */
export function extend(by) {
  const all = rows(), from = document.activeElement?.closest("#rows .row") ?? anchorRow() ?? all[0], to = all[all.indexOf(from) + by];
  if (!from || !to) return false;
  const goesBack = isPicked(from) && isPicked(to);
  pick(goesBack ? [from] : [from, to], !goesBack);
  anchor = to.dataset.uid;
  to.querySelector(".row-link").focus({ preventScroll: true });
  to.scrollIntoView({ block: "nearest" });
  return true;
}

// On its box a click picks a row, with Shift all up to it. Elsewhere on a row it opens the message, but for Shift and Ctrl.
document.addEventListener("click", (event) => {
  const row = event.target.closest?.("#rows .row"), onBox = event.target.matches?.("#rows .check");
  const more = event.ctrlKey || event.metaKey;
  if (!row || (!onBox && (event.target.closest("button") || !(event.shiftKey || more)))) return;
  if (!onBox) {
    event.preventDefault();
    event.stopPropagation();
  }
  const on = onBox ? isPicked(row) : event.shiftKey || !isPicked(row);
  if (event.shiftKey) pickRange(row, on);
  else pick([row], on);
  anchor = row.dataset.uid;
}, true);
document.addEventListener("mousedown", (event) => {
  if (event.shiftKey && event.target.closest?.("#rows .row")) event.preventDefault();  // no words between the two are marked
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-pick-all]")) pick(rows(), event.target.checked);
  else if (event.target.closest("#list")) show();
});
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-pick-none]")) pickAll(false);
});

// Rows that are drawn anew stay selected: one by itself, because it was opened or starred; all of them, because somebody else has changed
// something, or this person another row. Uids are those of one folder, and another page or search shows other mail.
let again = null, kept = null;
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const row = event.detail.target.matches?.("#rows .row") && event.detail.target;
  if (row) again = isPicked(row) ? row.id : null;
});
document.addEventListener("htmx:oobAfterSwap", () => {
  const row = again && document.getElementById(again);
  again = null;
  if (row) pick([row], true);
});
function place() {
  const form = document.getElementById("acts");
  return form && [form.getAttribute("action"), form.elements.page.value, form.elements.q.value].join(" ");
}
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!["rows", "list"].includes(event.detail.target.id)) return;
  kept = { uids: rows().filter(isPicked).map((row) => row.dataset.uid), place: place(), all: everything()?.checked };
});
document.addEventListener("htmx:afterSwap", () => {
  const { uids, place: there, all } = kept ?? {};
  kept = null;
  if (!uids || there !== place()) return;
  for (const row of rows()) if (uids.includes(row.dataset.uid)) check(row).checked = true;
  if (all && everything()) everything().checked = true;
  show();
});
document.addEventListener("htmx:afterSettle", show);

// What was done with a selection is done: it is let go.
document.addEventListener("htmx:afterRequest", (event) => {
  const asked = event.detail.requestConfig?.parameters;
  if (event.detail.elt.id === "acts" && event.detail.successful && (asked?.action || asked?.target)) pickAll(false);
});

show();
