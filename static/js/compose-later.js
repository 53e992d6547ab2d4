// When a mail leaves (compose/_send_later.html): a day and a time that are typed tick their own choice, "At once" empties them again, and Send
// says that it sends later. What is posted is the form's own fields; without this module they mean the same.

const menu = document.getElementById("send-later");
const own = menu?.querySelector("[name=later_own]");
const send = menu?.closest("form").querySelector("[data-command=send]");

function follow() {
  const isLater = menu.querySelector("[name=later]:checked").value !== "now";
  send.textContent = isLater ? menu.dataset.later : menu.dataset.atOnce;
}

menu?.addEventListener("input", ({ target }) => {
  if (target === own) menu.querySelector(`[name=later][value="${own.value ? "own" : "now"}"]`).checked = true;
  else if (target.value !== "own") own.value = "";
  else own.focus();
  follow();
});
if (menu) follow();
