// Makes the mailbox livelier: new messages by themselves, copy buttons, local times.
"use strict";

for (const time of document.querySelectorAll("time[datetime]")) {
  const at = new Date(time.dateTime);
  if (!Number.isNaN(at.getTime())) {
    time.title = time.textContent;
    time.textContent = at.toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "medium" });
  }
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) break;
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = label; }, 1500);
  });
}

const list = document.querySelector("[data-after]");
const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

// Each call waits on the server until a message is newer than the newest on the page.
async function watch() {
  for (;;) {
    try {
      const answer = await fetch(`/_poolhouse/messages/wait?timeout=25&after=${list.dataset.after}`);
      if (answer.ok) return location.reload();
      await pause(answer.status === 404 ? 1 : 5);
    } catch {
      await pause(5);
    }
  }
}

if (list) watch();
