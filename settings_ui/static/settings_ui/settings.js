// E-mail > Settings, better with JavaScript: the page works without it.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("email-settings");
  if (!form) return;
  const field = (name) => form.elements.namedItem(name);

  // Unsaved changes. What was typed before this page came is kept on the server already.
  const sign = form.querySelector("[data-unsaved-sign]");
  let isTyped = false;
  const markUnsaved = () => {
    isTyped = true;
    sign.hidden = false;
  };
  form.addEventListener("input", (event) => {
    if (!event.target.name.startsWith("test_")) markUnsaved();
    update();
  });
  let isSubmitting = false;
  form.addEventListener("submit", (event) => {
    if (event.submitter?.matches("[data-download]")) return; // the page stays
    if (isSubmitting) return event.preventDefault(); // a double click
    isSubmitting = true;
    setTimeout(() => (isSubmitting = false), 5000); // in case no answer comes
    isTyped = false;
    takeNewToken(form);
  });
  window.addEventListener("pageshow", () => (isSubmitting = false));
  window.addEventListener("beforeunload", (event) => {
    if (isTyped) event.preventDefault();
  });
  // Who leaves all the same is offered it again
  window.addEventListener("pagehide", () => {
    if (!isTyped || !form.dataset.keepUrl) return;
    takeNewToken(form);
    const body = new FormData(form);
    body.delete("certificate_file");
    body.delete("trace_certificate_file");
    isTyped = !navigator.sendBeacon(form.dataset.keepUrl, body);
  });

  // The commands of How to grant follow the From address that is typed
  const fillInGrants = () => {
    const typed = field("from_address").value.trim();
    const found = (typed.match(/<([^<>]+)>$/) ?? [, typed])[1];
    const own = document.getElementById("grant").dataset.account;
    const address = found.toLowerCase() === own.toLowerCase() ? "" : found;
    const isPlain = /^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+$/.test(address); // PowerShell would read more
    for (const command of form.querySelectorAll("[data-grant]"))
      if (isPlain || !address)
        command.textContent = command.dataset.grant.replace("<from>", address || "<from>");
  };

  // What is shown or active depends on what is chosen
  const update = () => {
    const limit = field("attachment_limit_mb");
    limit.disabled = !field("limit_attachments").checked;
    for (const element of form.querySelectorAll("[data-shown-with]"))
      element.hidden = !field(element.dataset.shownWith).checked;
    for (const element of form.querySelectorAll("[data-shown-without]"))
      element.hidden = field(element.dataset.shownWithout).checked;
    for (const element of form.querySelectorAll("[data-shown-with-service]"))
      element.hidden = field("service").value !== element.dataset.shownWithService;
    for (const element of form.querySelectorAll("[data-shown-without-service]"))
      element.hidden = field("service").value === element.dataset.shownWithoutService;
    for (const element of form.querySelectorAll("[data-shown-with-api]"))
      element.hidden = field("api").value !== element.dataset.shownWithApi;
    for (const element of form.querySelectorAll("[data-shown-with-credential]"))
      element.hidden = field("credential").value !== element.dataset.shownWithCredential;
    for (const element of form.querySelectorAll("[data-shown-when]")) {
      const [name, value] = element.dataset.shownWhen.split("=");
      element.hidden = field(name).value !== value;
    }
    const test = form.querySelector("[data-test-open]");
    if (test) test.disabled = field("service").value === "none";
    for (const link of form.querySelectorAll("[data-place]"))
      link.hash = field("service").value === "none" ? "id_service" : link.dataset.place;
    fillInGrants();
    allowSignIn();
  };

  // The script that registers the application follows the values on the page
  const script = document.getElementById("script");
  const refreshScript = async () => {
    takeNewToken(form);
    const body = new FormData(form);
    body.delete("certificate_file");
    body.delete("trace_certificate_file");
    const response = await fetch(script.dataset.url, { method: "POST", body });
    if (!response.ok || response.redirected) return;
    const text = (await response.text()).replaceAll("\r\n", "\n");
    document.getElementById("script-text").textContent = text;
  };
  let refresh;
  const refreshScriptSoon = () => {
    clearTimeout(refresh);
    if (script.open && script.dataset.url) refresh = setTimeout(refreshScript, 400);
  };
  script.addEventListener("toggle", refreshScriptSoon);
  form.addEventListener("input", refreshScriptSoon);

  // A place that is folded opens for whoever comes to it
  const openPlace = () => {
    const place = document.getElementById(window.location.hash.slice(1));
    if (place?.matches("details")) place.open = true;
    if (place?.matches("button, select")) place.focus();
  };
  window.addEventListener("hashchange", openPlace);
  openPlace();

  // Sign in is possible as soon as the application is complete
  const signIn = form.querySelector("[data-sign-in]");
  const reason = document.getElementById("sign-in-reason");
  const known = document.getElementById("account").dataset.knownCredentials.split(" ");
  const allowSignIn = () => {
    if (!signIn) return;
    const kind = field("credential").value;
    const credential = kind === "certificate" ? field("certificate_file") : field("client_secret");
    const isComplete = field("tenant_id").value && field("client_id").value;
    signIn.disabled = !(isComplete && (known.includes(kind) || credential.value));
    reason.hidden = !signIn.disabled;
  };
  update();

  // Test Settings
  const dialog = document.getElementById("test-dialog");
  const steps = dialog.querySelector("[data-test-steps]");
  const result = dialog.querySelector("[data-test-result]");
  const ok = dialog.querySelector("[data-test-ok]");
  const open = form.querySelector("[data-test-open]");
  if (!open) return;
  if (dialog.open) {
    dialog.close();
    dialog.showModal();
  }
  open.addEventListener("click", (event) => {
    event.preventDefault();
    clearOutcome();
    ok.textContent = "OK";
    showButtons({ isSent: false });
    dialog.showModal();
    field("test_recipient").focus();
  });
  for (const button of dialog.querySelectorAll("[data-test-cancel], [data-test-close]"))
    button.addEventListener("click", (event) => {
      event.preventDefault();
      dialog.close();
    });
  const showButtons = ({ isSent }) => {
    dialog.querySelector("[data-test-before]").hidden = isSent;
    dialog.querySelector("[data-test-fields]").hidden = isSent;
    dialog.querySelector("[data-test-after]").hidden = !isSent;
    if (isSent) dialog.querySelector("[data-test-close]").focus();
  };
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    ok.click();
  });
  ok.addEventListener("click", async (event) => {
    event.preventDefault();
    if (ok.disabled) return;
    ok.disabled = true;
    clearOutcome();
    try {
      await runTest();
    } catch (error) {
      steps.append(plainStep(dialog.dataset.brokeOff.replace("{reason}", error.message)));
      ok.textContent = dialog.dataset.tryAgain;
    } finally {
      ok.disabled = false;
    }
  });

  const runTest = async () => {
    takeNewToken(form);
    const body = new FormData(form);
    body.set("send_test", "1");
    const response = await fetch(ok.formAction, {
      method: "POST",
      body,
      headers: { Accept: "application/x-ndjson" },
    });
    if (response.status === 422) return showRefusal(await response.json());
    if (!response.ok || response.redirected)
      throw new Error(
        response.redirected
          ? dialog.dataset.loggedOut
          : dialog.dataset.status.replace("{number}", response.status),
      );
    let rest = "";
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      const lines = (rest + value).split("\n");
      rest = lines.pop();
      lines.forEach((line) => showStep(JSON.parse(line)));
    }
  };

  const showRefusal = (refusal) => {
    if (refusal.settings) {
      steps.append(plainStep(refusal.settings));
      return;
    }
    for (const [name, errors] of Object.entries(refusal.errors)) {
      const list = document.createElement("div");
      list.className = "mc-errors";
      list.setAttribute("role", "alert");
      list.append(...errors.map((error) => plain("p", error)));
      field(name).after(list);
      field(name).focus();
    }
  };
  const showStep = (step) => {
    if (step.result.trim()) {
      result.innerHTML = step.result;
      result.scrollIntoView({ block: "nearest" });
      ok.textContent = dialog.dataset.tryAgain;
    }
    if (step.sent) showButtons({ isSent: true });
    const holder = document.createElement("template");
    holder.innerHTML = step.html;
    const item = holder.content.querySelector("li");
    if (!item) return;
    item.dataset.step = step.name;
    const earlier = [...steps.children].find((child) => child.dataset.step === step.name);
    if (earlier) earlier.replaceWith(item);
    else steps.append(item);
  };
  const plain = (tag, text) => {
    const element = document.createElement(tag);
    element.textContent = text;
    return element;
  };
  const plainStep = (text) => {
    const item = plain("li", text);
    item.className = "mc-step mc-step-failed";
    return item;
  };
  const clearOutcome = () => {
    for (const list of dialog.querySelectorAll(".mc-errors")) list.remove();
    for (const part of [steps, result]) part.replaceChildren();
  };
});
