// The account form's helping hand. Each rule is also kept by the server (accounts/forms/mail_account.py); here it is only sooner seen.
//
// security → port, as long as the port is still a default one;  port → suggests the security;  pasted "https://host:993/" → host and port;
// address → user name;  protocol → a guessed server's name;  receiving server → sending server, until somebody edits that one.
const form = document.getElementById("account");
const ports = JSON.parse(form.dataset.ports);
const field = (name) => form.elements[name];
const protocolOf = (side) => (side === "outgoing" ? "smtp" : field("protocol").value);
const defaults = (side) => Object.entries(ports).filter(([name]) => (name === "smtp") === (side === "outgoing"))
  .flatMap(([, bySecurity]) => Object.values(bySecurity).map(String));

function movePort(side) {
  const port = field(`${side}_port`);
  if (port.value && !defaults(side).includes(port.value)) return;
  port.value = ports[protocolOf(side)][field(`${side}_security`).value];
  suggestSecurity(side);
}

function suggestSecurity(side) {
  const banner = form.querySelector(`[data-suggestion="${side}"]`), chosen = field(`${side}_security`);
  const port = field(`${side}_port`).value.trim(), bySecurity = ports[protocolOf(side)];
  const better = ["tls", "starttls"].find((security) => String(bySecurity[security]) === port);
  banner.hidden = !better || String(bySecurity[chosen.value]) === port;
  if (banner.hidden) return;
  const name = chosen.querySelector(`[value="${better}"]`).textContent;
  banner.querySelector("span").textContent = banner.dataset.words.replace("PORT", port).replace("SECURITY", name);
  banner.querySelector("button").onclick = () => { chosen.value = better; suggestSecurity(side); };
}

function splitHost(side) {
  const host = field(`${side}_host`);
  const bare = host.value.trim().replace(/^([a-z][a-z0-9+.-]*:)?\/\//i, "").replace(/[/?#].*$/, "").replace(/^.*@/, "");
  const [, name, port] = bare.match(/^(\[[^\]]*\]|[^:]+):(\d+)$/) ?? [null, bare, ""];
  host.value = name.toLowerCase();
  if (port) { field(`${side}_port`).value = port; suggestSecurity(side); }
}

// A guessed name goes with the protocol: imap.example.org, pop.example.org.
let guessed = "guessed" in form.dataset;
function renameGuess(protocol) {
  if (guessed) field("incoming_host").value = field("incoming_host").value.replace(/^(imap|pop)\./, protocol === "pop3" ? "pop." : "imap.");
}

const sendingHost = (host) => host.replace(/^(imaps?|pop3?s?)\./, "smtp.");
let mirrored = field("outgoing_host").value === "" || field("outgoing_host").value === sendingHost(field("incoming_host").value);
let address = field("address").value;

for (const side of ["incoming", "outgoing"]) {
  field(`${side}_security`).addEventListener("change", () => movePort(side));
  field(`${side}_port`).addEventListener("change", () => suggestSecurity(side));
  field(`${side}_host`).addEventListener("change", () => splitHost(side));
}
for (const radio of form.querySelectorAll('[name="protocol"]')) {
  radio.addEventListener("change", () => { renameGuess(radio.value); movePort("incoming"); });
}
field("incoming_host").addEventListener("input", () => { guessed = false; });
field("outgoing_host").addEventListener("input", () => { mirrored = false; });
field("incoming_host").addEventListener("change", () => {
  if (mirrored) field("outgoing_host").value = sendingHost(field("incoming_host").value);
});
field("address").addEventListener("change", () => {
  for (const name of ["incoming_username", "outgoing_username"]) {
    if (field(name).value === address || !field(name).value) field(name).value = field("address").value.trim();
  }
  address = field("address").value.trim();
});
for (const side of ["incoming", "outgoing"]) suggestSecurity(side);
