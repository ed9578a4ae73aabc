// Images and other attachments of the form: each is kept by the server as soon as it is chosen, so
// that the preview shows it and nothing on the form can lose it.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const panel = document.getElementById("template-panel");
  const form = panel && document.getElementById(panel.dataset.form);
  if (!form) return;

  const said = document.createElement("span");
  said.setAttribute("role", "status");
  const keep = async (file) => {
    const data = new FormData();
    data.append("file", file);
    data.append("csrfmiddlewaretoken", form.elements.namedItem("csrfmiddlewaretoken").value);
    said.textContent = "";
    try {
      const response = await fetch(panel.dataset.uploadUrl, { method: "POST", body: data });
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.problem);
      return answer;
    } catch {
      said.textContent = panel.dataset.notKept;
      return null;
    }
  };
  const rowOf = (element) => element.closest(".form-group, .form-row");
  const emptyRow = () => {
    const free = () =>
      [...form.querySelectorAll('input[type=hidden][name$="-kept"]')].find(
        (input) =>
          !input.name.includes("__prefix__") && !input.value &&
          !rowOf(input).querySelector("input[type=file]").files.length &&
          !rowOf(input).querySelector("input[type=hidden][name$='-id']")?.value,
      );
    if (!free()) form.querySelector("#files-group .add-row a, #files-group a.add-row, #files-group .add-row")?.click();
    return free();
  };
  const fill = (input, answer) => {
    const row = rowOf(input);
    input.value = answer.kept;
    row.querySelector('[name$="-content_id"]').value = answer.content_id;
    const chosen = row.querySelector("input[type=file]");
    chosen.value = "";
    const cell = chosen.closest("td") ?? chosen.parentElement;
    const name = document.createElement("p");
    name.textContent = `${answer.name} (${Math.ceil(answer.size / 1024)} KB)`;
    name.dataset.keptName = "";
    cell.querySelector("[data-kept-name]")?.remove();
    cell.append(name);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };

  // A file that is chosen in a row of attachments
  form.addEventListener("change", async (event) => {
    const chosen = event.target;
    if (!chosen.matches('#files-group input[type=file][name$="-file"]')) return;
    const [file] = chosen.files;
    if (!file) return;
    const answer = await keep(file);
    if (!answer) return;
    const input = rowOf(chosen).querySelector('[name$="-kept"]');
    const typed = rowOf(chosen).querySelector('[name$="-content_id"]').value;
    const isImage = file.type.startsWith("image/");
    fill(input, { ...answer, content_id: typed || (isImage ? answer.content_id : "") });
  });

  // Insert image: choose, paste or drop
  const insertImage = async (file) => {
    const input = emptyRow();
    const answer = input && (await keep(file));
    if (!answer) return;
    fill(input, answer);
    const alt = file.name.replace(/\.[^.]*$/, "").replace(/["<>&{}%]/g, "");
    window.templateCode?.insert(`<img src="cid:${answer.content_id}" alt="${alt}">`, window.templateCode.bodyOf());
  };
  const chooser = document.createElement("input");
  chooser.type = "file";
  chooser.accept = "image/png,image/jpeg,image/gif,image/webp";
  chooser.className = "mc-unseen";
  chooser.hasChangeListener = true; // else Unfold adds one, which looks for the field of its own files
  chooser.tabIndex = -1;
  chooser.setAttribute("aria-hidden", "true"); // it opens by the button
  chooser.dataset.insertImage = "";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "mc-select";
  button.textContent = panel.dataset.insertImage;
  button.addEventListener("click", () => chooser.click());
  chooser.addEventListener("change", async () => {
    for (const file of chooser.files) await insertImage(file);
    chooser.value = "";
  });
  window.templateBar?.append(button, chooser, said);

  const images = (transfer) => [...(transfer?.files ?? [])].filter((each) => each.type.startsWith("image/"));
  for (const place of form.querySelectorAll(".mc-editor-place")) {
    const take = (event, transfer) => {
      const found = images(transfer);
      if (!found.length) return;
      event.preventDefault();
      event.stopPropagation();
      found.reduce((before, file) => before.then(() => insertImage(file)), Promise.resolve());
    };
    place.addEventListener("paste", (event) => take(event, event.clipboardData), true);
    place.addEventListener("drop", (event) => take(event, event.dataTransfer), true);
    place.addEventListener("dragover", (event) => event.preventDefault());
  }
});
