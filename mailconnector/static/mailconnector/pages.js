// Small things on every page; each page works without them.
"use strict";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copies);
  source.select();
  try {
    await navigator.clipboard.writeText(source.value);
  } catch {
    document.execCommand("copy"); // without https there is no clipboard API
  }
  const label = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = label), 1500);
});

document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

// Unfold's script looks for the text field that its own file fields have, and fails at ours.
document.addEventListener(
  "change",
  (event) => {
    if (event.target.matches("input.mc-file")) event.stopPropagation();
  },
  true,
);
