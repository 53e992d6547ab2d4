// The keyboard. Which key does what stands in the sheet alone (mailbox/_keys.html, from webmail/mailbox/keys.py); here is what a command does.
// Most press what says data-command="…": of the selection, else of the open message, else of the row with the focus.

import { extend, pickAll } from "./mailbox-select.js";
import { named } from "./mailbox-key-names.js";
import { turn } from "./mailbox-ahead.js";
import { onePane } from "./mailbox-panes.js";

const sheet = document.getElementById("keys");
const TYPING = "input:not([type=checkbox]), textarea, select, [contenteditable], dialog, details.menu-host[open]";
const SEQUENCE_MS = 1500;
const commands = new Map(), chords = new Map();
for (const cap of sheet.querySelectorAll("[data-keys]")) {
  const command = cap.closest("[data-does]").dataset.does;
  commands.set(cap.dataset.keys, command);
  chords.set(command, [...(chords.get(command) ?? []), cap]);
}
const firsts = new Set([...commands.keys()].filter((keys) => keys.includes(" ")).map((keys) => keys.split(" ")[0]));
const typesText = (keys) => /^(Shift\+)?.($| )/.test(keys);
const works = (keys) => commands.has(keys) && (sheet.dataset.single === "on" || !typesText(keys));

const rows = () => [...document.querySelectorAll("#rows .row:not([hidden])")];
const focused = () => document.activeElement?.closest("#rows .row");
const current = () => focused() ?? document.querySelector('#rows .row[aria-current="true"]');
const visible = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;
const click = (selector) => document.querySelector(selector)?.click();

function move(by) {
  const inFolders = document.activeElement?.closest("#folders .nav-item");
  if (inFolders) return moveAmong([...document.querySelectorAll("#folders a.nav-item")].filter(visible), inFolders, by);
  const next = moveAmong(rows().map((row) => row.querySelector(".row-link")), current()?.querySelector(".row-link"), by);
  if (!next && current() && turn(by > 0 ? "next" : "prev")) return;
  // With a message open beside the list, moving reads on.
  if (next && document.querySelector("#message .mail")) next.click();
}

function moveAmong(all, from, by) {
  const at = all.indexOf(from), next = at < 0 ? all.at(by > 0 ? 0 : -1) : all[at + by];
  next?.focus();
  next?.closest(".row, .nav-item").scrollIntoView({ block: "nearest" });
  return next;
}

// The selection goes first, then the open message, then the row with the focus; what belongs to none of them stands in the page.
function press(command) {
  const selector = `[data-command="${command}"]:not([disabled])`;
  const among = (place) => [...document.querySelectorAll(`${place} ${selector}`)].find(visible);
  const picked = document.querySelector("#rows .check:checked");
  const found = (picked && among(".list-picked")) || among("#message") || ofRow(selector) || answerOf(command) || among("#folders") || among("#composer");
  if (!found) return false;
  found.click();
  found.closest("details.menu-host[open]")?.querySelector(".menu button")?.focus();
  return true;
}

// What a row has no button of its own for is done to it as the only selected one.
function ofRow(selector) {
  const row = current(), tool = document.querySelector(`.list-picked ${selector}`);
  row?.dispatchEvent(new Event("pointerover", { bubbles: true }));  // its buttons come when they are needed
  const own = row?.querySelector(selector);
  if (own || !row || !tool || document.querySelector("#rows .check:checked")) return own;
  row.querySelector(".check").click();
  return tool;
}

// A row is answered without being opened: the link that its message would show.
const ANSWERS = { reply: "reply", "reply-all": "all", forward: "forward" };
function answerOf(command) {
  const row = current(), place = document.getElementById("list")?.dataset.answers;
  if (!row || !place || !ANSWERS[command]) return null;
  const link = document.createElement("a");
  link.href = `${place}${row.dataset.uid}/${ANSWERS[command]}/`;
  link.hidden = true;
  document.body.append(link);
  return link;
}

function back() {
  if (!document.querySelector("#message .mail")) return;
  if (onePane()) click('#message [data-command="back"]');
  else document.querySelector('#rows .row[aria-current="true"] .row-link')?.focus();
}

