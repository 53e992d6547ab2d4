// A pressed key as the table writes it (webmail/mailbox/keys.py). Caps Lock changes nothing, and a sign is a sign wherever a keyboard has it.
export const MODIFIERS = ["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "NumLock", "Dead", "Process"];

export function named(event) {
  const letter = event.key.length === 1, small = letter ? event.key.toLowerCase() : event.key;
  const shifted = event.shiftKey && small !== event.key.toUpperCase() ? "Shift+" : "";
  return (event.ctrlKey || event.metaKey ? "Control+" : "") + shifted + small;
}
