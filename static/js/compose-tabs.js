// Drafts that are open more than once in this browser: each page tells the others which draft it has (BroadcastChannel), and says so while another one
// has the same. Two devices do not hear each other: there the server refuses to write over what it has newer (drafts.Newer).

import { above } from "./compose-banners.js";

const form = document.getElementById("composer");
const reader = document.querySelector("meta[name=reader]")?.content;
const channel = new BroadcastChannel(`drafts:${reader}`);
const me = Math.random().toString(36).slice(2);
const others = new Map(); // page → its draft's address
const PATIENCE = 200; // milliseconds in which the others answer

const mine = () => form.getAttribute("action");
const say = (word) => channel.postMessage({ word, page: me, draft: mine() });

channel.addEventListener("message", ({ data: { word, page, draft } }) => {
  if (word === "gone") others.delete(page);
  else others.set(page, draft);
  if (word === "here") say("there");
  tell();
});
addEventListener("pagehide", () => say("gone"));
addEventListener("pageshow", (event) => event.persisted && say("here"));
form.addEventListener("put-back", () => { say("here"); tell(); }); // it may be another draft now
say("here");

function tell() {
  const shared = [...others.values()].includes(mine()), shown = form.querySelector("[data-elsewhere]");
  if (!shared) shown?.remove();
  else if (!shown) above().append(document.getElementById("open-elsewhere").content.cloneNode(true));
}

/** The addresses of drafts that are written in other windows at this moment. */
export async function openElsewhere() {
  await new Promise((resolve) => setTimeout(resolve, PATIENCE));
  return new Set(others.values());
}
