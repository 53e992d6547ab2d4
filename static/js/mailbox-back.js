// The list's place, for when the page is drawn anew: by the browser's own way back, or a reload. Without that the list is still there, under
// the message (mailbox-panes.js).

const rows = () => document.getElementById("rows");
const nameOfList = () => {
  const form = document.getElementById("acts");
  return form && ["place", form.getAttribute("action"), form.elements.page.value, form.elements.q.value].join(" ");
};

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.matches?.("#rows .row-link")) sessionStorage.setItem(nameOfList(), rows().scrollTop);
});

function restorePlace() {
  const place = nameOfList() && sessionStorage.getItem(nameOfList());
  if (place) rows().scrollTop = Number(place);
}
document.addEventListener("htmx:historyRestore", restorePlace);
if (["back_forward", "reload"].includes(performance.getEntriesByType("navigation")[0]?.type)) restorePlace();
