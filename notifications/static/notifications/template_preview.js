// The preview beside the form: it shows what is typed, before anything is saved.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const panel = document.getElementById("template-panel");
  const form = panel && document.getElementById(panel.dataset.form);
  if (!form) return;
  const PAUSE = 400; // milliseconds without a key
  const frame = panel.querySelector("[data-frame]");
  const stage = panel.querySelector("[data-stage]");
  const message = panel.querySelector("[data-message]");
  const text = panel.querySelector("[data-text]");
  const width = panel.querySelector("[data-width]");
  const part = panel.querySelector("[data-part]");

  panel.querySelector("[data-without-javascript]")?.setAttribute("hidden", "");
  for (const each of [width, part, panel.querySelector("[data-test]")])
    if (each) each.hidden = false;

  // The form without its files, which the server has already.
  const typed = () => {
    const data = new FormData(form);
    for (const [name, value] of [...data.entries()]) if (value instanceof File) data.delete(name);
    return data;
  };
  const post = (url, data) =>
    fetch(url, { method: "POST", body: data, headers: { Accept: "application/json" } });

  let waiting, asked = 0;
  const refresh = async () => {
    const number = ++asked;
    try {
      const response = await post(panel.dataset.previewUrl, typed());
      if (!response.ok) throw new Error(response.status);
      const answer = await response.json();
      if (number === asked) show(answer);
    } catch {
      if (number === asked) message.replaceChildren(told(panel.dataset.notReached));
    }
  };
  const told = (what) => {
    const paragraph = document.createElement("p");
    paragraph.className = "mc-warning";
    paragraph.textContent = what;
    return paragraph;
  };
  const show = (answer) => {
    message.innerHTML = answer.message; // the server's own, escaped there
    frame.srcdoc = answer.html;
    text.querySelector("pre").textContent = answer.text;
    window.templateCode?.mark(answer.marks);
    tell(answer.marks);
    if (answer.paths) fillPicker(answer.paths);
    if (answer.paths) window.templateCode?.offer(answer.paths);
    if (answer.sets) fillSets(answer.sets);
  };
  // Fields without an editor have their mistakes below them, where a Save has not told them.
  const tell = (marks) => {
    form.querySelectorAll("[data-live-mistake]").forEach((each) => each.remove());
    for (const each of marks.filter((each) => each.is_error)) {
      const field = form.elements.namedItem(each.field);
      if (!field?.after) continue;
      if (document.getElementById(`${field.id}_error`)?.textContent.includes(each.text)) continue;
      const line = document.createElement("p");
      line.className = "mc-errors";
      line.dataset.liveMistake = "";
      line.setAttribute("role", "status");
      line.textContent = each.line
        ? panel.dataset.place
            .replace("{problem}", each.text).replace("{line}", each.line).replace("{column}", each.column)
        : each.text;
      (field.closest(".mc-editor-place") ?? field).after(line);
    }
  };
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(refresh, PAUSE);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  panel.addEventListener("change", (event) => {
    if (event.target.matches("[data-preview-input]")) refresh();
  });

  // Placeholders to choose from
  const picker = document.createElement("select");
  picker.className = "mc-select";
  picker.setAttribute("aria-label", panel.dataset.insertPlaceholder);
  const fillPicker = (paths) => {
    const first = new Option(panel.dataset.insertPlaceholder, "");
    picker.replaceChildren(first, ...paths.map(([code, shown]) => new Option(shown, code)));
    picker.hidden = !paths.length;
  };
  picker.addEventListener("change", () => {
    if (picker.value) window.templateCode?.insert(picker.value);
    picker.selectedIndex = 0;
  });
  const bar = document.createElement("div");
  bar.className = "mc-actions mc-insert";
  bar.append(picker);
  panel.dataset.paths && fillPicker(JSON.parse(panel.dataset.paths));
  picker.hidden = picker.options.length < 2;
  const body = document.getElementById("id_html");
  (body?.closest(".mc-editor-place") ?? body)?.before(bar);
  window.templateBar = bar;

  const sets = panel.querySelector("[data-sample-sets]");
  const fillSets = (names) => {
    if (!sets) return;
    const chosen = sets.value;
    while (sets.options.length > 2) sets.remove(2);
    for (const name of names) sets.add(new Option(name, name, false, name === chosen));
  };

  // Wide and narrow, HTML and text
  const fit = () => {
    const wanted = Number(width.querySelector("[aria-pressed=true]").value);
    const scale = Math.min(1, stage.clientWidth / wanted);
    frame.style.width = `${wanted}px`;
    frame.style.height = `${512 / scale}px`;
    frame.style.transform = `scale(${scale})`;
    stage.style.height = "512px";
  };
  const choose = (group, then) =>
    group.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      for (const each of group.querySelectorAll("button"))
        each.setAttribute("aria-pressed", String(each === button));
      then(button.value);
    });
  choose(width, fit);
  choose(part, (chosen) => {
    stage.hidden = chosen === "text";
    text.open = chosen === "text";
  });
  new ResizeObserver(fit).observe(stage);

  // The test, with what is typed
  const answer = panel.querySelector("[data-test-answer]");
  panel.querySelector("[data-send-test]")?.addEventListener("click", async (event) => {
    const button = event.currentTarget;
    button.disabled = true;
    try {
      const response = await post(panel.dataset.testUrl, typed());
      const said = await response.json();
      if (said.told) answer.innerHTML = said.told; // the server's own, escaped there
      else answer.textContent = said.problem;
      answer.className = said.told ? "mc-pending" : "mc-explanation";
      panel.querySelector("[name=form_token]").value = said.form_token;
    } catch {
      answer.textContent = panel.dataset.notReached;
    }
    button.disabled = false;
  });

  refresh();
});
