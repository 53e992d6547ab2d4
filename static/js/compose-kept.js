// What is typed and not yet saved lies on this device as well, under its reader and its draft: a page that is closed, a line that is gone or a
// session that has ended takes none of it along.
//
// input → a copy in localStorage → gone again once the server has it (compose.js says "saved"; a page that follows Send is proof too,
// offline.js). A page that meets a copy of its own asks before it puts it back, with the draft's id: what was sent after all is not sent twice.
// Send first asks whether there is somebody to send to: without a line it says so, without a session it asks for the password in place.

const form = document.getElementById("composer");
const reader = document.querySelector("meta[name=reader]")?.content;
const dialog = document.getElementById("signed-out");
const PREFIX = `unsent:${reader}:`, SUBMITTED = "submitted";
const PAUSE = 600; // milliseconds after the last key
const LONG_AGO = 15_000; // milliseconds since the server was last heard of

const action = () => form.getAttribute("action");
const key = () => PREFIX + action();
const template = (id) => document.getElementById(id).content.cloneNode(true);
let heard = Date.now(), timer, sure = false, afterwards = null;

// -- the copy

function written() {
  const fields = {};
  for (const [name, value] of new FormData(form)) if (typeof value === "string" && name !== "csrfmiddlewaretoken") fields[name] = value;
  return fields;
}

function copy() {
  clearTimeout(timer);
  timer = null;
  const kept = { at: Date.now(), place: location.pathname + location.search, action: action(), fields: written() };
  try {
    localStorage.setItem(key(), JSON.stringify(kept));
  } catch {
    // no room on the device: the server's copy of each half minute is there
  }
}

function forget(name = key()) {
  clearTimeout(timer);
  timer = null;
  localStorage.removeItem(name);
}

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(copy, PAUSE);
});
addEventListener("pagehide", () => { if (timer) copy(); });
form.addEventListener("saved", () => {
  heard = Date.now();
  if (!timer) forget(); // what was typed meanwhile has its copy still
});

// -- putting it back

function copies() {
  const names = Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
  return names.map((name) => JSON.parse(localStorage.getItem(name)));
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

function above() {
  const there = form.querySelector(".composer-errors");
  if (there) return there;
  const made = document.createElement("div");
  made.className = "composer-errors";
  form.querySelector(".compose-bar").after(made);
  return made;
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

function meet() {
  const submitted = sessionStorage.getItem(SUBMITTED);
  sessionStorage.removeItem(SUBMITTED);
  if (submitted === key()) return; // the server shows what it was given, with what is wrong
  const here = location.pathname + location.search;
  const found = copies().filter((kept) => kept.action === action() || kept.place === here).sort((one, other) => other.at - one.at)[0];
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

async function sendIfThere(button) {
  copy();
  try {
    if (!await session()) return askToSignIn(() => form.requestSubmit(button));
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
  if (event.target !== form || event.defaultPrevented) return;
  if (event.submitter?.value === "discard") return forget();
  copy();
  sessionStorage.setItem(SUBMITTED, key());
});

function askToSignIn(then) {
  copy();
  afterwards = then;
  dialog.querySelector("[role=alert]").hidden = true;
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("[type=password]").focus();
}
form.addEventListener("signed-out", () => askToSignIn(() => form.requestSubmit(form.querySelector("[name=action][value=save]"))));

async function signIn(entry) {
  const data = new FormData(entry);
  data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  const answer = await fetch(entry.action, { method: "POST", body: data, redirect: "manual" });
  const now = answer.type === "opaqueredirect" ? await session() : null;
  if (!now) return refuse("wrong");
  renew(now.csrf);
  if (now.reader !== reader) return refuse("other");
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
