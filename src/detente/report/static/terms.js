// A word's meaning beside it: while the pointer rests on it or on the meaning, while it has the focus, or after a tap.
{
  const card = document.createElement("div");
  card.id = "term-card"; card.hidden = true;
  card.setAttribute("aria-hidden", "true"); // readers are told by aria-describedby
  document.body.append(card);
  let of = null, leaving = 0;
  const shut = () => { card.hidden = true; of = null; };
  const open = word => {
    const meaning = document.getElementById(word.getAttribute("aria-describedby"));
    if (!meaning) return;
    clearTimeout(leaving);
    of = word;
    card.textContent = meaning.textContent;
    card.hidden = false;
    const box = word.getBoundingClientRect(), own = card.getBoundingClientRect();
    const below = box.bottom + own.height + 8 < innerHeight;
    card.style.left = `${Math.min(Math.max(8, box.left), innerWidth - own.width - 8)}px`;
    card.style.top = `${below ? box.bottom + 4 : Math.max(4, box.top - own.height - 4)}px`;
  };
  const leave = () => { clearTimeout(leaving); leaving = setTimeout(shut, 200); };
  const word = event => event.target.closest?.(".term");
  document.addEventListener("pointerover", event => { if (word(event)) open(word(event)); else if (event.target === card) clearTimeout(leaving); });
  document.addEventListener("pointerout", event => { if (word(event) || event.target === card) leave(); });
  document.addEventListener("focusin", event => { if (word(event)) open(word(event)); else if (of) shut(); });
  document.addEventListener("focusout", event => { if (word(event)) leave(); });
  document.addEventListener("click", event => { if (word(event)) open(word(event)); else if (of && event.target !== card) shut(); });
  document.addEventListener("keydown", event => { if (event.key === "Escape" && of) shut(); });
  addEventListener("scroll", () => { if (of && document.activeElement !== of) shut(); }, { passive: true });
}
