// Run action, better with JavaScript: files are dropped and kept when something is refused, and
// the upload shows how far it is. The page works without it.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("run-action");
  if (!form) return;
  const input = form.elements.namedItem("files");
  const drop = form.querySelector("[data-drop]");
  const list = form.querySelector("[data-file-list]");
  const progress = form.querySelector("[data-progress]");
  const shown = form.querySelector("[data-shown]");
  const kept = form.querySelector("[data-kept]");
  const general = form.querySelector("[data-general-errors]");

  const megabytes = new Intl.NumberFormat(document.documentElement.lang, {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
  const size = (bytes) =>
    bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${megabytes.format(bytes / 1048576)} MB`;
  const showFiles = () =>
    list.replaceChildren(...[...input.files].map((file) => item(`${file.name} (${size(file.size)})`)));
  const element = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
  const item = (text) => element("li", text);
  const paragraph = (text) => element("p", text);
  input.addEventListener("input", showFiles);
  askBeforeLeaving(form);

  for (const name of ["dragover", "dragleave", "drop"])
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.toggle("mc-drop-over", name === "dragover");
    });
  drop.addEventListener("drop", (event) => {
    const all = new DataTransfer();
    for (const file of [...input.files, ...event.dataTransfer.files]) all.items.add(file);
    input.files = all.files;
    showFiles();
    markUnsaved();
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearErrors();
    const button = event.submitter ?? form.querySelector("[data-run]");
    button.disabled = true;
    progress.hidden = input.files.length === 0;
    const request = new XMLHttpRequest(); // fetch does not tell how far an upload is
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (sent) => {
      if (sent.lengthComputable) progress.value = sent.loaded / sent.total;
    });
    request.addEventListener("loadend", () => {
      button.disabled = false;
      progress.hidden = true;
      finish(request);
    });
    const data = new FormData(form);
    if (button.name) data.append(button.name, button.value);
    request.send(data);
  });

  const finish = (request) => {
    let answer = {};
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      // told below
    }
    if (answer.location) return window.location.assign(answer.location);
    markUnsaved();
    if (answer.shown) showMessage(answer);
    else if (answer.errors) {
      form.elements.namedItem("form_token").value = answer.form_token;
      showKept(answer);
      showErrors(answer.errors);
    } else
      showGeneral([
        form.dataset.notSent.replace("{reason}", request.status || form.dataset.noConnection),
      ]);
  };
  // The files have been kept by the server: they are not sent a second time.
  const showKept = (answer) => {
    kept.innerHTML = answer.kept; // the server's own, escaped there
    input.value = "";
    showFiles();
  };
  const showMessage = (answer) => {
    shown.innerHTML = answer.shown; // the server's own, escaped there
    showKept(answer);
    (shown.querySelector("[data-send]") ?? shown).scrollIntoView({ block: "center" });
    shown.querySelector("[data-send]")?.focus();
  };
  // What is shown is what is sent: another value has to be looked at first.
  form.addEventListener("input", () => shown.replaceChildren());
  const showErrors = (errors) => {
    for (const [name, texts] of Object.entries(errors)) {
      if (name === "__all__") {
        showGeneral(texts);
        continue;
      }
      const errorList = document.createElement("div");
      errorList.className = "mc-errors";
      errorList.setAttribute("role", "alert");
      errorList.append(...texts.map(paragraph));
      form.elements.namedItem(`value-${name}`).after(errorList);
    }
  };
  const showGeneral = (texts) => {
    const box = document.createElement("div");
    box.className = "mc-explanation";
    box.setAttribute("role", "alert");
    box.append(...texts.map(paragraph));
    general.replaceChildren(box);
    box.scrollIntoView({ block: "center" });
  };
  const clearErrors = () => {
    general.replaceChildren();
    form.querySelectorAll(".mc-errors").forEach((each) => each.remove());
  };
});
