// Check everything shows how far it is; without JavaScript the page comes when all is done.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("check-everything");
  const button = form?.querySelector("button");
  if (!button) return;
  const progress = form.querySelector("[data-progress]");
  const bar = progress.querySelector("progress");
  const doing = progress.querySelector("[data-doing]");

  const show = (step) => {
    bar.max = step.of;
    bar.value = step.done;
    doing.textContent = `${step.doing} …`;
  };
  const check = async () => {
    const headers = { Accept: "application/x-ndjson" };
    const response = await fetch(form.action, { method: "POST", body: new FormData(form), headers });
    if (!response.ok || response.redirected) throw new Error(response.status);
    let rest = "";
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      const lines = (rest + value).split("\n");
      rest = lines.pop();
      lines.forEach((line) => show(JSON.parse(line)));
    }
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    progress.hidden = false;
    try {
      await check();
      window.location.replace(form.action);
    } catch {
      doing.textContent = form.dataset.brokeOff;
      button.disabled = false;
    }
  });
});
