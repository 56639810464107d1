// Passkeys are the browser's: their buttons appear where script runs, the browser knows them, and the address is the one they are bound to.
const able = window.PublicKeyCredential && PublicKeyCredential.parseRequestOptionsFromJSON && navigator.credentials;

for (const button of document.querySelectorAll("button[data-passkey]")) {
  if (!able || button.dataset.domain !== location.hostname) continue;
  for (const part of document.querySelectorAll("[data-passkey-only]")) part.hidden = false;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const { form } = button;
    const create = button.dataset.passkey === "create";
    const trouble = form.querySelector("[data-passkey-trouble]");
    trouble.hidden = true;
    button.disabled = true;
    try {
      const asked = await fetch(create ? "/profile/second-factor?handler=offer" : "/passkeys/challenge", { method: create ? "GET" : "POST", headers: { accept: "application/json" } });
      const { key, options } = await asked.json();
      const credential = create
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
      form.elements[`${button.dataset.prefix}.Key`].value = key;
      form.elements[`${button.dataset.prefix}.Credential`].value = JSON.stringify(credential);
      form.submit();
    } catch {
      // The person closed the browser's question, or the device has no key for this address.
      trouble.hidden = false;
      button.disabled = false;
    }
  });
}
