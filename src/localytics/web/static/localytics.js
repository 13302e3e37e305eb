// Localytics in a page: page views, clicks on marked elements, uncaught errors, your own events.
//
//   <script defer src="http://127.0.0.1:4777/js/localytics.js" data-source="shop"></script>
//   <button data-localytics-event="buy">Buy</button>
//   localytics.track("cart.filled", { items: 3 }, { user_id: "ada", value: 59.9 })
//
// track(type, metadata, fields): fields are those of an event. data-source, data-project-id and
// data-user-id of the script tag go with every event. Addresses are sent without query and fragment.
// No cookies; a session lasts as long as its tab. Nothing at all is collected where the browser says
// Do Not Track or Global Privacy Control. What could not be sent is sent again with the same id, so
// it counts once; of what the service refuses only the bad ones are lost. Pages of another origin must be named in the setting server.allowed_origins.
(() => {
  const script = document.currentScript;
  const quiet = !script || navigator.doNotTrack === "1" || navigator.globalPrivacyControl;
  const url = script && new URL("../api/v1/events", script.src);
  const MOST = 500; // events kept while nothing can be sent
  const SIZE = 15000; // of a body, in characters: browsers carry 64 KiB past the end of a page
  let queue = []; // [id, JSON], until answered
  let sending = 0; // how many from the head of the queue are under way
  let alone = 0; // how many from there are to be sent one by one, since one of them is bad
  let timer, path;
  let failures = 0;
  let errors = 0;
  const left = new Set(); // sent on leaving, and perhaps not answered

  // Nothing that goes wrong here may be felt in the page.
  const safely = (action) => (...given) => {
    try {
      return action(...given);
    } catch {}
  };
  const unique = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
      byte.toString(16).padStart(2, "0"),
    ).join("");
  const bare = (address) => address.split(/[?#]/)[0];
  // A text that may hold addresses: their queries go, line and column at their end stay.
  const told = (text, length) =>
    String(text)
      .slice(0, length)
      .replace(/(\/[^\s?#]*)[?#]\S*?(:\d+:\d+\)?)?(?!\S)/g, "$1$2");
  // JSON of an event without what is not stored: NUL, halves of characters, names that are too long.
  const json = (event) =>
    JSON.stringify(event, function (name, value) {
      const own = this === event && typeof value === "string";
      return own ? value.slice(0, name === "error_message" ? 2000 : 200) : value;
    }).replace(/\\(u0000|ud...|.)/g, (escape, what) => (what[1] ? "\\ufffd" : escape));
  const kept = safely((name, value) => {
    if (value) sessionStorage.setItem("localytics." + name, value);
    return sessionStorage.getItem("localytics." + name);
  });

  const later = (milliseconds) => {
    clearTimeout(timer);
    timer = setTimeout(send, milliseconds);
  };
  const record = safely((type, metadata, fields) => {
    if (quiet) return;
    const id = unique();
    const event = { event_type: type, id, timestamp: Date.now(), ...common, ...fields, metadata };
    queue.push([id, json(event)]);
    if (queue.length > MOST) queue.splice(sending, 1);
    if (!failures) later(500);
  });

  // As many from the head of `events` as a body may hold.
  const batch = (events) => {
    let size = 0;
    const end = events.findIndex(([, text], index) => (size += text.length) > SIZE && index);
    return end < 0 ? events : events.slice(0, end);
  };
  const body = (events) => "[" + events.map((event) => event[1]) + "]";
  const post = (text) =>
    fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      credentials: "omit",
      keepalive: text.length < 20000,
      body: text,
    });
  const send = safely(() => {
    if (sending || !queue.length) return;
    const events = alone ? queue.slice(0, 1) : batch(queue);
    sending = events.length;
    // What is refused for good (4xx) is not sent again, but for what was refused together; what
    // could not be stored is.
    const settle = (status) => {
      const done = status < 500 && status !== 429 && status !== 408;
      const together = sending > 1 && (status === 400 || status === 413);
      failures = done ? 0 : failures + 1;
      alone = together ? sending : Math.max(0, alone - done);
      sending = 0;
      if (done && !together) queue = queue.filter((event) => !events.includes(event));
      if (queue.length) later(done ? 0 : Math.min(1000 * 2 ** failures, 60000));
    };
    post(body(events)).then(
      ({ status }) => settle(status),
      () => settle(500),
    );
  });
  // The page may be gone at once: what is not under way is sent without waiting for an answer, and
  // the next page of this tab sends again what had none. A beacon to another origin would take
  // credentials along, which the service does not allow; there fetch does the same with keepalive.
  const leave = safely(() => {
    let rest = queue.slice(sending).filter((event) => !left.has(event));
    while (rest.length) {
      const events = batch(rest);
      rest = rest.slice(events.length);
      events.forEach((event) => left.add(event));
      if (url.origin === location.origin) {
        navigator.sendBeacon(url, new Blob([body(events)], { type: "application/json" }));
      } else post(body(events)).catch(() => {});
    }
    kept("queue", JSON.stringify(queue));
  });

  const view = safely((again) => {
    if (path === location.pathname && again !== true) return;
    path = location.pathname;
    const extra_data = { title: document.title, referrer: bare(document.referrer) };
    activity("page_view", { extra_data });
  });
  const place = () => ({ endpoint: location.pathname.length > 200 ? undefined : location.pathname });
  const activity = (category, told) =>
    record("user.activity", { page_url: bare(location.href), ...told }, { category, ...place() });
  const fail = safely((error, message, context) => {
    if (errors++ > 50) return; // a page that fails in a loop has said enough
    record(
      "error.reported",
      {
        stack_trace: error && error.stack && told(error.stack, 8000),
        context: { page_url: bare(location.href), ...context },
      },
      {
        category: "frontend",
        severity: "error",
        status: "open",
        is_error: true,
        error_message: told(message, 2000),
        ...place(),
      },
    );
  });

  const { source, projectId, userId } = script ? script.dataset : {};
  const common = {
    source: source || location.hostname || "page",
    project_id: projectId,
    user_id: userId,
    session_id: !quiet && (kept("session") || kept("session", unique()) || unique()),
  };
  window.localytics = {
    track: (type, metadata, fields) => record(type, metadata, fields),
  };
  if (quiet) return;

  queue = safely(JSON.parse)(kept("queue")) || [];
  for (const name of ["pushState", "replaceState"]) {
    const original = history[name];
    history[name] = function (...given) {
      const result = original.apply(this, given);
      view();
      return result;
    };
  }
  addEventListener("popstate", view);
  addEventListener("pageshow", (event) => event.persisted && view(true));
  addEventListener(
    "click",
    safely(({ target }) => {
      const marked = target.closest("[data-localytics-event]");
      if (marked) activity("click", { element_id: marked.dataset.localyticsEvent || marked.id });
    }),
    true,
  );
  addEventListener("error", ({ error, message, filename, lineno }) =>
    fail(error, message, { file: bare(filename || ""), line: lineno }),
  );
  addEventListener("unhandledrejection", ({ reason }) =>
    fail(reason, (reason && reason.message) || reason, { unhandled_rejection: true }),
  );
  addEventListener("pagehide", leave);
  addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leave());
  view();
})();
