// What is typed and not yet saved lies on this device as well, under its reader and its draft: a page that is closed, a line that is gone or a
// session that has ended takes none of it along.
//
// input → a copy in localStorage (for who is only passing, in sessionStorage) → gone again once the server says that it has it: compose.js says
// "saved", a page after Send names the mail (data-sent, offline.js). Every other end leaves the copy, for nobody can know what became of the text.
// A page that meets a copy of its own asks before it puts it back, with the draft's id: what was sent after all is not sent twice.
// Send first asks whether there is somebody to send to: without a line it says so, without a session of this reader it asks for the password.

import { above } from "./compose-banners.js";
import { openElsewhere } from "./compose-tabs.js";

const form = document.getElementById("composer");
const me = document.querySelector("meta[name=reader]"), reader = me?.content;
const device = "passing" in (me?.dataset ?? {}) ? sessionStorage : localStorage;
const dialog = document.getElementById("signed-out");
const PREFIX = `unsent:${reader}:`;
const PAUSE = 600; // milliseconds after the last key
const LONG_AGO = 15_000; // milliseconds since the server was last heard of

const action = () => form.getAttribute("action");
const key = () => PREFIX + action();
const again = window.frameElement?.dataset.again; // in a window that was open when its page was left: the draft it had
const template = (id) => document.getElementById(id).content.cloneNode(true);
let heard = Date.now(), timer, sure = false, renewed = false, afterwards = null;

// As a page of its own would be found.
function here() {
  const search = new URLSearchParams(location.search);
  search.delete("framed");
  return location.pathname + (search.size ? `?${search}` : "");
}

// -- the copy

function written() {
  const fields = {};
  for (const [name, value] of new FormData(form)) if (typeof value === "string" && name !== "csrfmiddlewaretoken") fields[name] = value;
  return fields;
}

function copy() {
  clearTimeout(timer);
  timer = null;
  const kept = { at: Date.now(), place: here(), action: action(), fields: written() };
  try {
    device.setItem(key(), JSON.stringify(kept));
  } catch {
    // no room on the device: the server's copy of a moment ago is there
  }
}

function forget(name = key()) {
  clearTimeout(timer);
  timer = null;
  device.removeItem(name);
}

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(copy, PAUSE);
});
addEventListener("pagehide", () => { if (timer) copy(); });
form.addEventListener("saved", () => {
  heard = Date.now();
  renewed = false;
  if (!timer) forget(); // what was typed meanwhile has its copy still
});

// -- putting it back

function copies() {
  const names = Object.keys(device).filter((name) => name.startsWith(PREFIX));
  return names.map((name) => JSON.parse(device.getItem(name)));
}

function isShown({ fields }) {
  const now = written();
  return ["to", "cc", "bcc", "subject", "text", "html"].every((name) => (fields[name] ?? "") === (now[name] ?? ""));
}

function ask(kept) {
  const banner = template("kept-question"), when = banner.querySelector("[data-since]");
  const clock = { dateStyle: new Date(kept.at).toDateString() === new Date().toDateString() ? undefined : "medium", timeStyle: "short", hourCycle: "h23" };
  when.textContent = when.dataset.since.replace("%s", new Intl.DateTimeFormat(document.documentElement.lang, clock).format(kept.at));
  const [back, away] = banner.querySelectorAll("button"), strip = banner.firstElementChild;
  back.addEventListener("click", () => {
    putBack(kept);
    strip.remove();
  });
  away.addEventListener("click", () => {
    forget(PREFIX + kept.action);
    strip.remove();
  });
  above().append(banner);
}

function putBack({ action, fields }) {
  form.setAttribute("action", action);
  for (const [name, value] of Object.entries(fields)) {
    const field = form.elements[name];
    if (field?.matches?.("input:not([type=checkbox], [type=file]), select") && name !== "text" && name !== "html") field.value = value;
  }
  if (fields.cc || fields.bcc) form.querySelector(".composer-copies").open = true;
  form.dispatchEvent(new CustomEvent("put-back", { detail: { text: fields.text ?? "", html: fields.html ?? "" } }));
  form.dispatchEvent(new Event("input"));
}

// What is written in another window or tab at this moment needs no question.
async function meet() {
  if ("given" in form.dataset) return; // the server shows what it was given, with what is wrong
  const known = copies().sort((one, other) => other.at - one.at);
  const own = known.find((kept) => kept.action === again);
  if (own) return putBack(own);
  const elsewhere = known.length ? await openElsewhere() : new Set();
  const found = known.find((kept) => (kept.action === action() || kept.place === here()) && !elsewhere.has(kept.action));
  if (found && !isShown(found)) ask(found);
}
meet();

// -- Send, and a session that has ended

function say(id) {
  const toasts = document.getElementById("toasts");
  for (const old of toasts.querySelectorAll("[data-kept]")) old.remove();
  toasts.append(template(id));
}

async function session() {
  const answer = await fetch("/session/", { headers: { "HX-Request": "true" } });
  if (answer.status === 403) return null;
  if (!answer.ok) throw new Error("no answer");
  return answer.json();
}

// A session that was begun in another tab has a new token. Somebody else's is none for this page: its forms keep the token that fails.
async function isThere() {
  const now = await session();
  if (now?.reader !== reader) return false;
  renew(now.csrf);
  return true;
}

async function sendIfThere(button) {
  copy();
  try {
    if (!await isThere()) return askToSignIn(() => form.requestSubmit(button));
    heard = Date.now();
    sure = true;
    form.requestSubmit(button);
  } catch {
    say("kept-offline");
  } finally {
    sure = false;
  }
}

document.addEventListener("submit", (event) => {
  if (event.target !== form || event.submitter?.value === "discard") return;
  if (sure || Date.now() - heard < LONG_AGO || event.submitter?.value === "save") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  sendIfThere(event.submitter);
}, true);
form.addEventListener("offline", (event) => {
  event.preventDefault();
  copy();
  say("kept-offline");
});
// Nobody has stopped it: it leaves the page.
addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  if (event.target.matches("[action='/sign-out/']")) return clearTimeout(timer), timer = null; // offline.js has asked
  if (event.target !== form) return;
  if (event.submitter?.value === "discard") return forget();
  copy();
});

function askToSignIn(then) {
  copy();
  afterwards = then;
  dialog.querySelector("[role=alert]").hidden = true;
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("[type=password]").focus();
}
form.addEventListener("signed-out", async () => {
  const again = () => form.requestSubmit(form.querySelector("[name=action][value=save]"));
  if (renewed || !await isThere().catch(() => false)) return dialog.open || askToSignIn(again); // Send may have asked already: that goes first
  renewed = true; // once: a new token that is refused as well is not what was wrong
  again();
});

async function isAccepted(entry) {
  const data = new FormData(entry);
  data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  const answer = await fetch(entry.action, { method: "POST", body: data, redirect: "manual" });
  return answer.type === "opaqueredirect";
}

async function signIn(entry) {
  if (!await session() && !await isAccepted(entry)) return refuse("wrong");
  if (!await isThere()) return refuse("other");
  heard = Date.now();
  dialog.close();
  sure = true;
  afterwards();
  sure = false;
}

// A new session has a new token, for every form of this page.
function renew(token) {
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
}

function refuse(why) {
  const words = dialog.querySelector("[role=alert]");
  words.hidden = false;
  words.querySelector("span").textContent = words.dataset[why];
  dialog.querySelector("[type=password]").select();
}

dialog.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  signIn(event.target).catch(() => refuse("wrong"));
});
dialog.querySelector("[data-later]").addEventListener("click", () => dialog.close());
