// The two packages the message editor stands on, as one module: static/js/compose-editor.js imports it from static/built/.
export { default as DOMPurify } from "dompurify";
export { default as Squire } from "squire-rte";
