// Theme: puts light or dark on the page before it is painted, and changes it on request.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const read = () => {
    try {
      return localStorage.getItem("localytics.theme") ?? "auto";
    } catch {
      return "auto";
    }
  };
  const apply = () => {
    const chosen = read();
    const theme = chosen === "auto" ? (dark.matches ? "dark" : "light") : chosen;
    document.documentElement.dataset.theme = theme;
    dispatchEvent(new Event("localytics:theme"));
  };
  dark.addEventListener("change", apply);
  matchMedia("(forced-colors: active)").addEventListener("change", apply);
  addEventListener("localytics:preference", apply);
  addEventListener("storage", apply);
  apply();
})();
