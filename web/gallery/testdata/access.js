// What a page says of itself to somebody who looks at it close up, in colours of their own, or has no pointer.
// The tests evaluate it through the debugger, outside the page's policy. Every function lists complaints; an empty list is a pass.
(() => {
  const unseen = ".skip, .hidden-text"; // heard, or seen only with the focus
  const clipped = (e) => { for (let p = e; p; p = p.parentElement) if (getComputedStyle(p).clipPath === "inset(50%)") return true; return false; };
  const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0 && !e.closest(unseen) && !clipped(e);
  const tell = (e) => e.outerHTML.replace(/\s+/g, " ").slice(0, 150);
  const controls = () => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
    .filter((e) => shown(e) && !e.matches(":disabled"));
  const style = (e) => getComputedStyle(e);
  const parents = function* (e) { for (let p = e.parentElement; p; p = p.parentElement) yield p; };
  const open = () => document.querySelectorAll("details:not(.menu)").forEach((d) => { d.open = true; });

  const parts = (colour) => (colour.match(/[\d.]+/g) || []).map(Number);
  const clear = (colour) => colour === "transparent" || colour === "none" || parts(colour)[3] === 0;
  const light = (colour) => {
    const [r, g, b] = parts(colour).slice(0, 3).map((v) => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const contrast = (a, b) => { const [x, y] = [light(a), light(b)]; return (Math.max(x, y) + .05) / (Math.min(x, y) + .05); };
  const ground = (e) => {
    for (let p = e; p; p = p.parentElement) if (!clear(style(p).backgroundColor)) return style(p).backgroundColor;
    return matchMedia("(prefers-color-scheme: dark)").matches ? "rgb(0, 0, 0)" : "rgb(255, 255, 255)";
  };

  // Names that are cut short where they lead the way: the page or menu behind each has it whole.
  const whole = ".trail a, .menu > summary";

  // Text of HTML that is shown, line by line. Pictures have words of their own beside them.
  const lines = () => {
    const all = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange();
    while (walker.nextNode()) {
      const node = walker.currentNode, e = node.parentElement;
      if (!node.data.trim() || e.closest("svg, option, select, textarea, script, " + whole) || !shown(e)) continue;
      range.selectNodeContents(node);
      for (const r of range.getClientRects()) if (r.width > 1 && r.height > 1) all.push({ r, e });
    }
    return all;
  };
  const scrolled = (e) => [e, ...parents(e)].some((p) => /auto|scroll/.test(style(p).overflowX) || /auto|scroll/.test(style(p).overflowY));

  // WCAG 2.2, 1.4.10 and 1.4.12: nothing sticks out of the window, is cut off, lies on other text or under what stays in place.
  const closeUp = () => {
    open();
    const root = document.documentElement, wide = root.clientWidth, found = [];
    if (root.scrollWidth > wide) {
      const out = [...document.querySelectorAll("body *")].find((e) => e.getBoundingClientRect().right > wide + 1 && !scrolled(e) && ![...e.children].some((c) => c.getBoundingClientRect().right > wide + 1));
      const text = lines().find((l) => l.r.right > wide + 1 && !scrolled(l.e));
      found.push(`scrolls sideways by ${root.scrollWidth - wide}: ${out || text ? tell(out || text.e) : ""}`);
    }
    for (const e of controls()) {
      const r = e.getBoundingClientRect();
      if ((r.left < -1 || r.right > wide + 1) && !scrolled(e)) found.push("outside the window: " + tell(e));
    }
    for (const e of document.querySelectorAll("body *:not(svg, svg *)")) {
      const s = style(e), across = e.scrollWidth > e.clientWidth + 1, down = e.scrollHeight > e.clientHeight + 1;
      if (!shown(e) || !e.textContent.trim() || (!across && !down) || e.matches("textarea, select, option, input, progress")) continue;
      if (/auto|scroll/.test(s.overflowX + s.overflowY)) {
        if (e.tabIndex < 0 && ![...e.querySelectorAll("*")].some((c) => c.tabIndex >= 0 && shown(c))) found.push("scrolls, not by keys: " + tell(e));
      } else if (/hidden|clip/.test(s.overflowX + s.overflowY) && !e.closest(whole)) {
        if ((across && s.overflowX !== "visible") || (down && s.overflowY !== "visible")) found.push("cut off: " + tell(e));
      }
      if (/sticky|fixed/.test(s.position)) found.push("stays in place: " + tell(e));
    }
    const all = lines().sort((a, b) => a.r.top - b.r.top);
    for (let i = 0; i < all.length; i++) {
      for (let j = i + 1; j < all.length && all[j].r.top < all[i].r.bottom - 3; j++) {
        const a = all[i], b = all[j];
        if (Math.min(a.r.right, b.r.right) - Math.max(a.r.left, b.r.left) <= 3 || Math.min(a.r.bottom, b.r.bottom) - b.r.top <= 5) continue;
        if (a.e === b.e || scrolled(a.e) || scrolled(b.e)) continue;
        found.push(`text on text: ${tell(a.e)} and ${tell(b.e)}`);
      }
    }
    return found;
  };

  // Text as people may set it: WCAG 2.2, 1.4.12. Drawings are pictures: their words stand beside them.
  const spacing = new CSSStyleSheet();
  spacing.replaceSync(`:not(svg *) { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; } p { margin-bottom: 2em !important; }`);
  const spaced = () => {
    document.adoptedStyleSheets = [spacing];
    const found = closeUp();
    document.adoptedStyleSheets = [];
    return found;
  };

  const shapes = (svg) => [...svg.querySelectorAll("path, rect, circle, ellipse, line, polyline, polygon, text")].filter((e) => !e.closest("defs, clipPath, mask"));
  const inks = (shape) => [style(shape).fill, parseFloat(style(shape).strokeWidth) > 0 ? style(shape).stroke : "none"].filter((c) => /^rgb/.test(c) && !clear(c));

  // Colours of the person's own: what was told by a background or a shadow needs a line or ink that stays.
  const forced = () => {
    open();
    if (!matchMedia("(forced-colors: active)").matches) return ["forced colours are not in force"];
    const found = [];
    const line = (s, side) => s[`border${side}Style`] !== "none" && parseFloat(s[`border${side}Width`]) > 0 ? s[`border${side}Color`] : "transparent";
    const bordered = (e, side = "Top") => { const c = line(style(e), side); return !clear(c) && contrast(c, ground(e.parentElement)) >= 3; };
    const outlined = (e) => style(e).outlineStyle !== "none" && parseFloat(style(e).outlineWidth) > 0 && contrast(style(e).outlineColor, ground(e.parentElement)) >= 3;
    for (const e of document.querySelectorAll("button:not(.plain), .button, select, textarea, input:not([type=radio], [type=checkbox], [type=file], [type=range], [type=hidden]), .pill, .count, .card, .notice, .choice, .menu > summary")) {
      if (shown(e) && !bordered(e)) found.push("no border: " + tell(e));
    }
    for (const e of document.querySelectorAll("[aria-current]:not(.trail *), [aria-pressed=true]")) {
      if (!shown(e)) continue;
      const other = [...e.parentElement.children].find((c) => c !== e && c.matches(e.tagName) && shown(c));
      if (other && !["borderBottomColor", "backgroundColor", "outlineStyle", "color"].some((p) => style(e)[p] !== style(other)[p])) found.push("looks like its neighbours: " + tell(e));
    }
    for (const svg of document.querySelectorAll("svg")) {
      if (!shown(svg)) continue;
      const paper = ground(svg), seen = shapes(svg).filter((s) => inks(s).some((c) => contrast(c, paper) >= 3));
      if (shapes(svg).length > 0 && seen.length === 0) found.push("blank: " + tell(svg));
      const sheet = svg.getBoundingClientRect();
      const off = shapes(svg).find((s) => { const r = s.getBoundingClientRect(); return s.matches("text") && (r.bottom > sheet.bottom + 2 || r.top < sheet.top - 2 || r.right > sheet.right + 2 || r.left < sheet.left - 2); });
      if (off) found.push("text beside its drawing's paper: " + tell(off));
      const faint = shapes(svg).find((s) => s.matches("text") && inks(s).length > 0 && onto(svg, s, paper) < 4.5);
      if (faint) found.push(`faint text (${onto(svg, faint, paper).toFixed(1)}): ${tell(faint)}`);
      if (svg.matches(".gauge")) {
        const mark = svg.querySelector(".point, .maybe"), bed = svg.querySelector(".ground");
        if (mark && bed && style(mark).fill === style(bed).fill) found.push("the gauge does not show its value: " + tell(svg));
      }
    }
    for (const key of document.querySelectorAll(".key")) {
      if (!shown(key)) continue;
      const drawn = document.querySelector(".drawing");
      if (style(key).colorScheme !== style(drawn).colorScheme) found.push("the key is coloured by another scheme than its drawing: " + tell(key));
    }
    for (const e of document.querySelectorAll(".dot, .step > .no")) {
      if (shown(e) && !bordered(e)) found.push("no mark: " + tell(e));
    }
    for (const e of controls()) {
      e.focus({ preventScroll: true });
      const ring = e.matches(".choice input, .tick input") ? e.closest(".choice, .tick") : e;
      if (document.activeElement === e && !outlined(ring) && !outlined(e)) found.push("no ring: " + tell(e));
    }
    document.activeElement.blur();
    return found;
  };
  // the ink of text against the last shape that is drawn below the middle of it
  const onto = (svg, text, paper) => {
    const r = text.getBoundingClientRect(), x = r.x + r.width / 2, y = r.y + r.height / 2;
    let below = paper;
    for (const s of shapes(svg)) {
      if (s === text) break;
      if (s.matches("text, line, polyline")) continue;
      const c = style(s).fill;
      if (clear(c) || !/^rgb/.test(c)) continue;
      const point = new DOMPoint(x, y).matrixTransform(s.getScreenCTM().inverse());
      if (s.isPointInFill(point)) below = c;
    }
    return contrast(style(text).fill, below);
  };

  // Every Tab is a real key; the page writes down where the focus came, and how it was seen there.
  const reached = [];
  const watch = () => {
    open();
    reached.length = 0;
    document.querySelector(".skip").focus(); // from the start, wherever a form that came back has put the focus
    document.addEventListener("focusin", (event) => {
      const f = event.target, ring = f.matches(".choice input, .tick input") ? f.closest(".choice, .tick") : f;
      const s = [style(ring), style(f)].find((s) => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2);
      const under = !s ? "" : parseFloat(s.outlineOffset) < 0 ? ground(f) : ground(ring.parentElement);
      const places = [...f.getClientRects()].filter((r) => r.width > 0);
      const free = places.some((r) => [.5, .1, .9].some((at) => {
        const there = document.elementFromPoint(r.left + r.width * at, Math.max(1, Math.min(innerHeight - 2, r.top + Math.min(r.height, innerHeight) * .5)));
        return there && (f.contains(there) || there.contains(f) || there.closest("label")?.contains(f));
      }));
      const inside = places.some((r) => r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth);
      reached.push({ f, ring: s ? contrast(s.outlineColor, under) : 0, free, inside });
    });
    return controls().reduce((stops, e) => stops + (e.type === "date" ? 4 : 1), 0); // day, month, year and the calendar
  };
  const walked = () => {
    const group = (e) => e.type === "radio" ? (e.form ? [...e.form.elements] : [...document.querySelectorAll("input")]).filter((o) => o.type === "radio" && o.name === e.name) : [e];
    const seen = new Set(reached.map((r) => r.f)), found = [];
    for (const e of controls()) if (!group(e).some((o) => seen.has(o))) found.push("not reached: " + tell(e));
    for (const r of reached) {
      if (!r.ring) found.push("no ring: " + tell(r.f));
      else if (r.ring < 3) found.push(`ring of ${r.ring.toFixed(1)}: ${tell(r.f)}`);
      if (!r.inside) found.push("focused out of sight: " + tell(r.f));
      else if (!r.free) found.push("focused below something: " + tell(r.f));
    }
    const order = reached.map((r) => r.f).filter((f, i, all) => !f.matches(".skip") && all.indexOf(f) === i);
    for (let i = 1; i < order.length; i++) {
      if (!(order[i - 1].compareDocumentPosition(order[i]) & Node.DOCUMENT_POSITION_FOLLOWING)) found.push("out of order: " + tell(order[i]));
    }
    return [...new Set(found)];
  };

  // Animations and transitions that run although the person asked for none.
  const moving = () => [...document.querySelectorAll("*")].filter((e) => {
    const s = style(e);
    return s.scrollBehavior === "smooth" || s.animationName !== "none" || s.transitionDuration.split(", ").some((d) => parseFloat(d) > 0);
  }).map(tell);

  window.access = { closeUp, spaced, forced, watch, walked, moving };
  return true;
})()
