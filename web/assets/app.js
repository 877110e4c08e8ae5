// Enhancement only: every form also works as a plain post, and every page reads without script.

import { follow } from "./live.js";
import { goToWhatIsWrong } from "./said.js";

const within = (root, selector) => [...(root.matches?.(selector) ? [root] : []), ...root.querySelectorAll(selector)];

// Buttons that copy the text of another element. They are hidden until script runs.
function enableCopying(root) {
  for (const button of within(root, "[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const said = button.textContent;
      const source = document.getElementById(button.dataset.copy);
      try {
        await navigator.clipboard.writeText(source.value ?? source.textContent);
        button.textContent = "Copied";
      } catch {
        const range = document.createRange();
        range.selectNodeContents(source);
        getSelection().removeAllRanges();
        getSelection().addRange(range);
        button.textContent = "Selected";
      }
      setTimeout(() => { button.textContent = said; }, 2000);
    });
  }
}

// A file dropped on the field is the file chosen.
function enableDropping(root) {
  for (const zone of within(root, "[data-drop]")) {
    const field = zone.querySelector("input[type=file]");
    for (const name of ["dragenter", "dragover"]) {
      zone.addEventListener(name, (event) => { event.preventDefault(); zone.dataset.over = ""; });
    }
    for (const name of ["dragleave", "drop"]) {
      zone.addEventListener(name, (event) => { event.preventDefault(); delete zone.dataset.over; });
    }
    zone.addEventListener("drop", (event) => {
      if (event.dataTransfer.files.length === 0) return;
      field.files = event.dataTransfer.files;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
}

// Forms that send themselves when a field changes need no button.
function enableSelfSending(root) {
  for (const form of within(root, "form[data-send-on-change]")) {
    form.addEventListener("change", () => form.requestSubmit());
  }
}

function enable(root) {
  enableCopying(root);
  enableDropping(root);
  enableSelfSending(root);
}

// Menus close on Escape and on a click elsewhere.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// What the network could not do is said beside the question or form that it concerns.
function say(event, text) {
  const target = event.detail.target;
  if (target?.matches?.("[role=status]")) {
    target.dataset.state = "failed";
    target.querySelector("[data-said]")?.remove();
    const line = document.createElement("span");
    line.dataset.said = "";
    line.textContent = text;
    target.prepend(line);
  }
}
document.addEventListener("htmx:beforeRequest", (event) => { delete event.detail.target?.dataset?.state; });
document.addEventListener("htmx:sendError", (event) => say(event, "Not saved: no connection. Your answer stays on this page. "));
document.addEventListener("htmx:responseError", (event) => say(event, "Not saved. Use the button at the end of the page. "));
document.addEventListener("htmx:afterSwap", (event) => enable(event.detail.target));
document.addEventListener("htmx:afterSettle", follow);

// Uploads show how far they are.
document.addEventListener("htmx:xhr:progress", (event) => {
  const bar = event.target.querySelector?.("progress");
  if (!bar || !event.detail.lengthComputable) return;
  bar.hidden = false;
  bar.max = event.detail.total;
  bar.value = event.detail.loaded;
});

enable(document);
follow();
goToWhatIsWrong();
