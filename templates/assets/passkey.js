// Passkeys on the hosted pages. The pages work without it, but for passkeys: a browser is asked for
// them by script only.
"use strict";

{
  const bytes = (text) => {
    const plain = text.replaceAll("-", "+").replaceAll("_", "/");
    return Uint8Array.from(atob(plain), (letter) => letter.charCodeAt(0));
  };

  const text = (buffer) => {
    const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte));
    return btoa(letters.join("")).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  };

  const known = (list) => list.map((one) => ({ ...one, id: bytes(one.id) }));

  const shared = (credential) => ({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
  });

  const ways = {
    // RegistrationResponseJSON.
    async create(options) {
      const credential = await navigator.credentials.create({
        publicKey: {
          ...options,
          challenge: bytes(options.challenge),
          user: { ...options.user, id: bytes(options.user.id) },
          excludeCredentials: known(options.excludeCredentials),
        },
      });
      const { response } = credential;
      return {
        ...shared(credential),
        response: {
          clientDataJSON: text(response.clientDataJSON),
          attestationObject: text(response.attestationObject),
          transports: response.getTransports?.() ?? [],
        },
      };
    },
    // AuthenticationResponseJSON.
    async get(options) {
      const credential = await navigator.credentials.get({
        publicKey: {
          ...options,
          challenge: bytes(options.challenge),
          allowCredentials: known(options.allowCredentials),
        },
      });
      const { response } = credential;
      return {
        ...shared(credential),
        response: {
          clientDataJSON: text(response.clientDataJSON),
          authenticatorData: text(response.authenticatorData),
          signature: text(response.signature),
          userHandle: response.userHandle ? text(response.userHandle) : undefined,
        },
      };
    },
  };

  // The button of the sign-in page shows where this page may use the pool's passkeys; the cookie says
  // that one can be made here.
  const offer = document.querySelector("[data-passkey-party]");
  if (offer && window.PublicKeyCredential) {
    const { passkeyParty: party, passkeyPath: path } = offer.dataset;
    const { hostname } = window.location;
    if (hostname === party || (party.includes(".") && hostname.endsWith(`.${party}`))) {
      offer.hidden = false;
      document.cookie = `passkeys=1; path=${path}; samesite=lax`;
    }
  }

  const form = document.querySelector("form[data-passkey-way]");
  if (form && window.PublicKeyCredential) {
    const button = form.querySelector("[data-passkey-ask]");
    const problem = document.querySelector("[data-passkey-problem]");
    const ask = async () => {
      button.disabled = true;
      problem.hidden = true;
      try {
        const answer = await ways[form.dataset.passkeyWay](JSON.parse(form.dataset.passkeyOptions));
        form.elements.credential.value = JSON.stringify(answer);
        form.submit();
      } catch {
        // Cancelled, timed out, or nothing fits: the browser has told why.
        problem.hidden = false;
        button.disabled = false;
      }
    };
    button.addEventListener("click", ask);
    button.hidden = false;
    if (form.dataset.passkeyWay === "get" && !document.querySelector("[role=alert][tabindex]")) ask();
  }
}
