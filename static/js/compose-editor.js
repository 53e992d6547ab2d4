// The message editor of the compose page: Squire instead of the text field, and a switch back to plain text.
//
// The hidden field `html` holds what the mail begins with; empty means plain text. It is cleaned by DOMPurify on its way in, as is whatever is
// pasted, and by the server once more. What the form posts is read off the editor at that moment (formdata), be it sent, saved or kept. Without
// this script, or where it fails, the text field simply stays.
import { DOMPurify, Squire } from "../built/editor.js";

const form = document.getElementById("composer");
const root = document.getElementById("editor");
const bar = document.getElementById("format");
const dialog = document.getElementById("link");
const text = form.elements.text, source = form.elements.html;

// -- cleaning: a subset of webmail/mime/allowed.py. Pictures are left out: nothing may be loaded here, and none is sent along yet.
const CLEAN = {
  ALLOWED_TAGS: ("a abbr address article aside b bdi bdo big blockquote br caption cite code col colgroup dd del dfn div dl dt em figcaption figure font footer"
    + " h1 h2 h3 h4 h5 h6 header i ins kbd li mark ol p pre q s samp section small span strike strong sub sup table tbody td tfoot th thead tr u ul var").split(" "),
  ALLOWED_ATTR: ("align bgcolor border cellpadding cellspacing color colspan data-style dir face headers height href lang rowspan scope size start title"
    + " type valign value width").split(" "),
  ALLOWED_URI_REGEXP: /^(?:(?:https?|mailto|tel):|[^a-z]|[a-z+.-]+(?:[^a-z+.:-]|$))/i,
  ADD_URI_SAFE_ATTR: ["data-style"],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
};
const LOOKS = /^(?:background-color|border|color|font|letter-spacing|line-height|margin|max-width|padding|text-|vertical-align|white-space|width)/;
const EMPHASIS = /^(?:font-style|font-weight|text-decoration)/; // of pasted text: it takes on the looks of the mail

// Our CSP lets no parser apply a style attribute, and reports each, as it does handlers. Under another name they pass, and script may set styles.
function hideStyles(html) {
  return html.replace(/<style\b.*?<\/style\s*>|<base\b[^>]*>/gis, "").replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/([\s"'/])(style|on[a-z]+)(?=\s*=)/gi, "$1data-$2"));
}

function showStyles(tree, kept) {
  for (const element of tree.querySelectorAll("[data-style]")) {
    const style = keptOf(element.dataset.style, kept);
    delete element.dataset.style;
    if (style) element.style.cssText = style;
  }
  return tree;
}

function keptOf(declarations, kept) {
  const { style } = document.createElement("i");
  style.cssText = declarations;
  for (const name of [...style]) {
    if (!kept.test(name) || /url\(/i.test(style.getPropertyValue(name))) style.removeProperty(name);
  }
  return style.cssText;
}

let filling = false;
function clean(html) {
  const fragment = DOMPurify.sanitize(hideStyles(html), CLEAN);
  return document.importNode(showStyles(fragment, filling ? LOOKS : EMPHASIS), true);
}

class Editor extends Squire {
  // Undoing writes markup back: its styles would be lost.
  _setRawHTML(html) {
    super._setRawHTML(hideStyles(html));
    showStyles(this.getRoot(), LOOKS);
    return this;
  }
}

// -- the editor
let editor = null; // null while the mail is plain text

function write(html) {
  text.hidden = true;
  root.hidden = false;
  editor = new Editor(root, {
    blockAttributes: { dir: "auto" },
    undo: { documentSizeThreshold: 100_000, undoLimit: 20 },
    sanitizeToDOMFragment: clean,
  });
  filling = true;
  editor.setHTML(html);
  filling = false;
  editor.setKeyHandler("Ctrl-k", askLink).setKeyHandler("Meta-k", askLink);
  for (const key of ["Ctrl-d", "Meta-d", "PageUp", "PageDown"]) editor.setKeyHandler(key, null); // the browser's
  for (const event of ["pathChange", "select", "input"]) editor.addEventListener(event, showFormat);
  let filled = editor.getHTML();  // the editor tells of this too, later: nobody has typed anything yet
  editor.addEventListener("input", () => {
    if (editor.getHTML() === filled) return;
    filled = null;
    form.dispatchEvent(new Event("input"));
  });
  showMode();
}

function writePlain(plain) {
  editor.destroy();
  editor = null;
  root.removeAttribute("contenteditable");
  root.replaceChildren();
  root.hidden = true;
  source.value = "";
  text.value = plain;
  text.hidden = false;
  showMode();
}

function showMode() {
  for (const button of bar.querySelectorAll("[data-format]")) {
    button.disabled = !editor;
    button.setAttribute("aria-pressed", "false");
  }
  bar.querySelector("[data-plain]").setAttribute("aria-pressed", String(!editor));
  rove(bar.querySelector("button:enabled"));
}

form.addEventListener("formdata", (event) => {
  if (!editor) return;
  source.value = editor.getHTML(); // also for a page that is shown again
  event.formData.set("html", source.value);
});

// -- plain text and back: the server converts, so that people see the plain text that would be sent
let converting = false;

async function converted(name, value) {
  const data = new FormData();
  data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  data.set(name, value);
  const answer = await fetch(root.dataset.convert, { method: "POST", body: data });
  if (!answer.ok || answer.redirected) throw new Error("not converted");
  return answer.text();
}

async function switchMode() {
  if (converting) return;
  converting = root.inert = text.readOnly = true; // nothing may be typed into what is about to be replaced
  try {
    if (editor) writePlain(await converted("html", editor.getHTML()));
    else write(await converted("text", text.value));
    form.dispatchEvent(new Event("input"));
  } catch {
    document.getElementById("saved").textContent = root.dataset.refused;
  } finally {
    converting = root.inert = text.readOnly = false;
  }
}

// -- the buttons
const FORMATS = {
  bold: ["B", "bold", "removeBold"],
  italic: ["I", "italic", "removeItalic"],
  list: ["UL", "makeUnorderedList", "removeList"],
  quote: ["BLOCKQUOTE", "increaseQuoteLevel", "decreaseQuoteLevel"],
};

function isOn(name) {
  return name === "link" ? editor.hasFormat("A") : editor.hasFormat(FORMATS[name][0]);
}

function showFormat() {
  for (const button of bar.querySelectorAll("[data-format]")) button.setAttribute("aria-pressed", String(isOn(button.dataset.format)));
}

function format(name) {
  if (name === "link") return askLink();
  const [, add, remove] = FORMATS[name];
  editor[isOn(name) ? remove : add]();
  editor.focus();
}

// One stop of the tab key, arrows within.
function rove(button) {
  for (const each of bar.querySelectorAll("button")) each.tabIndex = each === button ? 0 : -1;
}

bar.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  rove(button);
  if (button.dataset.format) format(button.dataset.format);
  else switchMode();
});
bar.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key] * (document.dir === "rtl" ? -1 : 1);
  if (!step) return;
  const buttons = [...bar.querySelectorAll("button:enabled")];
  const next = buttons.at((buttons.indexOf(document.activeElement) + step) % buttons.length);
  rove(next);
  next.focus();
});

