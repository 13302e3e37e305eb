// Scroll: a box that scrolls by itself when what is in it is too wide, and shows on which side there is
// more of it.
import { html, useEffect, useRef } from "../html.js";

const NEAR = 2; // px that no eye misses

// For the `ref` of an element: keeps in its `data-more` the sides, left and right, on which there is more.
export function useEdges(ref) {
  const look = () => {
    const box = ref.current;
    if (!box) return; // it has gone meanwhile
    const [before, after] = [box.scrollLeft, box.scrollWidth - box.clientWidth - box.scrollLeft];
    const more = [before > NEAR && "left", after > NEAR && "right"].filter(Boolean).join(" ");
    if (box.dataset.more !== more) box.dataset.more = more;
  };
  useEffect(look);
  useEffect(() => {
    const box = ref.current;
    const watch = new ResizeObserver(look);
    watch.observe(box);
    box.addEventListener("scroll", look, { passive: true });
    return () => {
      watch.disconnect();
      box.removeEventListener("scroll", look);
    };
  }, []);
}

// A table in such a box, which the keyboard can scroll; `kind` is a class of it.
export function Scroll({ label, kind = "", children }) {
  const box = useRef(null);
  useEdges(box);
  return html`<div class="scroll"><div ref=${box} class=${`table-box ${kind}`} tabindex="0" role="region" aria-label=${label}>${children}</div></div>`;
}
