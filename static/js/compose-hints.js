// Quiet words while a mail is written: many people who see each other's addresses. They hold nothing up; what asks before Send is in compose.js.
import { above } from "./compose-banners.js";

const form = document.getElementById("composer");
const MANY = 20; // more than these in To and Cc

const count = () => ["to", "cc"].reduce((sum, name) => sum + (form.elements[name].value.match(/@/g)?.length ?? 0), 0);

function tell() {
  const people = count();
  form.querySelector("[data-many]")?.remove();
  if (people <= MANY) return;
  const hint = document.getElementById("many").content.firstElementChild.cloneNode(true), words = hint.querySelector("p");
  words.textContent = words.textContent.replace("%s", people);
  hint.querySelector("button").addEventListener("click", hide);
  above().append(hint);
}

// The fields tell of it as of a person's own change.
function hide() {
  const { to, cc, bcc } = form.elements;
  bcc.value = [bcc.value, to.value, cc.value].map((each) => each.trim().replace(/,$/, "")).filter(Boolean).join(", ");
  to.value = cc.value = "";
  form.querySelector(".composer-copies").open = true;
  for (const field of [to, cc, bcc]) for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
  bcc.focus();
}

form.addEventListener("change", tell);
form.addEventListener("put-back", () => setTimeout(tell));
tell();