// -- links
function linkAtCursor() {
  const { startContainer } = editor.getSelection();
  const element = startContainer instanceof Element ? startContainer : startContainer.parentElement;
  const link = element.closest("a");
  return link && root.contains(link) ? link : null;
}

function askLink(_, event) {
  event?.preventDefault();
  const link = linkAtCursor(), address = dialog.querySelector("input");
  if (link) {
    const range = document.createRange();
    range.selectNodeContents(link);
    editor.setSelection(range);
  }
  address.value = link?.getAttribute("href") ?? "";
  dialog.querySelector("[value=remove]").hidden = !link;
  dialog.returnValue = "";
  dialog.showModal();
}

function withScheme(address) {
  if (/^(?:https?:\/\/|mailto:|tel:)/i.test(address)) return address;
  return /^[^\s@/:]+@[^\s@/:]+$/.test(address) ? `mailto:${address}` : `https://${address}`;
}

dialog.addEventListener("close", () => {
  const address = dialog.querySelector("input").value.trim();
  if (dialog.returnValue === "set" && address) editor.makeLink(withScheme(address));
  if (dialog.returnValue === "remove") editor.removeLink();
  editor.focus();
});

// Above what is quoted; or below, where no empty line stands above it (beginnings.py).
function begin() {
  editor.focus().moveCursorToStart();
  const top = [...root.children], below = top[0]?.textContent.trim() && top[top.findLastIndex((each) => each.matches("blockquote")) + 1];
  if (!below || below === top[0]) return;
  const range = document.createRange();
  range.setStart(below, 0);
  editor.setSelection(range);
}

// What was typed before, and not saved (compose-kept.js).
form.addEventListener("put-back", ({ detail }) => {
  if (editor) writePlain(detail.text);
  if (detail.html) write(detail.html);
  text.value = detail.text;
});

// Words typed before the script was there stay where they are.
if (source.value && text.value === text.defaultValue) {
  write(source.value);
  if (text.autofocus) begin();
} else {
  showMode();
}
bar.hidden = false;
