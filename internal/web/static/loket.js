// What the portal adds in a browser that runs scripts. Every page works without it.
const body = document.body;
body.classList.add("js-enabled");

if ("noModule" in HTMLScriptElement.prototype) {
  body.classList.add("govuk-frontend-supported");
  const { createAll, Button, ErrorSummary, PasswordInput, Radios, ServiceNavigation, SkipLink } =
    await import(document.querySelector("link[data-govuk]").href);
  for (const Part of [ErrorSummary, PasswordInput, Radios, ServiceNavigation, SkipLink]) createAll(Part);
  createAll(Button, { preventDoubleClick: true });
}

// A form that is being saved in the background waits for the answer, so that the version it sends is the newest.
const saving = new WeakMap();
document.addEventListener("htmx:beforeRequest", (e) => {
  const form = e.target.closest("form");
  if (form) saving.set(form, true);
});
document.addEventListener("htmx:afterRequest", (e) => {
  const form = e.target.closest("form");
  if (!form) return;
  const waiting = saving.get(form);
  saving.delete(form);
  if (waiting && waiting !== true) form.requestSubmit(waiting.submitter);
});
document.addEventListener("submit", (e) => {
  if (!saving.has(e.target)) return;
  e.preventDefault();
  saving.set(e.target, { submitter: e.submitter });
});

// A list that changes by itself keeps what was picked in it.
let picked = [];
document.addEventListener("htmx:beforeSwap", (e) => {
  const list = e.target.closest("[data-keep-picks]");
  if (list) picked = [...list.querySelectorAll("input[name=item]:checked")].map((box) => box.id);
});
document.addEventListener("htmx:afterSettle", () => {
  for (const id of picked) {
    const box = document.getElementById(id);
    if (box) box.checked = true;
  }
  picked = [];
});

// Swapped-in parts need their behaviour too; what was announced stays polite.
document.addEventListener("htmx:responseError", () => body.classList.add("lk-offline"));
