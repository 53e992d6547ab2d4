// The compose page: what is typed is kept every half minute, picked files are listed before they are sent.
const form = document.getElementById("composer");
const saved = document.getElementById("saved");
const files = document.getElementById("files");
const picked = document.getElementById("picked");
const KEEP_AFTER = 30_000;
let changed = false, leaving = false, keeping;

async function keep() {
  if (!changed || leaving) return;
  changed = false;
  const data = new FormData(form);
  data.delete("files"); // they go with the form, once
  data.set("action", "save");
  keeping = new AbortController();
  try {
    // form.action would be the buttons of that name
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body: data, headers: { "HX-Request": "true" }, signal: keeping.signal });
    if (!answer.ok || answer.redirected) throw new Error("not kept");
    if (answer.status === 200) saved.innerHTML = await answer.text();
  } catch {
    changed = true; // no line just now, or signed out: the next half minute tries again
    if (!leaving) saved.textContent = saved.dataset.unsaved;
  }
}

// A browser forgets what was picked before when somebody picks again: these are all, and the form carries them.
let carried = [];

function setPicked(chosen) {
  const transfer = new DataTransfer();
  for (const file of chosen) transfer.items.add(file);
  files.files = transfer.files;
  carried = chosen;
  changed = true;
  picked.replaceChildren(...chosen.map(pickedItem));
  picked.hidden = !chosen.length;
}

function pickMore() {
  const known = (file) => carried.some((other) => other.name === file.name && other.size === file.size && other.lastModified === file.lastModified);
  const all = [...carried, ...[...files.files].filter((file) => !known(file))];
  const fits = all.reduce((sum, file) => sum + file.size, 0) <= Number(files.dataset.limit);
  files.setCustomValidity(fits ? "" : files.dataset.tooLarge);
  setPicked(all);
  if (!fits) files.reportValidity();
}

function pickedItem(file) {
  const item = document.createElement("li"), name = document.createElement("bdi"), size = document.createElement("span");
  item.className = "file file-picked";
  name.className = "file-name";
  size.className = "file-size";
  name.textContent = file.name;
  size.textContent = inWords(file.size);
  item.append(name, size, removeButton(file));
  return item;
}

function removeButton(file) {
  const button = picked.nextElementSibling.content.firstElementChild.cloneNode(true);
  button.title = button.title.replace("%s", file.name);
  button.setAttribute("aria-label", button.title);
  button.addEventListener("click", () => {
    setPicked(carried.filter((other) => other !== file));
    pickMore();
  });
  return button;
}

// As the server writes sizes (the filter file_size).
function inWords(octets) {
  const [unit, size, digits] = octets < 1_000 ? ["byte", 1, 0] : octets < 1_000_000 ? ["kilobyte", 1_000, 0] : ["megabyte", 1_000_000, 1];
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, unitDisplay: unit === "byte" ? "long" : "short", maximumFractionDigits: digits }).format(octets / size);
}

form.addEventListener("input", () => { changed = true; });
form.addEventListener("submit", (event) => {
  if (leaving) return event.preventDefault();
  leaving = true;
  keeping?.abort(); // what is sent is the last word
});
// Back in history shows the page as it was left: it may be sent again.
addEventListener("pageshow", () => { leaving = false; });
addEventListener("beforeunload", (event) => { if ((changed || files.files.length) && !leaving) event.preventDefault(); });
files.addEventListener("change", pickMore);
setInterval(keep, KEEP_AFTER);

// An answer is begun above what it quotes; or below, where its first line belongs to the quote (beginnings.py).
const text = form.elements.text;
if (text.autofocus) {
  const quote = /^[^\n]+\n(?:>.*\n)+\n/.exec(text.value), at = quote?.[0].length ?? 0;
  text.setSelectionRange(at, at);
}
