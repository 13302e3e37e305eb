// Compared: an answer, and that of the same question about the period before.
import { useAnswer } from "./api.js";
import { before, question, useView, within } from "./view.js";

// {answer, past}: `past` is null while it is not known, not wanted, or there is no such period.
export function useCompared(path, extra = {}) {
  const view = useView();
  const answer = useAnswer(path, question(view, extra));
  const window = view.compare && !answer.stale ? before(view, answer.data?.window) : null;
  const past = useAnswer(window ? path : null, window && question(view, { ...extra, time_range: null, ...window }), true);
  return { answer, past: past.stale ? null : past.data };
}

// The same of a report that looks back so many hours at most; `part` is what of the range that is.
export function useComparedWithin(path, hours) {
  const view = useView();
  const part = within(view, hours);
  const answer = useAnswer(path, part.words);
  const window = view.compare && !answer.stale ? answer.data?.window : null;
  const dated = view.range === "custom" && !part.cut;
  const earlier = window && view.range !== "all" ? (dated ? before(view, window) : shifted(window)) : null;
  const past = useAnswer(earlier ? path : null, earlier && question(view, { time_range: null, ...earlier }));
  return { part, answer, past: past.stale ? null : past.data };
}

// In whole milliseconds, so that it is no longer than the window.
function shifted({ start, end }) {
  const [first, last] = [Date.parse(start), Date.parse(end)];
  return { start_date: new Date(2 * first - last).toISOString(), end_date: new Date(first).toISOString() };
}
