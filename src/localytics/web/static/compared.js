// Compared: an answer, and that of the same question about the period before.
import { useAnswer } from "./api.js";
import { before, question, useView } from "./view.js";

// {answer, past}: `past` is null while it is not known, not wanted, or there is no such period.
export function useCompared(path, extra = {}) {
  const view = useView();
  const answer = useAnswer(path, question(view, extra));
  const window = view.compare && !answer.stale ? before(view, answer.data?.window) : null;
  const past = useAnswer(window ? path : null, window && question(view, { ...extra, time_range: null, ...window }));
  return { answer, past: past.stale ? null : past.data };
}
