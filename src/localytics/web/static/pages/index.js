// Pages: the tabs, in their order. A page is a row here and a module whose default export draws it
// with the props {status, look}; one that is `bare` has no range and shows in an empty store, too.
// `alone(words)` says whether nothing on it is compared with the period before.
export const pages = [
  { path: "overview", title: "Overview", load: () => import("./overview.js") },
  { path: "activity", title: "Activity", load: () => import("./activity.js") },
  { path: "costs", title: "Costs", load: () => import("./costs.js") },
  { path: "models", title: "Models", load: () => import("./models.js") },
  { path: "projects", title: "Projects", alone: () => true, load: () => import("./projects.js") },
  { path: "trends", title: "Trends", alone: () => true, load: () => import("./trends.js") },
  { path: "people", title: "People", alone: ({ person, conversation }) => Boolean(person || conversation), load: () => import("./people.js") },
  { path: "operations", title: "Operations", load: () => import("./operations.js") },
  { path: "live", title: "Live", bare: true, load: () => import("./live.js") },
  { path: "explorer", title: "Explorer", alone: () => true, load: () => import("./explorer.js") },
  { path: "settings", title: "Settings", load: () => import("./settings.js"), bare: true },
];
