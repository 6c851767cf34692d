// Loads the page anew when the look has changed. Without it, reload by hand.
const preview = document.querySelector("[data-state]");
if (preview) {
  setInterval(async () => {
    const answer = await fetch(preview.dataset.stateHref, { cache: "no-store" }).catch(() => null);
    if (answer?.ok && (await answer.text()) !== preview.dataset.state) location.reload();
  }, 2000);
}
