// One pane at a time: back from a message to the list as it was left. The list is still there, under the message; only where the browser's own
// way back draws the page anew is its place kept in between.

const rows = () => document.getElementById("rows");
const nameOfList = () => {
  const form = document.getElementById("acts");
  return form && ["place", form.getAttribute("action"), form.elements.page.value, form.elements.q.value].join(" ");
};

document.addEventListener("click", (event) => {
  const link = event.target.closest?.('#message [data-command="back"]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !document.querySelector("#rows .row")) return;
  event.preventDefault();
  document.getElementById("message").replaceChildren();
  history.pushState({ htmx: true }, "", link.href);
  document.title = document.querySelector("#list h1").textContent + document.title.slice(document.title.lastIndexOf(","));
  const open = document.querySelector('#rows .row[aria-current="true"]');
  open?.removeAttribute("aria-current");
  open?.querySelector(".row-link").focus({ preventScroll: true });
});

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.matches?.("#rows .row-link")) sessionStorage.setItem(nameOfList(), rows().scrollTop);
});

function restorePlace() {
  const place = nameOfList() && sessionStorage.getItem(nameOfList());
  if (place) rows().scrollTop = Number(place);
}
document.addEventListener("htmx:historyRestore", restorePlace);
if (["back_forward", "reload"].includes(performance.getEntriesByType("navigation")[0]?.type)) restorePlace();
