"use strict";
const sound = document.querySelector("audio");
for (const button of document.querySelectorAll("[data-at]"))
  button.addEventListener("click", () => { sound.currentTime = Number(button.dataset.at); sound.play(); });
for (const button of document.querySelectorAll("[data-copy]"))
  button.addEventListener("click", async () => {
    const place = button.parentElement.querySelector(".said");
    try { await navigator.clipboard.writeText(button.dataset.copy); place.textContent = button.dataset.done; }
    catch { place.textContent = button.dataset.copy; }
  });
for (const area of document.querySelectorAll("textarea[readonly]"))
  area.addEventListener("focus", () => area.select());
