// Keys of the pages beside the reading pane: links say which key they answer to. A player, a field and a menu keep theirs.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.target.closest?.("audio, video, input, select, textarea")) return;
  const link = document.querySelector(`a[href][data-viewer-key="${CSS.escape(event.key)}"]`);
  if (!link) return;
  event.preventDefault();
  link.click();
});
