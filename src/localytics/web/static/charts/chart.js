// Chart: one ECharts instance in a box: made, resized, recoloured and disposed with it.
import { createContext, html, useContext, useEffect, useLayoutEffect, useRef } from "../html.js";
import { calm, colours } from "./colours.js";

let library = null;
export const load = () => (library ??= import("../vendor/echarts/echarts.js"));

// New charts are drawn one a frame, so that the first is not held up by those after it.
let turn = Promise.resolve();
const inTurn = () => {
  const mine = turn;
  turn = mine.then(() => new Promise(requestAnimationFrame));
  return mine;
};

// A card gives its chart a place to leave the instance, for the download as a picture.
export const PictureContext = createContext(null);

// `option(colours, width)` is what to draw; `onPick` hears of clicks on data, `onDrag(first, last)`
// of a stretch of the x axis that was drawn over.
export function Chart({ option, height, label, onPick, onDrag }) {
  const box = useRef(null);
  const chart = useRef(null);
  const latest = useRef({});
  latest.current = { option, onPick, onDrag };
  const picture = useContext(PictureContext);

  const redraw = useRef(() => {});
  const drawn = useRef(null); // the option that is shown

  useLayoutEffect(() => {
    const node = box.current;
    let gone = false;
    let watch = null;
    redraw.current = () => {
      if (gone || !chart.current) return;
      drawn.current = latest.current.option;
      chart.current.setOption({ ...common(colours()), ...drawn.current(colours(), node.clientWidth) }, { notMerge: true });
    };
    Promise.all([load(), inTurn()]).then(([echarts]) => {
      if (gone) return;
      chart.current = echarts.init(node, null, { renderer: "canvas" });
      chart.current.on("click", (event) => latest.current.onPick?.(event));
      if (picture) picture.current = chart.current;
      redraw.current();
      node.dataset.drawn = "true";
      requestAnimationFrame(() => dispatchEvent(new Event("localytics:drawn")));
      let size = `${node.clientWidth} ${node.clientHeight}`;
      watch = new ResizeObserver(() => {
        const now = `${node.clientWidth} ${node.clientHeight}`;
        if (gone || now === size) return;
        size = now;
        chart.current.resize();
        redraw.current();
      });
      watch.observe(node);
    });
    const recolour = () => redraw.current();
    addEventListener("localytics:theme", recolour);
    return () => {
      gone = true;
      removeEventListener("localytics:theme", recolour);
      watch?.disconnect();
      if (chart.current) dispose(chart.current);
      chart.current = null;
      if (picture) picture.current = null;
    };
  }, []);

  useEffect(() => {
    if (drawn.current !== option) redraw.current();
  }, [option]);

  const drag = useDrag(chart, latest);
  return html`<div class="chart" style=${{ "--height": `${height}px` }}>
    <div class="canvas" ref=${box} role="img" aria-label=${label} ...${onDrag ? drag.events : {}}></div>
    <div class="drag" ref=${drag.veil} hidden></div>
  </div>`;
}

// What is still to be painted in the next frame must not be, once its layers are gone.
function dispose(chart) {
  chart.clear();
  chart.getZr().refreshImmediately();
  chart.dispose();
}

function common(colours) {
  return {
    animation: !calm(),
    animationDuration: 0, // there at once; what changes moves
    animationDurationUpdate: 200,
    textStyle: { fontFamily: colours.font, color: colours.muted },
    aria: { enabled: false },
  };
}

function useDrag(chart, latest) {
  const veil = useRef(null);
  const start = useRef(null);
  const place = (event) => event.clientX - event.currentTarget.getBoundingClientRect().left;
  const bucket = (x) => chart.current.convertFromPixel({ xAxisIndex: 0 }, x);
  const show = (from, to) => {
    veil.current.hidden = Math.abs(to - from) < 6;
    veil.current.style.setProperty("--from", `${Math.min(from, to)}px`);
    veil.current.style.setProperty("--wide", `${Math.abs(to - from)}px`);
  };
  const events = {
    onPointerDown(event) {
      if (event.button !== 0 || event.pointerType === "touch" || !chart.current) return;
      start.current = place(event);
    },
    onPointerMove(event) {
      if (start.current === null) return;
      const now = place(event);
      if (Math.abs(now - start.current) > 6) event.currentTarget.setPointerCapture(event.pointerId);
      show(start.current, now);
    },
    onPointerUp(event) {
      if (start.current === null) return;
      const [from, to] = [start.current, place(event)].sort((a, b) => a - b);
      start.current = null;
      veil.current.hidden = true;
      if (to - from > 6) latest.current.onDrag?.(Math.max(0, bucket(from)), Math.max(0, bucket(to)));
    },
    onPointerCancel() {
      start.current = null;
      veil.current.hidden = true;
    },
  };
  return { veil, events };
}
