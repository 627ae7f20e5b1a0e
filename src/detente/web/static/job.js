// Follow a job until it ends, then show the page that says so.
import { ask, one } from "./app.js";

const box = one("#job");
async function look() {
  try {
    const { job } = await ask(`/jobs/${box.dataset.job}?format=json`);
    one("progress", box).value = job.share;
    for (const [name, text] of [["stage", job.said], ["seconds", job.seconds]]) {
      const place = one(`[data-${name}]`, box);
      if (place) place.textContent = text;
    }
    if (job.state !== "running") return location.reload();
  } catch { /* the server may be restarting; ask again */ }
  setTimeout(look, 700);
}
if (box.dataset.state === "running") setTimeout(look, 300);
