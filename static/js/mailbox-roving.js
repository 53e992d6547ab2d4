// The list is one stop of the Tab key, as a grid is: the row that had the focus last, else the open one, else the first. Left and right go through
// the controls of a row; up and down, and all other keys, are mailbox-keys.js's. Without script every control of every row is a stop.

const CONTROLS = ".check, .row-link, .star";
const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

const rows = () => [...document.querySelectorAll("#rows .row")];
const stops = (row) => [...row.querySelectorAll(`${CONTROLS}, .row-actions button`)].filter((each) => each.checkVisibility());

function settle() {
  const all = rows();
  const held = document.activeElement?.closest("#rows .row");
  const stop = held ?? all.find((row) => row.contains(document.querySelector('#rows .row-link[tabindex="0"]')))
    ?? all.find((row) => row.ariaCurrent === "true") ?? all[0];
  for (const row of all) {
    for (const control of row.querySelectorAll(CONTROLS)) control.tabIndex = -1;
    row.querySelector(".row-link").tabIndex = row === stop ? 0 : -1;
  }
}

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("#rows .row");
  if (!row) return;
  for (const link of document.querySelectorAll('#rows .row-link[tabindex="0"]')) link.tabIndex = -1;
  row.querySelector(".row-link").tabIndex = 0;
});

document.addEventListener("keydown", (event) => {
  const row = event.target.closest?.("#rows .row"), step = STEPS[event.key];
  if (!row || !step || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
  const all = stops(row), towards = getComputedStyle(row).direction === "rtl" ? -step : step;
  const next = all[all.indexOf(event.target) + towards];
  if (!next) return;
  next.focus();
  event.preventDefault();
});

document.addEventListener("htmx:afterSettle", settle);
settle();