// A folder of the account that is open, else of the first.
function go(command) {
  const all = [...document.querySelectorAll(`#folders [data-command="${command}"]`)];
  (all.find((link) => link.closest(".account")?.querySelector("[aria-current]")) ?? all[0])?.click();
}

function chooseFolder() {
  if (matchMedia("(max-width: 52rem)").matches) location.hash = "folders";
  (document.querySelector("#folders .nav-item[aria-current]") ?? document.querySelector("#folders .nav-item"))?.focus();
}

const OWN = {
  next: () => move(1),
  previous: () => move(-1),
  open: () => current()?.querySelector(".row-link").click(),
  select: () => current()?.querySelector(".check").click(),
  "select-all": () => (document.getElementById("rows") ? (pickAll(true), true) : false),
  "select-none": () => pickAll(false),
  "extend-next": () => extend(1),
  "extend-previous": () => extend(-1),
  search: () => document.querySelector("[data-search]")?.focus(),
  undo: () => ([...document.querySelectorAll("#toasts [data-undo]")].at(-1) ?? document.getElementById("undo-last"))?.click(),
  help: () => sheet.showModal(),
  "go-inbox": () => go("go-inbox"),
  "go-send": () => go("go-send"),
  "go-draft": () => go("go-draft"),
  "go-folder": chooseFolder,
  back,
};

let first = null;  // of a sequence: its key, and when it was pressed
function keysOf(event) {
  const one = named(event), both = first && event.timeStamp - first.at < SEQUENCE_MS ? `${first.key} ${one}` : null;
  first = null;
  if (both && works(both)) return both;
  if (firsts.has(one) && sheet.dataset.single === "on") first = { key: one, at: event.timeStamp };
  return first ? null : one;
}

// Never with Alt; with Ctrl only what the table has so; else never while somebody types or a menu or dialog is open.
function answer(event) {
  const signOfAltGr = event.getModifierState("AltGraph") && event.key.length === 1;
  const held = !signOfAltGr && (event.ctrlKey || event.metaKey);
  if (["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock"].includes(event.key)) return;
  if (event.defaultPrevented || event.isComposing || (event.altKey && !signOfAltGr)) return;
  if (event.target.closest?.(held ? "dialog" : TYPING)) return;
  const keys = signOfAltGr ? event.key : keysOf(event);
  if (keys && works(keys) && !leftToTheBrowser(keys, event) && act(commands.get(keys))) event.preventDefault();
}

// Arrows scroll, or mark words in, what is no list; Enter presses what has the focus; what is typed into has an "all" of its own.
const OWN_ALL = `${TYPING}, #message`;
function leftToTheBrowser(keys, event) {
  const outside = !event.target.closest?.("#rows .row, #folders .nav-item");
  return keys === "Enter" || (/^(Shift\+)?Arrow/.test(keys) && outside) || (keys === "Control+a" && event.target.closest?.(OWN_ALL));
}

function act(command) {
  if (!OWN[command]) return press(command);
  return OWN[command]() !== false;
}

document.addEventListener("keydown", answer);
for (const button of document.querySelectorAll('[data-command="help"]')) {
  button.hidden = false;
  button.addEventListener("click", OWN.help);
}

// A title tells its key once it is looked at: what comes later, and what no key would answer, needs no care.
function tell(event) {
  const element = event.target.closest?.("[data-command][title]:not([aria-keyshortcuts])");
  const cap = element && chords.get(element.dataset.command)?.find((each) => works(each.dataset.keys));
  if (!cap) return;
  element.title += ` (${cap.textContent})`;
  element.setAttribute("aria-keyshortcuts", cap.dataset.keys.replace(/[a-z]$/, (letter) => letter.toUpperCase()));
}
for (const happening of ["pointerover", "focusin"]) document.addEventListener(happening, tell);

// Keys pressed within the mail's own document belong to the page too.
document.addEventListener("load", (event) => {
  if (event.target.matches?.(".mail-frame")) event.target.contentDocument?.addEventListener("keydown", (inner) => {
    if (inner.key === "Escape") document.querySelector(".read-scroll")?.focus();
    else answer(inner);
  });
}, true);
