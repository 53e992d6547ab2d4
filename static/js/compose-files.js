// Files of the compose page: each goes to the server as soon as it is picked, dropped or pasted, by a request of its own, so that Send has nothing
// left to carry. A row tells how far it is, and why it was not taken; the answer is the row of the stored file (compose/_file.html). What is taken
// out while the server may have it already is named in a field `remove` of the form, for the next request that posts it.
// Without this script the form carries the files.
const form = document.getElementById("composer");
const input = document.getElementById("files");
const list = document.getElementById("file-list");
const pattern = document.getElementById("file-row").content.firstElementChild;
const AT_ONCE = 3;
const entries = new Map(); // of rows that are not stored yet: { file, key, request, state: waiting, running or failed }
let whenSettled = [];

// -- what the page asks: is something on its way, was something not taken, are there files at all
const states = () => [...entries.values()].map((entry) => entry.state);
export const isPending = () => states().some((state) => state !== "failed");
export const failed = () => [...entries].find(([, entry]) => entry.state === "failed")?.[0];
export const isEmpty = () => ![...list.children].some((row) => row.querySelector("[name=carried]")?.checked ?? true);
export const settled = () => new Promise((resolve) => { whenSettled.push(resolve); next(); });

export function stop() {
  for (const { request } of entries.values()) request?.abort();
  entries.clear();
}

// -- picked, dropped, pasted
function add(files) {
  for (const file of files) {
    const row = pattern.cloneNode(true);
    row.querySelector("bdi").textContent = row.querySelector(".file-name").title = file.name;
    for (const button of row.querySelectorAll("button")) label(button, file.name);
    row.querySelector("progress").setAttribute("aria-label", file.name);
    entries.set(row, { file, key: newKey(), state: "waiting" });
    say(row, list.dataset.waiting);
    const fits = total() + file.size <= Number(list.dataset.limit);
    list.append(row);
    if (fits) row.dataset.size = file.size;
    else fail(row, list.dataset.tooLarge, { again: false });
  }
  list.hidden = !list.children.length;
  next();
}

function refuseFolder(name) {
  add([new File([], name)]);
  fail(list.lastElementChild, list.dataset.folder, { again: false });
}

function label(button, name) {
  button.title = button.title.replace("%s", name);
  button.setAttribute("aria-label", button.title);
}

// Of what is stored, on its way or taken over from the original.
const total = () => [...list.querySelectorAll("[data-size]")].reduce((sum, row) => sum + Number(row.dataset.size), 0);

// As crypto.randomUUID, which pages without TLS do not have.
function newKey() {
  const octets = crypto.getRandomValues(new Uint8Array(16));
  octets[6] = (octets[6] & 15) | 64;
  octets[8] = (octets[8] & 63) | 128;
  return [...octets].map((octet, at) => ([4, 6, 8, 10].includes(at) ? "-" : "") + octet.toString(16).padStart(2, "0")).join("");
}

// -- on their way
function next() {
  const running = states().filter((state) => state === "running").length;
  const waiting = [...entries].filter(([, entry]) => entry.state === "waiting").slice(0, AT_ONCE - running);
  for (const [row, entry] of waiting) start(row, entry);
  if (isPending()) return;
  for (const resolve of whenSettled.splice(0)) resolve();
}

function start(row, entry) {
  const data = new FormData(form), request = new XMLHttpRequest();
  const address = new URL(`${form.getAttribute("action")}files/${entry.key}/`, location.href).href;
  data.delete("files");
  data.append("files", entry.file, entry.file.name);
  Object.assign(entry, { request, state: "running" });
  row.querySelector("progress").hidden = false;
  request.upload.addEventListener("progress", (event) => show(row, entry.file.size, event.total ? event.loaded / event.total : 0));
  request.addEventListener("load", () => {
    const why = reason(request, address);
    if (why === null) store(row, request.responseText);
    else fail(row, why);
    next();
  });
  request.addEventListener("error", () => { fail(row, list.dataset.lost); next(); });
  request.open("POST", address);
  request.send(data);
}

