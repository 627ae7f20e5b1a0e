// A pair's page: what-if cards and what next fetched after the page stands, partners year by year.
import { all, one, ask } from "./app.js";

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

// What next and people: sentences, a list each; those that come after the first four are a click away.
const SHOWN = 4;
const next = one("#what-next");
if (next) {
  const lead = one("p", next);
  next.setAttribute("aria-busy", "true");
  ask(`/pair/${next.dataset.pair}/next?format=json`).then(found => {
    lead.remove();
    for (const [k, part] of found.parts.entries()) {
      if (k || part.id !== "part-next") {
        const head = document.createElement("h3");
        head.textContent = part.title;
        next.append(head);
      }
      const listed = (texts) => {
        const list = document.createElement("ul");
        list.append(...texts.map(text => Object.assign(document.createElement("li"), { textContent: text })));
        return list;
      };
      next.append(listed(part.sentences.slice(0, SHOWN)));
      if (part.sentences.length > SHOWN) {
        const rest = document.createElement("details"), name = document.createElement("summary");
        rest.className = "numbers";
        name.textContent = next.dataset.more;
        rest.append(name, listed(part.sentences.slice(SHOWN)));
        next.append(rest);
      }
    }
  }).catch(error => { lead.textContent = error.message; }).finally(() => next.removeAttribute("aria-busy"));
}

// Whom they sell to: a map and a list that go through the years, by slider, by keys or by themselves.
const plays = one("#partners");
if (plays) Promise.all([ask(plays.dataset.from), fetch(plays.dataset.map).then(answer => answer.text())]).then(([found, drawing]) => {
  const map = one(".play-map", plays), range = one("input[type=range]", plays), shown = one("output", plays);
  const play = one("[data-play]", plays), now = one("#partners-now"), sellers = all("[data-whose]", plays);
  const svg = new DOMParser().parseFromString(drawing, "image/svg+xml").documentElement;
  map.append(document.importNode(svg, true));
  const shapes = all("path", map), title = one("#partners-title"), last = range.value;
  const start = title.textContent;
  let whose = 0, timer = 0;
  const inPercent = digits => new Intl.NumberFormat(document.documentElement.lang, { style: "percent", ...digits });
  const whole = inPercent({ maximumFractionDigits: 0 }), small = inPercent({ maximumSignificantDigits: 1 });
  const percent = share => (share < 0.01 ? small : whole).format(share);  // as in the table of every year
  const show = () => {
    const year = Number(range.value), rows = found.by_year[whose][found.years.indexOf(year)], own = [found.a, found.b][whose].code;
    for (const shape of shapes) {
      const share = rows[shape.dataset.code]?.[0] ?? 0, step = found.steps.filter(at => share >= at).length;
      shape.setAttribute("class", shape.dataset.code === own ? "own" : `step${step}`);
      one("title", shape).textContent = `${shape.dataset.name}: ${share ? percent(share) : "–"}`;
    }
    const first = Object.entries(rows).sort((x, y) => y[1][0] - x[1][0]).slice(0, 6);
    const list = first.map(([code, [share]]) => `${found.names[code]} ${percent(share)}`).join(", ");
    now.textContent = (first.length ? now.dataset.said : now.dataset.none).replace("{a}", sellers[whose].textContent.trim()).replace("{year}", year).replace("{list}", list);
    title.textContent = start.replace(last, year);
    shown.textContent = year;
  };
  const stop = () => { clearInterval(timer); timer = 0; play.textContent = play.dataset.play; };
  play.dataset.play = play.textContent;
  play.addEventListener("click", () => {
    if (timer) return stop();
    if (range.value === range.max) range.value = range.min;
    show();
    play.textContent = play.dataset.stop;
    timer = setInterval(() => {
      range.value = Number(range.value) + 1;
      show();
      if (range.value === range.max) stop();
    }, 700);
  });
  range.addEventListener("input", () => { stop(); show(); });
  sellers.forEach((button, k) => button.addEventListener("click", () => {
    whose = k;
    sellers.forEach((other, n) => other.setAttribute("aria-pressed", String(n === k)));
    show();
  }));
  one(".playing", plays).hidden = false;
  for (const still of all(".still", plays)) still.hidden = true;
  show();
}).catch(() => {}); // the list of the last year stands there
