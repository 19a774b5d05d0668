// Replaces the question of a public form by work that the browser does by itself, where it can. The question stays where
// it cannot: without scripts, without workers, or over a connection that lacks web cryptography.
const box = document.querySelector("[data-captcha]");

if (box && window.isSecureContext && window.Worker) {
  const { widget, sheet: looks, worker, challenge, words, fault } = box.dataset;
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = looks;
  document.head.append(sheet);
  await import(widget);
  globalThis.$altcha.algorithms.set("SHA-256", () => new Worker(worker));
  globalThis.$altcha.i18n.set(document.documentElement.lang, JSON.parse(words));
  const proof = document.createElement("altcha-widget");
  proof.setAttribute("language", document.documentElement.lang);
  proof.setAttribute("challenge", challenge);
  proof.setAttribute("type", "native");
  proof.setAttribute("auto", "onsubmit");
  proof.setAttribute("configuration", JSON.stringify({ hideFooter: true, hideLogo: true, humanInteractionSignature: false, workers: 2 }));
  for (const part of box.querySelectorAll("[data-question]")) part.remove();
  box.append(proof);
  // The summary of errors leads to what replaced the field.
  const named = () => {
    const tick = proof.querySelector("input[type=checkbox]");
    if (!tick) return requestAnimationFrame(named);
    document.querySelector('.govuk-error-summary a[href="#captcha"]')?.setAttribute("href", "#" + tick.id);
    if (fault) tick.setAttribute("aria-describedby", fault);
    box.dataset.ready = "true";
  };
  named();
}
