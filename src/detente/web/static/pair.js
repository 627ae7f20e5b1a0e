// A pair's page: what-if cards fetched after the page stands, code to copy.
import { all, one, ask, say } from "./app.js";

const part = one("#what-if");
if (part) {
  const cards = one(".cards3", part);
  cards.setAttribute("aria-busy", "true");
  ask(`/pair/${part.dataset.pair}/what-if?format=json`).then(found => {
    cards.replaceChildren(...found.cards.map(card => {
      const box = document.createElement("div"), head = document.createElement("h3"), big = document.createElement("b"), note = document.createElement("p");
      box.className = "card";
      head.textContent = `${card.title} `;
      big.textContent = card.headline;
      head.append(big);
      note.className = "note";
      note.textContent = card.note;
      box.append(head, note);
      return box;
    }));
    const note = document.createElement("p");
    note.className = "note";
    note.textContent = found.note;
    cards.after(note);
  }).catch(error => { one("p", cards).textContent = error.message; }).finally(() => cards.removeAttribute("aria-busy"));
}
for (const button of all("[data-copy]")) button.addEventListener("click", async () => {
  const text = one(`#${button.dataset.copy}`).textContent;
  try { await navigator.clipboard.writeText(text); say(button.textContent + " ✓"); } catch { say(text); }
});
