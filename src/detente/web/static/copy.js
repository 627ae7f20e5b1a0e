// Code on a page, to be copied.
import { all, one, say } from "./app.js";

for (const button of all("[data-copy]")) button.addEventListener("click", async () => {
  const text = one(`#${button.dataset.copy}`).textContent;
  try { await navigator.clipboard.writeText(text); say(button.textContent + " ✓"); } catch { say(text); }
});
