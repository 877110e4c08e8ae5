// What changes on a page is said once, and the focus is not lost with what is taken away.
// Parts of a page that come anew are no live regions: a region that comes together with its words is often not read. What such a part
// has to say it carries in data-say, and the one region that every page has from the start says it. What is to be said once a part
// says nothing any more, because what it waited for is there, it carries in data-then.

const region = () => document.getElementById("said");
const live = (element) => element?.closest("[role=status], [role=alert], [aria-live]");

let then = "", held;

// say tells a text to those who listen. The same text twice is news no more.
export function say(text) {
  const words = text.replace(/\s+/g, " ").trim();
  if (words && region() && region().textContent !== words) region().textContent = words;
}

// what an element is called for finding it again in a part that came anew
const called = (e) => [e.tagName, e.id, e.getAttribute("href"), e.getAttribute("name"), e.value, e.textContent.trim()].join("\n");

document.addEventListener("htmx:beforeRequest", () => {
  if (document.activeElement !== document.body) held = document.activeElement;
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const target = event.detail.target;
  then = target?.querySelector?.("[data-then]")?.dataset.then ?? target?.dataset?.then ?? "";
  if (target?.contains(document.activeElement)) held = document.activeElement;
});

document.addEventListener("htmx:afterSettle", (event) => {
  const fresh = event.detail.elt;
  if (!fresh?.isConnected || live(fresh)) return;
  const news = fresh.matches("[data-say], .notice.bad") ? fresh : fresh.querySelector("[data-say], .notice.bad");
  say(news ? news.textContent : then);
});

// A button that waits for its answer is switched off, and so loses the focus; what is replaced loses it too.
document.addEventListener("htmx:afterRequest", (event) => {
  setTimeout(() => {
    const lost = held;
    held = undefined;
    if (!lost || document.activeElement !== document.body) return;
    if (lost.isConnected && !lost.matches(":disabled")) return lost.focus({ preventScroll: true });
    const part = document.getElementById(event.detail.target?.id) ?? document.getElementById("main");
    const again = [...part.querySelectorAll(lost.tagName)].find((e) => called(e) === called(lost) && !e.matches(":disabled"));
    if (!again && part.tabIndex < 0) part.tabIndex = -1;
    (again ?? part).focus({ preventScroll: true });
  }, 30); // after the swap has settled
});

// A form that came back is continued where it is wrong.
export function goToWhatIsWrong() {
  if (location.hash) return;
  const wrong = [...document.querySelectorAll("#main [aria-invalid=true], #main .wrong, #main .notice.bad")].filter((e) => e.checkVisibility());
  const first = wrong.find((e) => e.matches("input, select, textarea")) ?? wrong[0];
  if (!first) return;
  if (first.tabIndex < 0) first.tabIndex = -1;
  first.focus();
}
