// Print: a frame without script loads the message as it is printed, and this page asks the browser to print that frame alone.
// Without this script the link opens the same document, to be printed from the browser's menu.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-print]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  link.closest("details")?.removeAttribute("open");
  document.getElementById("printed")?.remove();
  const frame = document.createElement("iframe");
  frame.id = "printed";
  frame.title = link.textContent.trim();
  frame.setAttribute("sandbox", "allow-same-origin allow-modals");
  frame.setAttribute("aria-hidden", "true");
  frame.tabIndex = -1;
  frame.src = link.href;
  frame.addEventListener("load", () => {
    for (const fold of frame.contentDocument.querySelectorAll("details")) fold.open = true;
    frame.contentWindow.print();
  });
  document.body.append(frame);
});
