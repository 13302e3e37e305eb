// Html: Preact, its hooks and htm; the only module that knows where they are vendored.
export { Fragment, createContext, render } from "./vendor/preact/preact.js";
export {
  useCallback,
  useContext,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "./vendor/preact/hooks.js";
export { html } from "./vendor/htm/preact.js";
