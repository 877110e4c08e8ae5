// Pages that wait for something follow it: by the server's events, or, where none come, by asking, each time after a longer while.
// What is told is a mark. Where it is another than the one that the page was made with, the page's part is asked for again.

const soonest = 2000, latest = 60000; // milliseconds between two questions
const patience = 5000; // until a stream that says nothing is taken for one that something on the way holds back

let events, timer, silence, missed, pause = soonest;

const part = () => document.querySelector("[data-live]");

function hear(mark) {
  const shown = part();
  if (!shown || shown.dataset.mark === mark) return;
  if (shown.classList.contains("htmx-request")) return void (missed = mark); // what comes may be from before it
  shown.dataset.mark = mark; // the part that comes has its own
  pause = soonest;
  htmx.trigger(shown, "live");
}

function rest() {
  events?.close();
  clearTimeout(timer);
  clearTimeout(silence);
  events = timer = silence = undefined;
}

// A stream begins with a mark, and begins again by itself where it breaks. Where none comes, asking is left.
function awaitMark() {
  silence ??= setTimeout(() => { rest(); askLater(); }, patience);
}

function askLater() {
  timer = setTimeout(async () => {
    const shown = part();
    if (!shown) return rest();
    try {
      const answer = await fetch(shown.dataset.live, { headers: { Accept: "text/plain" } });
      if (answer.redirected || [401, 403, 404].includes(answer.status)) return rest(); // nothing more to see
      if (answer.ok) hear(await answer.text());
    } catch { /* no connection: later */ }
    if (timer) askLater();
  }, pause);
  pause = Math.min(pause * 1.5, latest);
}

// follow begins where a part of the page is to be followed, and ends where none is, or nobody looks: browsers open few connections.
export function follow() {
  const shown = part();
  if (!shown || document.hidden) return rest();
  if (events || timer) return;
  if (!window.EventSource) return askLater();
  events = new EventSource(shown.dataset.live);
  awaitMark();
  events.addEventListener("mark", (event) => {
    clearTimeout(silence);
    silence = undefined;
    hear(event.data);
  });
  events.addEventListener("end", rest);
  events.addEventListener("error", () => {
    if (events?.readyState !== EventSource.CLOSED) return awaitMark(); // it tries again by itself
    rest();
    askLater();
  });
}

document.addEventListener("htmx:afterSettle", () => {
  const mark = missed;
  missed = undefined;
  if (mark) hear(mark);
});
document.addEventListener("visibilitychange", follow);
addEventListener("pagehide", rest);
addEventListener("pageshow", follow);