function reason(request, address) {
  if (request.status === 200) return request.responseURL === address ? null : list.dataset.signedOut;
  return request.getResponseHeader("Content-Type")?.startsWith("text/plain") ? request.responseText : list.dataset.refused;
}

function show(row, size, part) {
  row.querySelector("progress").value = part;
  say(row, part < 1 ? list.dataset.progress.replace("%1", inWords(size * part)).replace("%2", inWords(size)) : list.dataset.storing);
}

function say(row, words) {
  row.querySelector(".file-size").textContent = words;
}

function store(row, answer) {
  const made = document.createElement("template");
  made.innerHTML = answer;
  const stored = made.content.firstElementChild;
  list.querySelector(`[data-key="${stored.dataset.key}"]`)?.remove(); // the same file was there
  entries.delete(row);
  const focused = row.contains(document.activeElement);
  row.replaceWith(stored);
  if (focused) stored.querySelector("button").focus();
  form.dispatchEvent(new Event("files:stored"));
}

function fail(row, why, { again = true } = {}) {
  const entry = entries.get(row);
  if (!entry) return; // taken out meanwhile
  entry.state = "failed";
  delete row.dataset.size;
  row.classList.add("is-failed");
  row.querySelector("progress").hidden = true;
  row.querySelector("[data-retry]").hidden = !again;
  say(row, why);
  row.querySelector(".file-size").setAttribute("role", "alert");
}

function retry(row) {
  row.classList.remove("is-failed");
  row.dataset.size = entries.get(row).file.size;
  row.querySelector("[data-retry]").hidden = true;
  row.querySelector(".file-size").removeAttribute("role");
  entries.get(row).state = "waiting";
  say(row, list.dataset.waiting);
  next();
}

// -- out again
function remove(row, key) {
  const entry = entries.get(row);
  entries.delete(row);
  entry?.request?.abort();
  if (!entry || entry.request) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "remove", value: key }));
  (row.nextElementSibling ?? row.previousElementSibling ?? input.parentElement).querySelector("button, input")?.focus();
  row.remove();
  list.hidden = !list.children.length;
  form.dispatchEvent(new Event("input"));
  next();
}

list.addEventListener("click", (event) => {
  const button = event.target.closest("button"), row = button?.closest("li");
  if (!button) return;
  event.preventDefault();
  if ("retry" in button.dataset) retry(row);
  else remove(row, entries.get(row)?.key ?? row.dataset.key);
});
input.addEventListener("change", () => {
  add(input.files);
  input.value = ""; // the form carries none
});

// Files from a folder window. What is dragged from a page brings its markup along: that is for the editor.
const bringsFiles = (transfer) => transfer.types.includes("Files") && !transfer.types.includes("text/html");
document.addEventListener("dragover", (event) => {
  if (!bringsFiles(event.dataTransfer)) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
  form.classList.add("is-target");
});
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) form.classList.remove("is-target"); });
document.addEventListener("drop", (event) => {
  form.classList.remove("is-target");
  if (!bringsFiles(event.dataTransfer)) return;
  event.preventDefault();
  for (const item of [...event.dataTransfer.items].filter((each) => each.kind === "file")) {
    const folder = item.webkitGetAsEntry?.();
    if (folder?.isDirectory) refuseFolder(folder.name);
    else add([item.getAsFile()]);
  }
});
// Office programs put a picture of what was copied beside its text: then the text is meant.
document.addEventListener("paste", (event) => {
  const { files, types } = event.clipboardData;
  if (!files.length || types.some((type) => type.startsWith("text/"))) return;
  event.preventDefault();
  add(files);
});

// As the server writes sizes (the filter file_size).
function inWords(octets) {
  const [unit, size, digits] = octets < 1_000 ? ["byte", 1, 0] : octets < 1_000_000 ? ["kilobyte", 1_000, 0] : ["megabyte", 1_000_000, 1];
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, unitDisplay: unit === "byte" ? "long" : "short", maximumFractionDigits: digits }).format(octets / size);
}
